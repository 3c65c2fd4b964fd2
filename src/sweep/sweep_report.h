#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/report/report.h"
#include "specfuse/report/results.h"
#include "specfuse/sweep/sweep.h"

namespace specfuse {

/// What is known of one run of a sweep.
struct RunOutcome {
  /// None where it is not complete.
  std::optional<Results> results;
  /// Why it failed, where it did.
  std::string failure;
};

/// Points by methods, and which run each row is of.
struct SweepTable {
  Table table;
  /// The first run of the point, for each row.
  std::vector<const SweepRun*> runs;
};

/// One row for each point of the sweep that has a complete run, and each of its methods: the mean and standard
/// deviation over all seeds of all complete runs. `outcomes` are in the order of the sweep's runs; the sweep has to
/// outlive it.
SweepTable sweep_table(const Sweep& sweep, const std::vector<RunOutcome>& outcomes);

/// One chart for each field that takes more than one value and each main measure: the measure against the field, one
/// line for each method and each combination of the values of other fields.
std::vector<Figure> sweep_figures(const Sweep& sweep, const SweepTable& table);

/// sweep.json: every run with its state, and every row in full precision.
std::string sweep_json(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& table);

/// sweep.md: the table, and what is missing in it.
std::string sweep_markdown(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& table);

/// Reads what all runs have left in `out` and writes all of the above, and the table as CSV and LaTeX, there. One
/// process at a time. Throws `Error` where it cannot write.
Table write_sweep(const Sweep& sweep, const std::string& out);

}  // namespace specfuse
