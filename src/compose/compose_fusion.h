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
  /// Bands of the MSI whose order nothing tells, such as "sentinel2a B2, B3, B4, B8"; empty where it is known.
  std::string assumed_bands;
};

/// Decides all that the files tell and `request.settings` do not. `name` is that of the experiment, `format` that of
/// its images. Throws `ConfigError` where something cannot be decided, and `DataError` as reading does.
ComposedFusion compose_fusion(const FuseRequest& request, const std::string& name, const std::string& format);

}  // namespace specfuse
