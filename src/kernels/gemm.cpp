#include "specfuse/kernels/gemm.h"

#include <cblas.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

/// Rows of c in one task, a quarter of all within these limits: enough for BLAS, which packs the second factor anew for
/// each task, and few enough to share out.
constexpr Index kLeastRows = 64, kMostRows = 256, kTasks = 4;

/// Terms of each sum in one task of `gemm_of_long`.
constexpr Index kTermsTogether = 2048;

/// Threads belong to parallel_for alone.
[[maybe_unused]] const bool blas_is_serial = (openblas_set_num_threads(1), true);

blasint to_blas(Index value) {
  SPECFUSE_CHECK(value <= std::numeric_limits<blasint>::max(), "gemm: size ", value, " is beyond what BLAS takes");
  return static_cast<blasint>(value);
}

CBLAS_TRANSPOSE order(const Factor& factor) { return factor.transposed ? CblasTrans : CblasNoTrans; }

/// Rows begin ... end - 1 of the factor.
Factor rows_of(const Factor& factor, Index begin, Index end) {
  Factor part = factor;
  if (factor.transposed) {
    part.matrix.data += begin;
    part.matrix.cols = end - begin;
  } else {
    part.matrix.data += begin * factor.matrix.stride;
    part.matrix.rows = end - begin;
  }
  return part;
}

Factor transpose_of(const Factor& factor) { return {factor.matrix, !factor.transposed}; }

}  // namespace

void gemm(const Factor& a, const Factor& b, const MatrixView<float>& c, bool accumulate) {
  SPECFUSE_CHECK(a.rows() == c.rows && b.cols() == c.cols && a.cols() == b.rows(), "gemm: sizes do not fit: (",
                 a.rows(), " x ", a.cols(), ") (", b.rows(), " x ", b.cols(), ") = ", c.rows, " x ", c.cols);
  if (c.rows == 0 || c.cols == 0) return;
  cblas_sgemm(CblasRowMajor, order(a), order(b), to_blas(c.rows), to_blas(c.cols), to_blas(a.cols()), 1.0f,
              a.matrix.data, to_blas(a.matrix.stride), b.matrix.data, to_blas(b.matrix.stride),
              accumulate ? 1.0f : 0.0f, c.data, to_blas(c.stride));
}

void parallel_gemm(const Factor& a, const Factor& b, const MatrixView<float>& c, const GemmOptions& options) {
  SPECFUSE_CHECK(a.rows() == c.rows, "parallel_gemm: expected ", c.rows, " rows in the first factor, got ", a.rows());
  parallel_ranges(c.rows, std::clamp(c.rows / kTasks, kLeastRows, kMostRows), [&](Index begin, Index end) {
    float* rows = c.data + begin * c.stride;
    gemm(rows_of(a, begin, end), b, {rows, end - begin, c.cols, c.stride}, options.accumulate);
    if (!options.finish_row) return;
    for (Index row = begin; row < end; ++row, rows += c.stride) options.finish_row(rows);
  });
}

void gemm_of_long(const Factor& a, const Factor& b, Tensor& c) {
  SPECFUSE_CHECK(a.cols() == b.rows(), "gemm_of_long: sizes do not fit: ", a.cols(), " columns and ", b.rows(),
                 " rows");
  const Index parts = std::max<Index>(1, (a.cols() + kTermsTogether - 1) / kTermsTogether);
  std::vector<Tensor> sums(static_cast<std::size_t>(parts));
  parallel_for(parts, [&](Index part) {
    const Index begin = part * kTermsTogether, end = std::min(a.cols(), begin + kTermsTogether);
    Tensor& sum = sums[static_cast<std::size_t>(part)] = Tensor::uninitialized(c.shape());
    gemm(transpose_of(rows_of(transpose_of(a), begin, end)), rows_of(b, begin, end), output(sum));
  });
  c = sums.front();
  for (std::size_t part = 1; part < sums.size(); ++part) {
    for (Index i = 0; i < c.size(); ++i) c[i] += sums[part][i];
  }
}

}  // namespace specfuse
