#include "specfuse/kernels/weighted_sums.h"

#include "kernels/simd.h"
#include "specfuse/core/error.h"
#include "specfuse/kernels/dispatch.h"

namespace specfuse {
namespace {

template <class Value>
SummedRows<Value> summed(const std::vector<const Value*>& rows, const std::vector<double>& weights, Index length) {
  SPECFUSE_CHECK(rows.size() == weights.size(), "weighted_sum: expected a weight for each of ", rows.size(),
                 " rows, got ", weights.size());
  return {rows.data(), weights.data(), static_cast<Index>(rows.size()), length};
}

}  // namespace

void weighted_sum(const std::vector<const float*>& rows, const std::vector<double>& weights, Index length, float* out) {
  simd().sums.of_floats(summed(rows, weights, length), out);
}

void weighted_sum(const std::vector<const double*>& rows, const std::vector<double>& weights, Index length,
                  double* out) {
  simd().sums.of_doubles(summed(rows, weights, length), out);
}

Index panel_cols() { return simd().sums.panel_cols; }

void panel_products(const double* x, const double* y, Index count, double* sums) {
  simd().sums.panel_products(x, y, count, sums);
}

}  // namespace specfuse
