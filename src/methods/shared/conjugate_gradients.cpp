#include "specfuse/methods/shared/conjugate_gradients.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/progress.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// How many iterations it takes in all if each of those to come lowers the residual by the same factor.
Index expected_iterations(Index taken, double lowered, double wanted, Index most) {
  if (!(lowered < 1)) return most;
  const double expected = static_cast<double>(taken) * std::log(wanted) / std::log(lowered);
  return std::clamp(static_cast<Index>(std::min(expected, 1e9)), std::min(taken + 1, most), most);
}

}  // namespace

Index conjugate_gradients(const std::function<Tensor(const Tensor&)>& apply, const Tensor& b, Tensor& x,
                          const ConjugateGradientOptions& options) {
  Tensor residual = b.clone();
  add_scaled(residual, apply(x), -1.0f);
  Tensor direction = residual.clone();
  double squared = dot(residual, residual);
  const double at_start = squared, enough = options.tolerance * options.tolerance * dot(b, b);
  Progress progress(options.iterations, "iterations");
  double lowest = at_start;
  Index taken = 0;
  for (; taken < options.iterations && squared > enough; ++taken) {
    const Tensor image = apply(direction);
    const double curvature = dot(direction, image);
    // Nothing but rounding is left along a direction without curvature.
    if (!(curvature > 0)) break;
    const float step = static_cast<float>(squared / curvature);
    add_scaled(x, direction, step);
    add_scaled(residual, image, -step);
    const double before = squared;
    squared = dot(residual, residual);
    scale_and_add(direction, static_cast<float>(squared / before), residual);
    lowest = std::min(lowest, squared);
    if (enough > 0)
      progress.expect(expected_iterations(taken + 1, lowest / at_start, enough / at_start, options.iterations));
    progress.tick();
  }
  return taken;
}

}  // namespace specfuse
