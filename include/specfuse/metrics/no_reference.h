#pragma once

#include <array>
#include <memory>
#include <vector>

#include "specfuse/imaging/pair_parts.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// The metrics that a `NoReferenceEvaluator` with qnr returns, in that order.
std::vector<MetricInfo> no_reference_list();

/// A fused image that is shown part by part, judged without a reference. Degraded again, it is held against both
/// inputs: hsi_relative_rmse, hsi_psnr_db, hsi_sam_deg and hsi_ergas of the PSF applied to it against pair.hsi, and,
/// where the degradation has an SRF, msi_... of the SRF applied to it against pair.msi (msi_sam_deg of several bands
/// only). relative_rmse is sqrt(sum of (x - y)^2 / sum of x^2), the others are as in `evaluate`, with the ratio of the
/// pair. Noise of the inputs counts as error.
///
/// With qnr, quality with no reference (Alparone et al. 2008, "Multispectral and panchromatic data fusion assessment
/// without reference", eqs. 6-9 with all exponents 1), for an MSI of several bands in the place of the panchromatic
/// image:
///   d_lambda  mean over bands i != j of |Q(y_i, y_j) - Q(h_i, h_j)|, y the fused image, h the hsi
///   d_s       mean over bands i and MSI bands m of |Q(y_i, msi_m) - Q(h_i, degraded msi_m)|
///   qnr       (1 - d_lambda) (1 - d_s)
/// Q is the index of Wang and Bovik, averaged over the whole blocks of round(32 / ratio) coarse pixels side, at least
/// 2, and over the same ground at fine scale. NaN where no block fits; d_lambda is 0 for a single band.
class NoReferenceEvaluator {
 public:
  /// `bands` of the hsi.
  NoReferenceEvaluator(const Degradation& degradation, Index bands, bool with_qnr);
  ~NoReferenceEvaluator();

  /// A part of the pair with a margin of at least `degrade_margin`, and the same of the fused image. With qnr, parts
  /// begin at multiples of `qnr_unit` coarse pixels and end at one or at the end of the image. Throws
  /// `Error` where the image does not have the pixels of the msi and the bands of the hsi.
  /// Returns the root mean square over bands of what the image, degraded again, differs from the HSI and from the MSI
  /// in each coarse pixel of the part itself [rows, cols, 2]; 0 for the MSI where the degradation has no SRF.
  Cube add(const PairPart& part, const Cube& fused);
  static Index qnr_unit(Index ratio);
  Scores scores() const;
  /// 10 log10(max(x_b)^2 / MSE_b) of every band of the HSI, and of the MSI where the degradation has an SRF.
  std::array<std::vector<double>, 2> band_psnr_db() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace specfuse
