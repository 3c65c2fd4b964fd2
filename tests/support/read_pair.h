#pragma once

#include <optional>
#include <string>

#include "specfuse/io/pair.h"

namespace specfuse::testing {

/// All of a pair file in memory.
struct ReadPair {
  Cube hsi, msi;
  Index ratio = 0;
  std::optional<Cube> reference;
  Tensor srf;
  std::string grids;
  bool reference_on_msi = false;
};

inline ReadPair read_all(const PairImages& pair) {
  ReadPair read{pair.hsi->read_all(), pair.msi->read_all(), pair.ratio, {}, pair.srf,
                pair.grids,           pair.reference_on_msi};
  if (pair.reference != nullptr) read.reference = pair.reference->read_all();
  return read;
}

inline ReadPair read_pair(const std::string& path, const PairSource& source = {}) {
  return read_all(open_pair(path, source));
}

}  // namespace specfuse::testing
