#pragma once

#include <array>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// What is known of a fine pixel of a result, as flags that are added; 0: it holds no data.
enum Quality { kMeasured = 1, kBesideGap = 2, kChangedGround = 4, kWithOutlier = 8 };

/// What speaks against a pixel, from the least to the worst: its name in files and for people.
struct QualityClass {
  const char *key, *name;
  /// 0: no data.
  int flag;
};
inline constexpr std::array<QualityClass, 4> kQualityClasses{{{"beside_gap", "beside a gap", kBesideGap},
                                                              {"changed_ground", "changed ground", kChangedGround},
                                                              {"outlier", "outlier withheld", kWithOutlier},
                                                              {"no_data", "no data", 0}}};

/// The quality of all pixels of a result of a measured pair.
struct QualitySummary {
  /// The part of all pixels that is of each class; a pixel may be of several.
  std::array<double, kQualityClasses.size()> shares{};
  /// [rows, cols], each the worst of step x step pixels: 0 where nothing speaks against any, else 1 + the place in
  /// `kQualityClasses`.
  Tensor map;
};

}  // namespace specfuse
