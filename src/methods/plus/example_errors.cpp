#include "specfuse/methods/plus/example_errors.h"

#include <algorithm>
#include <cmath>

namespace specfuse {
namespace {

/// Calls visit(value, truth, e) for every value of a part of the image; `values` [part.rows, part.cols, bands].
template <class Visit>
void for_each_truth(const Tensor& values, const PlusExample& example, const Rectangle& part, const Visit& visit) {
  const PlusInputs& inputs = example.inputs;
  const Index bands = inputs.bands();
  for (Index i = 0; i < values.size(); ++i) {
    const Index b = i % bands, pixel = i / bands;
    const Index row = part.row + pixel / part.cols, col = part.col + pixel % part.cols;
    const Index at = (row * inputs.cols() + col) * bands + b;
    const float e = inputs.scale()[static_cast<std::size_t>(b)];
    visit(values[i], inputs.base()[at] + e * example.target[at], e);
  }
}

}  // namespace

double misses(const Tensor& values, const PlusExample& example, const Rectangle& part) {
  double sum = 0;
  for_each_truth(values, example, part, [&](float value, float truth, float e) {
    const double off = (value - truth) / e;
    sum += off * off;
  });
  return std::sqrt(sum / static_cast<double>(values.size()));
}

Widths widths_of(const Refined& refined, const PlusExample& example, const Rectangle& part) {
  std::vector<float> ratios;
  const float* error = refined.error.data();
  for_each_truth(refined.fused, example, part,
                 [&](float value, float truth, float) { ratios.push_back(std::abs(value - truth) / *error++); });
  Widths widths;
  widths.of_68 = quantile(ratios, 0.68);
  widths.of_95 = quantile(ratios, 0.95);
  return widths;
}

float quantile(std::vector<float>& values, double part) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace specfuse
