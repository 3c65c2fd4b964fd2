#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/estimate/estimate.h"
#include "specfuse/estimate/harmonise.h"
#include "specfuse/imaging/image.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

/// What is said of a pair whose images have nothing to do with each other.
inline constexpr const char* kUnrelated =
    "nothing in the HSI explains the MSI, whatever its response: are both images of the same place and date, and are "
    "rows, columns and bands of both in order?";

/// What is known of the sensors of a pair once they have been looked at, and how its images become what the methods
/// get.
struct KnownSensors {
  std::optional<Estimate> estimate;
  std::optional<Harmony> harmony;
  /// Whether the pair shows no relation between its images; what the estimate has is chance then.
  bool unrelated = false;
  std::vector<std::string> warnings;
  /// By how many fine pixels, down and to the right, a reference has to be moved to lie on the MSI.
  std::array<double, 2> reference_shift{};

  /// Coarse pixels around a part that its harmonised MSI depends on.
  Index halo(const Degradation& told) const;
  /// The pair, or a part of it that begins at this coarse pixel, as the methods get it.
  Pair apply(const Pair& told, const std::array<Index, 2>& begin = {}) const;
  /// Adds the uncertainty of the sensors to the standard deviations of a result, on the pair that `apply` gave.
  void widen_sigma(const Pair& applied, FusedCube& fusion) const;
  /// Finds by how much a reference on the grid of the HSI has to be moved to lie on that of the MSI, where a shift was
  /// found: from there on at full resolution, as a hundredth of a pixel already counts in a score. `applied` is of the
  /// same place, which begins at this coarse pixel.
  void register_reference(const Cube& reference, const Pair& applied, const std::array<Index, 2>& begin = {});
  /// The reference moved by that; `boundary` is that of the degradation.
  ImagePtr on_msi(const ImagePtr& reference, Boundary boundary) const;
};

/// Estimates what the options ask for, and looks at the residual where the MSI is to be harmonised. What is only to be
/// tested and cannot be is a warning. Throws `Error` where an estimate that is asked for is impossible.
KnownSensors look_at_sensors(const PairParts& pair, const EstimateOptions& options, bool harmonise);

/// Bands of the HSI outside of all that the MSI sees, "37 of 60 bands, outside of 430 to 886 nm"; empty where there are
/// none, or where wavelengths or the response are not known.
std::string bands_beyond(const Pair& pair);

/// Throws `ConfigError` where a measured MSI lies upside down on the HSI, or turned or mirrored in another way; it was
/// turned by `data.orientation` as given.
void check_orientation(const Pair& pair, const std::string& given);

}  // namespace specfuse
