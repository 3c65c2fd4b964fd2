#pragma once

#include <string>
#include <vector>

#include "specfuse/config/config.h"

namespace specfuse {

/// A field that two configurations do not agree on, as JSON texts; empty where one of them has no such field.
struct Difference {
  std::string path, first, second;
};

/// Every field that differs, except the experiment's name and what its report shows, in the order of the first. Both
/// are resolved configurations as JSON. Throws `ConfigError` where one is none.
std::vector<Difference> differences(const std::string& first, const std::string& second);

/// Some of them as a message lists them: "degrade.ratio is 4 there and 2 here, ...".
std::string differences_text(const std::vector<Difference>& differences);

}  // namespace specfuse
