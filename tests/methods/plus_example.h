#pragma once

#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/imaging/training_data.h"
#include "specfuse/methods/plus/inputs.h"

namespace specfuse::testing {

/// How a small pair is made of a synthetic scene.
struct PlusScene {
  Index coarse_rows = 8, coarse_cols = 6, bands = 9, msi_bands = 2, ratio = 2;
  Index seed = 1;
};

/// A noisy pair [coarse rows, coarse cols, bands] with its answer; each MSI band is the mean of a part of the spectrum.
inline TrainingPair plus_pair(const PlusScene& of = {}) {
  SyntheticOptions scene;
  scene.rows = of.coarse_rows * of.ratio;
  scene.cols = of.coarse_cols * of.ratio;
  scene.bands = of.bands;
  scene.seed = of.seed;
  Degradation degradation;
  degradation.ratio = of.ratio;
  degradation.psf = make_psf(PsfOptions{}, of.ratio);
  degradation.hsi_snr_db = 35;
  degradation.msi_snr_db = 40;
  degradation.srf = Tensor({of.msi_bands, of.bands});
  for (Index m = 0; m < of.msi_bands; ++m) {
    const Index first = m * of.bands / of.msi_bands, end = (m + 1) * of.bands / of.msi_bands;
    for (Index b = first; b < end; ++b) {
      degradation.srf[m * of.bands + b] = 1 / static_cast<float>(end - first);
    }
  }
  const Cube reference = synthetic_scene(scene);
  return {simulate(reference, degradation, static_cast<std::uint64_t>(of.seed)), reference};
}

/// Quick ones, that draw no random numbers: three in the base and one beside it.
inline CandidateDescriptions quick_candidates() {
  CandidateDescriptions candidates;
  candidates.get("linear") = {.method = "linear_injection"};
  candidates.get("gsa") = {.method = "gsa"};
  candidates.get("projected") = {.from = "gsa", .projections = 1};
  candidates.get("bicubic") = {.method = "bicubic", .in_base = false};
  return candidates;
}

inline PlusInputOptions quick_inputs() {
  PlusInputOptions options;
  options.candidates = quick_candidates();
  return options;
}

}  // namespace specfuse::testing
