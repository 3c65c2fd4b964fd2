#pragma once

#include <vector>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// Inputs with the answer: target is the fine image with all bands [msi rows, msi cols, hsi bands].
struct TrainingPair {
  Pair input;
  Cube target;
};

/// All that a fit sees. Test data has no place in it.
struct TrainingData {
  std::vector<TrainingPair> train;
  /// To choose the best state with; empty: the last is taken.
  std::vector<TrainingPair> validation;
};

}  // namespace specfuse
