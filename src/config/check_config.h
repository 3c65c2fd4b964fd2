#pragma once

#include <string>

#include "specfuse/config/config.h"

namespace specfuse {

/// Checks what goes beyond one field. Throws `ConfigError` with `file`, the key path, what was expected and what was
/// got.
void check_config(const ExperimentConfig& config, const std::string& file);

}  // namespace specfuse
