#include "specfuse/imaging/training_data.h"

namespace specfuse {

TrainingPair lower_scale(const Pair& pair) {
  TrainingPair lower{degrade_pair(pair), {}};
  lower.target = crop(pair.hsi, {0, 0, lower.input.msi.rows(), lower.input.msi.cols()});
  return lower;
}

}  // namespace specfuse
