#pragma once

#include <string>
#include <utility>
#include <vector>

#include "specfuse/sweep/sweep.h"

namespace specfuse {

/// What is to be said of the runs of a sweep: the same of many of them is said once.
class RunMessages {
 public:
  void add(std::size_t run, const std::string& text);
  bool empty() const { return messages_.empty(); }
  /// "degrade.ratio=5 (2 runs): text", in the order in which they were added.
  std::vector<std::string> lines(const Sweep& sweep, Wording wording = Wording::paths) const;

 private:
  /// Each text with its runs.
  std::vector<std::pair<std::string, std::vector<std::size_t>>> messages_;
};

/// Throws `BadSweep` with a line for each of the messages, unless there are none.
void refuse(const Sweep& sweep, const RunMessages& mistakes, bool of_data_alone = false);

}  // namespace specfuse
