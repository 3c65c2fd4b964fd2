#pragma once

#include <optional>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

class FieldVisitor;

/// A scene made up from a seed.
struct SyntheticOptions {
  Index rows = 128, cols = 128;
  /// Number of bands, evenly spread over 400-2450 nm without the windows 1340-1450 and 1790-1970 nm that water vapour
  /// closes; none: 162, or as many as `wavelength_nm` has.
  std::optional<Index> bands;
  /// Band centres in nanometres, given instead of `bands`.
  std::vector<double> wavelength_nm;
  Index seed = 0;
  /// How many of the eight materials occur. With no more than the MSI has bands and no variability a linear method can
  /// recover the scene exactly.
  Index materials = 8;
  /// Spectral variability within a material: 0 none, 1 as in real scenes.
  double variability = 1;

  void describe(FieldVisitor& fields);
};

/// A landscape of fields, woods, towns, a river and a road as [rows, cols, bands] in reflectance times 10000,
/// wavelengths set, without noise: every pixel mixes the materials of nine points in and around it, each with a
/// spectrum of continuum and absorptions that varies from place to place, under the light of the slope. The same
/// options give the same scene. Throws `ConfigError` on options outside their ranges.
Cube synthetic_scene(const SyntheticOptions& options);

}  // namespace specfuse
