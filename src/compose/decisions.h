#pragma once

#include <string>
#include <vector>

#include "specfuse/results/decision.h"

namespace specfuse {

/// A table of three columns for a terminal of this width, long texts over several lines.
std::string decision_table(const std::vector<Decision>& decisions, std::size_t width);

}  // namespace specfuse
