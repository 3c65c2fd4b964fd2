#pragma once

#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// The conventions of other toolboxes where they differ from `evaluate`, to compare with numbers they gave.
/// x reference, y fused, b band, MSE over pixels, r ratio; no band or pixel is left out, so a mean of zero or a
/// spectrum of zeros may give NaN, as it does there.
///   matlab_hsms   the Matlab toolbox of Yokoya, Grohnfeldt and Chanussot 2017
///     psnr_db     mean over b of 10 log10(max(x_b)^2 / MSE_b)
///     sam_deg     mean angle in degrees over pixels where both norms are non-zero
///     ergas       100 / r * sqrt(mean over b of MSE_b / mean(y_b)^2): by the means of the fused image, which it is
///                 handed first
///     q2n         as `evaluate`, of both images rounded to integers from 0 to 65535
///   sewar         the Python package, full_ref.py
///     psnr_db     10 log10(MAX^2 / MSE) over all values; MAX = max(x), which its user has to give for real numbers
///     sam_rad     mean over b of the angle between the images x_b and y_b as vectors of pixels, in radians
///     ergas       mean over 8 x 8 windows of 100 r sqrt(sum over b of MSE_b / (mean(x_b) / 64)^2), within the window;
///                 r multiplies, and bands are not averaged
///     uqi         mean over b and 8 x 8 windows of 4 (64 E[xy] - E[x]E[y]) E[x]E[y] /
///                 ((64 (E[x^2] + E[y^2]) - E[x]^2 - E[y]^2) (E[x]^2 + E[y]^2)): means stand where sums were meant
///     Windows have stride 1; the last one along each axis is not used.
///   torchmetrics  the functional interface, ERGAS as up to release 1.4
///     psnr_db     10 log10((max(x) - min(x))^2 / MSE) over all values
///     sam_rad     mean angle over all pixels, in radians
///     ergas       100 r sqrt(mean over b of MSE_b / mean(x_b)^2): r multiplies
///   ssrnet        metrics.py of the code of Zhang et al. 2021
///     psnr_db     10 log10(max(x)^2 / MSE) over all values
///     rmse        root of MSE over all values
///     sam_deg     mean angle over all pixels, in degrees
///     ergas       100 / 4 * sqrt(mean over b of MSE_b / mean(x_b)^2), whatever r is
std::vector<std::string> metric_profiles();

/// The measures of a profile in the order of `evaluate_profile`. Throws `Error` on an unknown name.
std::vector<MetricInfo> profile_metrics(const std::string& profile);

/// Throws as `evaluate` does, and on an unknown name.
Scores evaluate_profile(const std::string& profile, const Cube& reference, const Cube& fused, Index ratio);

}  // namespace specfuse
