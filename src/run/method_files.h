#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/config/config.h"

namespace specfuse {

/// The method of an entry, the files that its options name found: from here, and then as data is. Throws `DataError`
/// where one is missing.
std::unique_ptr<FusionMethod> make_method(const MethodConfig& entry, const std::vector<std::string>& directories);

/// All files that the methods read: checkpoints, and those of their options.
std::vector<std::string> files_of_methods(const ExperimentConfig& config, const std::vector<std::string>& directories);

}  // namespace specfuse
