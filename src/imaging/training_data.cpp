#include "specfuse/imaging/training_data.h"

namespace specfuse {

TrainingPair on_disk(const TrainingPair& pair, const std::string& folder) {
  return {on_disk(pair.input, folder), on_disk(pair.target, folder)};
}

TrainingPair lower_scale(const Pair& pair) {
  TrainingPair lower{degrade_pair(pair), {}};
  lower.target = crop(pair.hsi, {0, 0, lower.input.msi.rows(), lower.input.msi.cols()});
  return lower;
}

}  // namespace specfuse
