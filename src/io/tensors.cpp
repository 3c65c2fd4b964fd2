#include "specfuse/io/tensors.h"

#include "specfuse/io/hdf5.h"

namespace specfuse {

void write_tensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                   const std::map<std::string, double>& attributes) {
  Hdf5Writer file(path);
  for (const auto& [name, tensor] : tensors) file.write(name, tensor);
  for (const auto& [name, number] : attributes) file.attribute("/", name, number);
  file.finish();
}

}  // namespace specfuse
