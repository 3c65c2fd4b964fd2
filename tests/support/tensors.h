#pragma once

#include <map>
#include <string>

#include "specfuse/io/hdf5.h"

namespace specfuse {

/// Writes tensors as float32 datasets under their names ("grad/hsi.conv1.weight" creates the group) and numbers as
/// attributes of the file, never half-written. Throws `Error` with the path and the reason, also for a tensor
/// without values.
inline void write_tensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                          const std::map<std::string, double>& attributes = {}) {
  Hdf5Writer file(path);
  for (const auto& [name, tensor] : tensors) file.write(name, tensor);
  for (const auto& [name, number] : attributes) file.attribute("/", name, number);
  file.finish();
}

}  // namespace specfuse
