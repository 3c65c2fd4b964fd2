#pragma once

#include "specfuse/config/config.h"
#include "specfuse/results/quality.h"
#include "specfuse/results/run_folder.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// Stages an image of one band, in the format of the fused images, that says of each of their pixels whether both
/// images of a measured pair hold data there, whether the PSF of a coarse pixel nearby reaches pixels without, whether
/// the two disagree as on ground that changed, and whether a value was withheld that cannot have been measured. Returns
/// what it says of all of them. Throws `Interrupted` when the user asked to stop.
QualitySummary keep_quality(const Scene& scene, const Task& task, const OutputConfig& output, const RunFolder& folder);

}  // namespace specfuse
