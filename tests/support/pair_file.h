#pragma once

#include <optional>

#include "specfuse/io/pair.h"

namespace specfuse {

/// What a pair file holds.
struct PairFile {
  Cube hsi, msi;
  Index ratio = 0;
  std::optional<Cube> reference{};
  Tensor srf{};
};

inline void write_pair(const std::string& path, const PairFile& file) {
  Pair pair{file.hsi, file.msi, {}};
  pair.degradation.ratio = file.ratio;
  pair.degradation.srf = file.srf;
  write_pair(path, pair, file.reference ? &*file.reference : nullptr);
}

}  // namespace specfuse
