#pragma once

#include <string>

namespace specfuse {

/// Every method, layer, metric, metric profile, sensor and scene format, one a line; what `--list` prints.
std::string listing_text();

/// The description of the method, layer or metric of this name, or of the field of an experiment at this path and those
/// below it: what `--list NAME` prints. Throws `ConfigError` where there is none.
std::string listing_text(const std::string& name);

}  // namespace specfuse
