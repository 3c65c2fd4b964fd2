#pragma once

#include <string>
#include <vector>

#include "sweep/sweep_table.h"

namespace specfuse {

/// sweep.json: every run with its state, and every row in full precision.
std::string sweep_json(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& table);

/// sweep.md: the table, and what is missing in it.
std::string sweep_markdown(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& table);

/// Reads the results of all runs in `out` and writes the table in all formats, sweep.json and the figures there. One
/// process at a time. Throws `Error` where it cannot write.
Table write_sweep(const Sweep& sweep, const std::string& out);

}  // namespace specfuse
