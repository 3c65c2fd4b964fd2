#pragma once

#include <map>
#include <string>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Writes tensors as float32 datasets under their names ("grad/hsi.conv1.weight" creates the group) and numbers as
/// attributes of the file, never half-written. Throws `Error` with the path and the reason, also for a tensor
/// without values.
void write_tensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                   const std::map<std::string, double>& attributes = {});

}  // namespace specfuse
