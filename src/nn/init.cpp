#include "specfuse/nn/init.h"

#include <cmath>

#include "specfuse/core/error.h"

namespace specfuse {

void init_gaussian(Tensor& weight, double deviation, Rng& rng) {
  for (Index i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(deviation * rng.normal());
}

void init_he(Tensor& weight, Rng& rng) {
  SPECFUSE_CHECK(weight.shape().rank() >= 2, "init_he: expected a weight with inputs and outputs, got shape ",
                 weight.shape().text());
  init_gaussian(weight, std::sqrt(2.0 * static_cast<double>(weight.dim(0)) / static_cast<double>(weight.size())), rng);
}

}  // namespace specfuse
