#include "specfuse/metrics/reliability.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "specfuse/core/error.h"
#include "specfuse/imaging/no_data.h"

namespace specfuse {
namespace {

/// Groups of the reliability curve.
constexpr Index kGroups = 20;

}  // namespace

Reliability reliability(const Cube& all_reference, const Cube& all_fused, const Cube& all_sigma, double width_95) {
  const Cube reference = valid_pixels(all_reference, all_fused), fused = valid_pixels(all_fused, all_reference);
  Cube sigma = all_sigma;
  if (sigma.values.shape() == all_fused.values.shape()) {
    sigma.valid = all_fused.valid;
    sigma = valid_pixels(sigma, all_reference);
  }
  const Shape& shape = reference.values.shape();
  SPECFUSE_CHECK(shape == fused.values.shape() && shape == sigma.values.shape(), "reliability: expected ", shape.text(),
                 ", got ", fused.values.shape().text(), " and sigma ", sigma.values.shape().text());
  const Index count = shape.size();
  std::vector<float> error(static_cast<std::size_t>(count));
  Reliability result;
  for (Index i = 0; i < count; ++i) {
    const float size = std::abs(fused.values[i] - reference.values[i]), width = sigma.values[i];
    SPECFUSE_CHECK(width > 0 && std::isfinite(width), "reliability: expected a sigma above 0, got ", width);
    error[static_cast<std::size_t>(i)] = size;
    result.coverage_68 += size <= width ? 1 : 0;
    result.coverage_95 += size <= width_95 * width ? 1 : 0;
  }
  result.coverage_68 /= static_cast<double>(count);
  result.coverage_95 /= static_cast<double>(count);

  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    return sigma.values[a] < sigma.values[b] || (sigma.values[a] == sigma.values[b] && a < b);
  });
  const Index groups = std::min(kGroups, count);
  for (Index g = 0; g < groups; ++g) {
    const Index begin = g * count / groups, end = (g + 1) * count / groups;
    double sum = 0;
    std::vector<float> errors;
    for (Index k = begin; k < end; ++k) {
      const Index i = order[static_cast<std::size_t>(k)];
      sum += sigma.values[i];
      errors.push_back(error[static_cast<std::size_t>(i)]);
    }
    const auto at = errors.begin() + static_cast<std::ptrdiff_t>(0.68 * static_cast<double>(errors.size() - 1));
    std::nth_element(errors.begin(), at, errors.end());
    result.expected.push_back(sum / static_cast<double>(end - begin));
    result.observed.push_back(*at);
  }
  return result;
}

}  // namespace specfuse
