#pragma once

#include <string>
#include <vector>

#include "specfuse/sweep/sweep_runner.h"

namespace specfuse {

/// Checks data, sensors, sizes and methods of every run that is not done, of all shards, so that nothing fails hours
/// later that could have been known. Returns what is doubtful, a line each. Throws `BadSweep` or `Interrupted`.
std::vector<std::string> check_sweep(const Sweep& sweep, const SweepOptions& options);

}  // namespace specfuse
