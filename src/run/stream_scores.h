#pragma once

#include "run/learned_from.h"
#include "run/method_run.h"
#include "run/stream_fusion.h"

namespace specfuse {

/// The spectra of the reference of a pair on disk.
ScoredSpectra scored_spectra(const StreamedPair& pair);

/// Scores a fused image on disk against the pair, and against its reference where there is one, part by part, and makes
/// a preview of it, all of whose pixels are means of step x step.
FusedWithSigma score_streamed(const StreamedPair& pair, const FusedFile& fused, Index step, MethodResult& result);

}  // namespace specfuse
