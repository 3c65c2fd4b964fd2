#pragma once

#include <string>
#include <vector>

#include "specfuse/imaging/pair_parts.h"

namespace specfuse {

/// Values of a pair that cannot have been measured, in pixels of the whole images.
struct PairOutliers {
  std::vector<Outlier> hsi, msi;
  bool empty() const { return hsi.empty() && msi.empty(); }
};

/// Values far beyond all others of their band, of which the other image shows nothing where they are: wrapped integers
/// or defective pixels, not glints. The same whatever the parts are.
PairOutliers find_outliers(const PairParts& pair);

/// Puts what is filled in for them in a part of the pair that lies at `coarse`, and notes them in its images.
void withhold_outliers(const PairOutliers& outliers, const Rectangle& coarse, Pair& part);

/// Of a result, or of a part of it that lies at `fine`: where the HSI has one it has what was filled in, and is written
/// as measured; there, and where the MSI has one, its standard deviation (null: none) is no smaller than what was
/// withheld, or than the value itself.
void mark_outliers(const PairOutliers& outliers, Index ratio, const Rectangle& fine, Cube& fused, Cube* sigma);

/// Warnings, one for each image that has any.
std::vector<std::string> outlier_texts(const PairOutliers& outliers);

}  // namespace specfuse
