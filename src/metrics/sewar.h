#pragma once

#include "metrics/shared/comparison.h"

namespace specfuse {

/// The measures of the profile `sewar` that nothing else computes; see metrics/profiles.h. NaN for images of fewer than
/// 9 rows or columns.
double sewar_sam_rad(const Comparison& images);
double sewar_ergas(const Comparison& images);
double sewar_uqi(const Comparison& images);

}  // namespace specfuse
