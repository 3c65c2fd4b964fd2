#pragma once

#include <string>
#include <vector>

#include "specfuse/imaging/pair_parts.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// What the coarse residual between the HSI under its response and the MSI under its PSF is held against.
struct Harmony {
  /// Of each MSI band: the standard deviation of the residual's noise, and the mean of the MSI.
  std::vector<double> noise, mean;
  /// What a residual of the MSI bands means for those of the HSI, by least squares over the coarse pixels [msi bands,
  /// bands].
  Matrix spread;
  /// What the residual leaves open of each HSI band in a fine pixel, as a standard deviation.
  std::vector<float> fine_error;
};

/// Of a pair whose sensors are as they will be used, response included; the noise is that of neighbours' differences,
/// as a robust standard deviation.
Harmony harmony_of(const PairParts& pair);

/// Coarse pixels around a part that its harmonised MSI depends on.
Index harmony_halo(const Degradation& degradation);

/// Brings the MSI to what the HSI says of it on the coarse scale: each band is multiplied by one plus the part of the
/// residual that stands out of the noise, relative to the MSI and up-sampled. Around connected areas that changed by a
/// tenth or more the factor follows the edges of the MSI instead (`sharpen_factor`). At the edges of the image, where
/// the HSI sees ground that the MSI does not show, the MSI is taken as its neighbours are, and what is left is taken
/// out of the HSI. `pair.disagreement` becomes the residual before it [rows, cols, 2], both root mean squares over the
/// MSI bands: in units of the noise, where a thousandth of the mean is the least that counts, and relative to the MSI.
void harmonise(const Harmony& harmony, Pair& pair);

/// Whether a pixel of the disagreement is one of ground that changed: far beyond noise, and by much.
bool has_changed(const float* disagreement);

/// Sentences on connected areas where the images disagree far beyond noise; `disagreement` as above, or its means over
/// step x step pixels.
std::vector<std::string> changed_areas(const Cube& disagreement, Index step = 1);

/// Raises the standard deviation of a fused image to what the sensors leave open, and adds a part of what the images
/// disagree on.
void widen_sigma(const Harmony& harmony, const Cube& disagreement, const Cube& fused, Cube& sigma);

}  // namespace specfuse
