#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "specfuse/imaging/fingerprint.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Everything a fitted method needs to fuse or to go on training, by name.
struct Checkpoint {
  /// Full names, such as "model/hsi.conv1.weight", "optimizer/...", "normalization/...".
  std::map<std::string, Tensor> tensors;
  /// Written as attributes of /state: step, random position and the like.
  std::map<std::string, std::uint64_t> state;
  /// Text attributes of the file: "method", "config" (resolved JSON) and the like.
  std::map<std::string, std::string> attributes;

  /// Throws `DataError` where there is no such tensor, or a value of it is not finite.
  const Tensor& tensor(const std::string& name) const;
  /// Those whose names begin with `folder`, without it.
  std::map<std::string, Tensor> tensors_in(const std::string& folder) const;
};

/// Puts what was learned from into a checkpoint, unless it is nothing, and takes it out; empty where it holds none.
void save_learned_from(const Fingerprint& seen, Checkpoint& checkpoint);
Fingerprint load_learned_from(const Checkpoint& checkpoint);

/// Written to a temporary name beside `path`, synced and renamed, so `path` is never half-written.
/// Throws `Error` with the path and the library's reason.
void write_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// Throws `DataError` where the file is missing, unreadable, not a checkpoint or of a later version.
Checkpoint read_checkpoint(const std::string& path);

/// The same from the bytes of such a file.
Checkpoint read_checkpoint(std::span<const unsigned char> bytes);

}  // namespace specfuse
