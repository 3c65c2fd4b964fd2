#pragma once

#include <string>
#include <vector>

#include "specfuse/results/table.h"
#include "specfuse/sweep/sweep.h"

namespace specfuse {

struct SweepOptions {
  std::vector<std::string> data_directories;
  /// Where results go: each run into `runs/HASH`, and the tables over all runs beside them.
  std::string out;
  /// Runs at the same time, no more than there are threads; these are shared among them.
  int jobs = 1;
};

/// What came of a call.
struct SweepOutcome {
  /// One row for each point and method, of all runs that are complete.
  Table table;
  /// A line for each run of this call that failed.
  std::vector<std::string> failed;
};

/// Checks every run of the sweep that is not done as `plan_experiment` does, then does them, each as a
/// process of this program, and makes the tables and figures that experiments/README.md lists from the results of all
/// runs in `options.out`, whichever process did them. A run that was cut off goes on from its checkpoints; one that
/// another process is doing is left to it; one that fails stops nothing but itself. The files are also made anew now
/// and then on the way. Throws `BadSweep` before anything is started where a run cannot be done, `Error` where files
/// cannot be written, or `Interrupted` once the processes have saved their state.
SweepOutcome run_sweep(const Sweep& sweep, const SweepOptions& options);

/// The runs, one a line: position, hash, what has been done, and what distinguishes the run. Checks as
/// `run_sweep` does.
std::string plan_sweep(const Sweep& sweep, const SweepOptions& options);

}  // namespace specfuse
