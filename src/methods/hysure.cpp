#include "specfuse/methods/hysure.h"

#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/conjugate_gradients.h"
#include "specfuse/methods/gradient.h"
#include "specfuse/methods/subspace_problem.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Cube Hysure::fuse(const Pair& pair) const {
  const SubspaceProblem problem(pair, options_.dimension, "hysure");
  const float penalty = static_cast<float>(options_.penalty);
  const auto curvature = [&](const Tensor& x) {
    Tensor result = problem.curvature(x, options_.msi_weight);
    add_scaled(result, gradient_adjoint(gradient(x)), penalty);
    return result;
  };

  const Tensor data = problem.pull(options_.msi_weight);
  Tensor x = upsample_cubic(problem.hsi(), pair.degradation.ratio).values;
  // The split copy of the gradients of x, and the scaled multipliers that bring them together.
  Tensor split = gradient(x), multipliers(split.shape());
  for (Index i = 0; i < options_.iterations; ++i) {
    Tensor wanted = split.clone();
    add_scaled(wanted, multipliers);
    Tensor pull = data.clone();
    add_scaled(pull, gradient_adjoint(wanted), penalty);
    conjugate_gradients(curvature, pull, x, {options_.inner_iterations, 1e-6});

    const Tensor slopes = gradient(x);
    split = slopes.clone();
    add_scaled(split, multipliers, -1.0f);
    shrink_pixels(split, options_.total_variation / options_.penalty);
    add_scaled(multipliers, split);
    add_scaled(multipliers, slopes, -1.0f);
  }
  return problem.image_of(x);
}

}  // namespace specfuse
