#include "specfuse/methods/shared/conjugate_gradients.h"

#include "specfuse/tensor/math.h"

namespace specfuse {

Index conjugate_gradients(const std::function<Tensor(const Tensor&)>& apply, const Tensor& b, Tensor& x,
                          const ConjugateGradientOptions& options) {
  Tensor residual = b.clone();
  add_scaled(residual, apply(x), -1.0f);
  Tensor direction = residual.clone();
  double squared = dot(residual, residual);
  const double enough = options.tolerance * options.tolerance * dot(b, b);
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
  }
  return taken;
}

}  // namespace specfuse
