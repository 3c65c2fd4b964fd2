#pragma once

#include <string>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// Factor on the base rate at step 0 ... steps - 1 of a schedule. "constant": 1. "cosine": from 1 down to 0.
/// "one_cycle" (Smith 2018): from 1/25 up to 1 over the first 30 %, then down to 1e-4 / 25, both along half a cosine.
double rate_factor(const std::string& schedule, Index step, Index steps);

}  // namespace specfuse
