#pragma once

#include <string>

#include "run/result_folder.h"
#include "specfuse/config/config.h"
#include "specfuse/run/runner.h"

namespace specfuse {

/// What the hash of the data begins with where the pair stayed in its files: it is then a hash of files.
inline const std::string kStreamedHash = "files-";

/// Begins a run in a folder, which keeps its configuration and the hash of its data from then on; false where it holds
/// these results already. With `resume` an unfinished one is gone on with; with `overwrite` any other is replaced.
/// Throws `ConfigError` that says what the folder holds and what to do where neither allows it: nothing is lost without
/// a word.
bool begin_in(ResultFolder& folder, const ExperimentConfig& config, const std::string& data_hash,
              const RunOptions& options);

/// The experiment as if this method and seed were all of it: what its checkpoint is to remember.
std::string config_of(const ExperimentConfig& config, const MethodConfig& method, Index seed);

/// The files that a finished run in the folder says it has published.
std::vector<std::string> published_before(const ResultFolder& folder);

}  // namespace specfuse
