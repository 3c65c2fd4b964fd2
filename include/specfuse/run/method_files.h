#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/config/config.h"

namespace specfuse {

/// For the protocol "apply": the experiment with the options that each checkpoint was trained with, so that the sizes
/// of a network need not be given again. What the file gives otherwise stays, except `model` and `train`. Other
/// protocols: as it is. Throws `DataError` where a checkpoint is missing or unreadable and `ConfigError` where it is of
/// another method, ratio or model.
ExperimentConfig adopt_checkpoints(const ExperimentConfig& config, const std::vector<std::string>& directories);

/// A sentence for each method whose checkpoint learned under another PSF or response than those of `config`.
std::vector<std::string> checkpoint_warnings(const ExperimentConfig& config,
                                             const std::vector<std::string>& directories);

/// The file of a checkpoint, looked for from here and then as data is.
std::string find_checkpoint(const std::string& name, const std::vector<std::string>& directories);

/// The method of an entry, the files that its options name found as a checkpoint is, and restored from its own. Throws
/// `DataError` where one is missing, or what is wrong with it.
std::unique_ptr<FusionMethod> make_method(const MethodConfig& entry, const std::vector<std::string>& directories);

/// All files that the methods read: checkpoints, and those of their options.
std::vector<std::string> files_of_methods(const ExperimentConfig& config, const std::vector<std::string>& directories);

}  // namespace specfuse
