#pragma once

#include <string>
#include <vector>

#include "compose/decisions.h"
#include "specfuse/compose/fuse_files.h"
#include "specfuse/config/config.h"

namespace specfuse {

/// The experiment that fuses two files.
struct ComposedFusion {
  /// Its file.
  std::string text;
  ExperimentConfig config;
  /// What the files decided.
  std::vector<Decision> decisions;
};

/// Decides all that the files tell and `request.settings` do not. `name` is that of the experiment, `format` that of
/// its images. Throws `ConfigError` where something cannot be decided, and `DataError` as reading does.
ComposedFusion compose_fusion(const FuseRequest& request, const std::string& name, const std::string& format);

}  // namespace specfuse
