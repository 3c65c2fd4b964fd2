#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// What to estimate of how a pair came about.
struct EstimateOptions {
  /// The spectral response.
  bool srf = false;
  /// The width of a Gaussian PSF.
  bool psf = false;
  /// Gain and offset of each MSI band, together with the response: for images that are not in the same units.
  bool gain = false;
  /// The registration error of the MSI.
  bool shift = false;
};

/// What the images of a pair say about their degradation. Fields that were not asked for are empty.
struct Estimate {
  std::optional<double> psf_fwhm;
  /// Rows of sum 1, non-negative [msi bands, bands].
  Tensor srf;
  /// Where the rows are from: fitted as "box", "gaussian" or "super-gaussian" (exponent 6), the published bands of a
  /// sensor, such as "landsat7 box", or filters close to them, such as "near landsat7".
  std::string srf_shape;
  /// msi = gain * response + offset, one for each MSI band; empty without `EstimateOptions::gain`.
  std::vector<double> gain, offset;
  /// Of the MSI in fine pixels, down and to the right, and the standard errors of both.
  std::optional<std::array<double, 2>> shift{};
  std::array<double, 2> shift_error{};
  /// Of `undo_shift`, one for each MSI band; empty: `with_estimate` chooses them.
  std::vector<double> shift_penalties{};
};

/// Least squares between degraded msi and hsi without its noise (a subspace of noise-whitened bands):
///   fwhm  the width from 0.25 to 3 ratios at which the degraded msi is best explained by any linear combination of hsi
///         bands; sought by golden section, so it needs no response
///   shift that of the msi within a coarse pixel with which the response explains it best, or any linear combination
///         of hsi bands where the response is not known, and its standard errors
///   srf   for each MSI band the interval of equal weights, or the Gaussian or super-Gaussian, with the least squared
///         error; the shape is the same for all bands. The published bands of the sensors of `sensor_list` with as many
///         bands compete with them, without fitted numbers to pay for (Bayesian information criterion; a tenth of the
///         residual is allowed for errors of the noise model). So do filters with edges within some 1 nm of the
///         published ones, slopes as filters have them and a tilted top, the likeliest of those (maximum a posteriori,
///         each pixel counted as a tenth), which pay for what they fit; a fiftieth of the residual is allowed them.
///         Neighbouring bands are nearly collinear, so noise leaves fitted edges uncertain by a band. Where wavelengths
///         of both images are known, the mean wavelength of a response is drawn to that of the MSI band
/// The degradation of the pair gives ratio, boundary and, where its width is not asked for, the PSF. Throws `Error` on
/// an hsi of fewer than 16 pixels and where nothing in it is correlated with an MSI band.
Estimate estimate_degradation(const Pair& pair, const EstimateOptions& options);

/// The pair with the estimate in the place of what was known; shift, gain and offset are taken back from the
/// msi.
Pair with_estimate(const Pair& pair, const Estimate& estimate);

}  // namespace specfuse
