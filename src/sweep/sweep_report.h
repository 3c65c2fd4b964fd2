#pragma once

#include <string>
#include <vector>

#include "specfuse/core/stopwatch.h"
#include "sweep/sweep_table.h"

namespace specfuse {

/// sweep.json: every run with its state, every row in full precision, and what files are written with it.
std::string sweep_json(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& table,
                       const std::vector<std::string>& files = {});

/// sweep.tex: the readable table, as a paper has it.
std::string sweep_latex(const Sweep& sweep, Table table);
/// sweep.md: the table, and what is missing in it.
std::string sweep_markdown(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& table);

/// The files over all runs of a sweep: table, page and figures.
class SweepFiles {
 public:
  /// `sweep` has to outlive it.
  SweepFiles(const Sweep& sweep, const std::string& out) : sweep_(sweep), out_(out), outcomes_(sweep.runs.size()) {}

  /// Reads the results of all runs, those that were there before not again, and writes everything anew; figures that an
  /// earlier call wrote and this one does not are removed. One process at a time. Throws `Error` where it cannot write.
  Table write();
  /// Does so unless it was done a short while ago, as measured by how long that took: for results on the way.
  void write_now_and_then();

 private:
  const Sweep& sweep_;
  std::string out_;
  std::vector<RunOutcome> outcomes_;
  /// How long the last writing took, and since when it is over.
  double seconds_ = 0;
  Stopwatch since_;
};

}  // namespace specfuse
