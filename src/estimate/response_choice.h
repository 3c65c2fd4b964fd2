#pragma once

#include <string>
#include <vector>

#include "specfuse/estimate/estimate.h"

namespace specfuse {

/// Kept samples of a pair under its PSF, one pixel each.
struct ResponseSamples {
  /// [1, pixels, bands] and [1, pixels, msi bands], with wavelengths where they are known.
  Cube hsi, msi;
  /// What is told; undefined where nothing is.
  Tensor told;
};

/// A response of all MSI bands, and gain and offset of each; empty where there are none.
struct ResponseChoice {
  std::string shape;
  Tensor srf;
  std::vector<double> gain, offset;
  /// Minus twice a log-likelihood and what its freedom costs, up to a constant.
  double cost = 0;
  /// Of each MSI band, the part of its variance that is left.
  std::vector<double> unexplained;
};

/// The shape of the response that is told.
inline const std::string kAssumed = "told";

/// The best of what `srf` and `gain` leave to choose, and what is told in the same way; see `estimate_degradation`.
/// The second is empty where nothing is told.
std::vector<ResponseChoice> choose_response(const ResponseSamples& samples, Trust srf, Trust gain);

}  // namespace specfuse
