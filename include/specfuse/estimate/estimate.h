#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/estimate/shift_field.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// Whether what is told of a sensor is taken as it is, tested against the pair and replaced where the pair contradicts
/// it, or not used.
enum class Trust { told, tested, found };

/// What of a degradation is tested or estimated.
struct EstimateOptions {
  /// The spectral response.
  Trust srf = Trust::told;
  /// The widths of a Gaussian PSF.
  Trust psf = Trust::told;
  /// Gain and offset of each MSI band: images that are not in the same units.
  Trust gain = Trust::told;
  /// The registration error of the MSI.
  Trust shift = Trust::told;
  /// What is told of PSF and response, for people.
  std::string psf_told, srf_told;

  bool any() const { return srf != Trust::told || psf != Trust::told || gain != Trust::told || shift != Trust::told; }
};

/// Nothing in the HSI explains the MSI, under any response.
struct UnrelatedImages : Error {
  using Error::Error;
};

/// What was given or else assumed of one part of a degradation, what the pair says, which of the two is used, and why.
struct Finding {
  /// As in the configuration: "psf", "shift", "srf" or "gain".
  std::string what;
  std::string assumed, found;
  bool uses_found = false;
  std::string why;
};

/// `Estimate::srf_shape` of filters close to what was assumed.
inline constexpr const char* kNearAssumed = "near told";

/// "psf: assumed Gaussian, FWHM 4 fine pixels; found ..., which is used: ..."
std::string text_of(const Finding& finding);

/// An `Estimate::srf_shape` in words.
std::string response_text(const std::string& shape);

/// What the images of a pair say about their degradation. Fields of what was not asked for are empty.
struct Estimate {
  std::vector<Finding> findings;
  /// What contradicts what is used.
  std::vector<std::string> warnings;
  /// Whether the HSI explains next to nothing of any MSI band, so that nothing was found.
  bool unrelated = false;
  /// The PSF on the grid of the MSI, the registration error within it; undefined where it is as told.
  Tensor psf;
  /// Full widths at half maximum of the PSF that was found, down and across, in fine pixels.
  std::optional<std::array<double, 2>> psf_fwhm;
  /// The MSI samples the scene this many fine pixels down and to the right, as `Degradation::msi_shift`, and the
  /// standard errors of both; only where it is used.
  std::optional<std::array<double, 2>> shift{};
  std::array<double, 2> shift_error{};
  /// How the shift varies over the image, beside `shift`, and what a difference between MSI bands under the PSF means
  /// for those of the HSI [msi bands, bands].
  std::optional<ShiftField> field{};
  Matrix field_spread{};
  /// Rows of sum 1, non-negative [msi bands, bands]; undefined where they are as told.
  Tensor srf;
  /// Where the rows are from: fitted as "box", "gaussian" or "super-gaussian" (exponent 6), the published bands of a
  /// sensor, such as "landsat7 box", filters close to them, such as "near landsat7", or to what was assumed,
  /// `kNearAssumed`.
  std::string srf_shape;
  /// msi = gain * response + offset, one for each MSI band; empty where both images are in the same units.
  std::vector<double> gain, offset;
};

/// Finds what the options ask for:
///   psf, shift  the widths of a Gaussian and the place at which the MSI under it is best explained by the signal of
///   the
///               HSI (a subspace of noise-whitened bands), whatever the response, gain and offset of each band. Samples
///               that disagree in most bands do not count
///               (Gauss and Newton; then the weights themselves by regularised least squares, where that is better for
///               samples that are left out). A shift that varies over the image is a field of first or second degree,
///               where that is better for blocks that are left out
///   srf         for each MSI band the interval of equal weights, or the Gaussian or super-Gaussian, with the least
///               squared error; the shape is the same for all bands. What is told, and the published bands of the
///               sensors of `sensor_list` with as many bands, compete with them without fitted numbers to pay for
///               (Bayesian information criterion; a tenth of the residual is allowed for errors of the noise model). So
///               do filters near those, which pay for what they fit; a fiftieth of the residual is allowed them
///   gain        least squares under that response
/// What is told is kept where the pair does not contradict it by more than its noise. The degradation of the pair gives
/// ratio, boundary and what is told. Throws `Error` on a pair of fewer than 16 coarse pixels with data and where
/// nothing in the HSI is correlated with an MSI band, `UnrelatedImages` where no response explains all of them.
Estimate estimate_degradation(const PairParts& pair, const EstimateOptions& options);

/// Coarse pixels around a part that the estimate has to see to apply to it.
Index estimate_halo(const Estimate& estimate, const Degradation& told);

/// What is told with the estimate in its place.
Degradation as_estimated(const Degradation& told, const Estimate& estimate);

/// The pair, or a part of it that begins at this coarse pixel, with the estimate in the place of what was told. Gain
/// and offset are taken back from the MSI, whose grid stays as it is. Where the shift varies, the HSI is what it would
/// be under one shift for all: the difference is what the MSI shows of it, and what that means for the bands of the
/// HSI.
Pair with_estimate(const Pair& pair, const Estimate& estimate, const std::array<Index, 2>& begin = {});

}  // namespace specfuse
