#pragma once

#include <optional>
#include <string>

#include "specfuse/imaging/image.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/results/experiment_results.h"

namespace specfuse {

/// A whole fused image with the error that its method predicts: a `FusedCube`, or the same in its file.
struct FusedImage {
  ImagePtr fused;
  /// Half widths of intervals that hold 68 % of the errors, and what they are to be multiplied with to hold 95 %; null:
  /// it says nothing.
  ImagePtr sigma{};
  double width_95 = 2;
};

FusedImage fused_in_memory(const FusedCube& fusion);

/// That of a file, with what was filled in for outliers of the pair that it is fused from. Throws `DataError`.
FusedImage open_fused(const std::string& path, const PairOutliers& outliers, Index ratio);

/// What a method made with one seed: its images beside its `MethodResult`, which holds numbers and texts only.
struct Fusion {
  MethodResult result;
  FusedImage image;
  /// What it made of its own (first) training image; none where it is not trained, or cannot fuse so small a pair.
  std::optional<Cube> fused_training{};
};

}  // namespace specfuse
