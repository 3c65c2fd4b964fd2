#pragma once

#include "specfuse/core/buffer.h"

namespace specfuse {

/// The learning rate over a training of a known length.
enum class Schedule { constant, cosine, one_cycle };

/// Factor on the base rate at step 0 ... steps - 1. constant: 1. cosine: from 1 down to 0.
/// one_cycle (Smith 2018): from 1/25 up to 1 over the first 30 %, then down to 1e-4 / 25, both along half a cosine.
double rate_factor(Schedule schedule, Index step, Index steps);

}  // namespace specfuse
