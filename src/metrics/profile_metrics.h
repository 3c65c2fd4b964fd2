#pragma once

#include "metrics/metric.h"

namespace specfuse {

/// The metrics of a profile, in its order. Throws `Error` on an unknown name.
const std::vector<Metric>& metrics_of(const std::string& profile);

/// Those of `sewar`, whose formulae are its own.
std::vector<Metric> sewar_metrics();

}  // namespace specfuse
