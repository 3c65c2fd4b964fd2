#pragma once

#include <vector>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// Inputs with the answer: target is the fine image with all bands [msi rows, msi cols, hsi bands].
struct TrainingPair {
  Pair input;
  Cube target;
};

/// With its values in `copy_on_disk` of a folder; as it is where none is given.
TrainingPair on_disk(const TrainingPair& pair, const std::string& folder);

/// A pair one scale down, where the hsi itself is the answer (Wald et al. 1997): `degrade_pair`, and the hsi cut to it.
TrainingPair lower_scale(const Pair& pair);

/// All that a fit sees. Test data has no place in it.
struct TrainingData {
  std::vector<TrainingPair> train;
  /// To choose the best state with; empty: the last is taken.
  std::vector<TrainingPair> validation;
};

}  // namespace specfuse
