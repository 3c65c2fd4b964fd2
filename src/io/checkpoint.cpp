#include "specfuse/io/checkpoint.h"

#include "specfuse/core/error.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

namespace {

constexpr std::uint64_t kFormatVersion = 1;
const char* const kVersionName = "format_version";
const char* const kStateGroup = "/state";
const char* const kLearnedFrom = "learned_from";

Checkpoint checkpoint_of(const Hdf5Reader& file) {
  const std::optional<double> version = file.number("/", kVersionName);
  SPECFUSE_CHECK_AS(DataError, version && file.has(kStateGroup), file.path(),
                    ": is not a checkpoint: expected attribute ", kVersionName, " and group ", kStateGroup);
  SPECFUSE_CHECK_AS(DataError, *version == static_cast<double>(kFormatVersion), file.path(),
                    ": expected checkpoint format version ", kFormatVersion, ", got ", *version);
  Checkpoint checkpoint;
  checkpoint.attributes = file.texts("/");
  checkpoint.state = file.integers(kStateGroup);
  for (const std::string& name : file.datasets()) checkpoint.tensors[name.substr(1)] = file.read(name);
  return checkpoint;
}

}  // namespace

const Tensor& Checkpoint::tensor(const std::string& name) const {
  const auto found = tensors.find(name);
  SPECFUSE_CHECK_AS(DataError, found != tensors.end(), "checkpoint: no '", name, "'");
  SPECFUSE_CHECK_AS(DataError, all_finite(found->second), "checkpoint: expected finite values in '", name, "'");
  return found->second;
}

std::map<std::string, Tensor> Checkpoint::tensors_in(const std::string& folder) const {
  std::map<std::string, Tensor> found;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with(folder)) found[name.substr(folder.size())] = tensor;
  }
  return found;
}

void save_learned_from(const Fingerprint& seen, Checkpoint& checkpoint) {
  if (!seen.empty()) checkpoint.tensors[kLearnedFrom] = seen.tensor();
}

Fingerprint load_learned_from(const Checkpoint& checkpoint) {
  const auto found = checkpoint.tensors.find(kLearnedFrom);
  return found == checkpoint.tensors.end() ? Fingerprint() : Fingerprint::from(found->second);
}

void write_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  Hdf5Writer file(path);
  file.attribute("/", kVersionName, kFormatVersion);
  for (const auto& [name, text] : checkpoint.attributes) file.attribute("/", name, text);
  file.create_group(kStateGroup);
  for (const auto& [name, number] : checkpoint.state) file.attribute(kStateGroup, name, number);
  for (const auto& [name, tensor] : checkpoint.tensors) file.write(name, tensor);
  file.finish();
}

Checkpoint read_checkpoint(const std::string& path) { return checkpoint_of(Hdf5Reader(path)); }

Checkpoint read_checkpoint(std::span<const unsigned char> bytes) {
  return checkpoint_of(Hdf5Reader(bytes, "a checkpoint in memory"));
}

}  // namespace specfuse
