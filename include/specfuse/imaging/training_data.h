#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "specfuse/imaging/pair_parts.h"

namespace specfuse {

/// Inputs with the answer: target is the fine image with all bands [msi rows, msi cols, hsi bands].
struct TrainingPair {
  Pair input;
  Cube target;
};

/// With its values in `copy_on_disk` of a folder; as it is where none is given.
TrainingPair on_disk(const TrainingPair& pair, const std::string& folder);

/// Whether the coarse image of a pair can be made coarser by the ratio once more; `fine` has the size of its MSI.
inline bool has_lower_scale(const Cube& fine, Index ratio) {
  return std::min(fine.rows(), fine.cols()) >= ratio * ratio;
}

/// Throws `ConfigError`, led by who needs it, where a pair whose coarse image has this size has no pixel one scale
/// down.
void require_lower_scale(const std::string& who, Index rows, Index cols, Index ratio);

/// A pair one scale down, where the hsi itself is the answer (Wald et al. 1997): `degrade_pair`, and the hsi cut to it.
TrainingPair lower_scale(const Pair& pair);

/// All that a fit sees. Test data has no place in it.
struct TrainingData {
  std::vector<TrainingPair> train;
  /// To choose the best state with; empty: the last is taken.
  std::vector<TrainingPair> validation;
  /// In place of them, a pair larger than memory that is to be learned from one scale down; null: there is none.
  const PairParts* large = nullptr;

  bool empty() const { return train.empty() && large == nullptr; }
};

/// Shows every example, a training pair in memory as a whole: `inner` is the part of its target to learn from. A large
/// pair is shown at `lower_scale`, part by part, with `halo` coarse pixels of that scale around each. Throws
/// `Interrupted` when the user asked to stop.
void for_each_example(const TrainingData& data, Index (*halo)(const Degradation&),
                      const std::function<void(const TrainingPair& example, const Rectangle& inner)>& visit);

}  // namespace specfuse
