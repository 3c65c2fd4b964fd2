#pragma once

#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// The conventions of other toolboxes where they differ from `evaluate`, to compare with numbers they gave:
/// matlab_hsms, sewar, torchmetrics and ssrnet. No band or pixel is left out, so a mean of zero or a spectrum of zeros
/// may give NaN, as it does there.
std::vector<std::string> metric_profiles();

/// The metrics of a profile with their definitions (r is the ratio). Throws `Error` on an unknown name.
std::vector<MetricInfo> profile_metrics(const std::string& profile);

}  // namespace specfuse
