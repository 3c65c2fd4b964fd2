#pragma once

#include "specfuse/config/config.h"
#include "specfuse/results/run_folder.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What is known of a fine pixel of a result, as flags that are added; 0: it holds no data.
enum Quality { kMeasured = 1, kBesideGap = 2, kChangedGround = 4, kWithOutlier = 8 };

/// Stages an image of one band, in the format of the fused images, that says of each of their pixels whether both
/// images of a measured pair hold data there, whether the PSF of a coarse pixel nearby reaches pixels without, whether
/// the two disagree as on ground that changed, and whether a value was withheld that cannot have been measured. Throws
/// `Interrupted` when the user asked to stop.
void keep_quality(const Scene& scene, const Task& task, const OutputConfig& output, const RunFolder& folder);

}  // namespace specfuse
