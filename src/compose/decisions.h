#pragma once

#include <string>
#include <vector>

#include "specfuse/results/decision.h"

namespace specfuse {

/// A table of three columns for the terminal, long texts over several lines.
std::string decision_table(const std::vector<Decision>& decisions);

}  // namespace specfuse
