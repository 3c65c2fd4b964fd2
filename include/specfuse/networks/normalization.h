#pragma once

#include <string>

#include "specfuse/imaging/training_data.h"
#include "specfuse/io/checkpoint.h"

namespace specfuse {

/// Min-max scaling of each band to [0, 1]: (x - low) / span.
struct BandScale {
  /// [bands] each; the span of a constant band is 1.
  Tensor low, span;

  /// The values [..., bands] scaled, as a new tensor.
  Tensor apply(const Tensor& values) const;
  /// The inverse, in place.
  void undo(Tensor& values) const;
};

/// The scales of what goes into a network and of what comes out, from training data alone.
struct Normalization {
  BandScale hsi, msi, target;

  /// From the up-sampled HSI, the MSI and the target of all examples.
  static Normalization of(const std::vector<TrainingPair>& examples);

  /// "normalization/hsi.low" and the like.
  void write(Checkpoint& checkpoint) const;
  /// Throws `DataError` where a tensor is missing.
  static Normalization read(const Checkpoint& checkpoint);
};

}  // namespace specfuse
