#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// What was decided of one thing, and why.
struct Decision {
  std::string what, decided, why;
};

/// A table of three columns for the terminal, long texts over several lines.
std::string decision_table(const std::vector<Decision>& decisions);

}  // namespace specfuse
