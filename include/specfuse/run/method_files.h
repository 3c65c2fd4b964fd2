#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/config/config.h"

namespace specfuse {

// The files that methods read: the checkpoints of their entries, and those that their options name.

/// The experiment in which each entry with a checkpoint has the options that it was trained with, so that the sizes of
/// a network need not be given again: `model` and `train` come from the checkpoint, and so do options that are left at
/// their defaults. Other entries stay as they are. Throws `DataError` where a checkpoint is missing or unreadable and
/// `ConfigError` where it is of another method, ratio or model.
ExperimentConfig adopt_checkpoints(const ExperimentConfig& config, const std::vector<std::string>& directories);

/// A sentence for each entry whose checkpoint learned under another PSF, response or boundary than those of `config`.
std::vector<std::string> checkpoint_warnings(const ExperimentConfig& config,
                                             const std::vector<std::string>& directories);

/// The path of a checkpoint, which is looked for from here and then as data is. Throws `DataError` where it is missing.
std::string find_checkpoint(const std::string& name, const std::vector<std::string>& directories);

/// The method of an entry, restored from its checkpoint where it has one. Files that its options name are looked for as
/// a checkpoint is. Throws `DataError` where a file is missing, or what is wrong with it.
std::unique_ptr<FusionMethod> make_method(const MethodConfig& entry, const std::vector<std::string>& directories);

/// The paths of all these files. Throws `DataError` where one is missing.
std::vector<std::string> files_of_methods(const ExperimentConfig& config, const std::vector<std::string>& directories);

}  // namespace specfuse
