#pragma once

#include "specfuse/core/rng.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Normal with mean 0 and the given standard deviation.
void init_gaussian(Tensor& weight, double deviation, Rng& rng);

/// Normal with mean 0 and deviation sqrt(2 / fan in), fan in being the elements per output (He et al. 2015, eq. 10).
void init_he(Tensor& weight, Rng& rng);

}  // namespace specfuse
