#pragma once

#include <string>

namespace specfuse {

/// Every method, metric, metric profile and sensor, one a line: what `--list` prints.
std::string listing_text();

}  // namespace specfuse
