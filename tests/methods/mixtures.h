#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "specfuse/imaging/psf.h"
#include "specfuse/methods/fusion_method.h"
#include "support/random.h"
#include "support/thread_counts.h"

namespace specfuse::testing {

/// A scene that unmixing models generate exactly.
struct Mixture {
  /// Spectra that are mixed; the MSI has one band more than that.
  Index materials = 3;
  /// Coarse pixels; the ratio is 2.
  Index rows = 8, cols = 7;
  /// Whether the brightness of a pixel varies.
  bool shaded = false;
  std::optional<double> snr_db;
};

/// Blocks of 6 x 5 fine pixels of one material each, so that some coarse pixels are pure, seen in 12 bands.
inline TrainingPair mixed_example(const Mixture& mixture) {
  const Index bands = 12, msi_bands = mixture.materials + 1;
  Rng rng(7, stream_of("mixture"));
  Tensor spectra({mixture.materials, bands});
  for (Index i = 0; i < spectra.size(); ++i) spectra[i] = rng.uniform(100, 2000);
  Cube reference(2 * mixture.rows, 2 * mixture.cols, bands);
  for (Index r = 0; r < reference.rows(); ++r) {
    for (Index c = 0; c < reference.cols(); ++c) {
      const Index material = (r / 6 + 2 * (c / 5)) % mixture.materials;
      const float light = mixture.shaded ? rng.uniform(0.5f, 1.5f) : 1.0f;
      for (Index b = 0; b < bands; ++b) reference.pixel(r, c)[b] = light * spectra[material * bands + b];
    }
  }
  Degradation degradation;
  degradation.ratio = 2;
  PsfOptions psf;
  psf.type = "box";
  degradation.psf = make_psf(psf, 2);
  degradation.srf = Tensor({msi_bands, bands});
  for (Index b = 0; b < bands; ++b) degradation.srf[(b % msi_bands) * bands + b] = 1;
  for (Index m = 0; m < msi_bands; ++m) {
    const Index members = (bands - m + msi_bands - 1) / msi_bands;
    for (Index b = 0; b < bands; ++b) degradation.srf[m * bands + b] /= static_cast<float>(members);
  }
  degradation.hsi_snr_db = degradation.msi_snr_db = mixture.snr_db;
  return {simulate(reference, degradation, 3), reference};
}

/// The same everywhere.
inline TrainingPair constant_example(float value) {
  TrainingPair example = mixed_example({});
  for (Tensor* values : {&example.input.hsi.values, &example.input.msi.values, &example.target.values}) {
    std::fill(values->data(), values->data() + values->size(), value);
  }
  return example;
}

/// Root of the mean squared error, relative to that of the target's values.
inline double relative_error(const Cube& fused, const Cube& target) {
  double error = 0, energy = 0;
  for (Index i = 0; i < target.values.size(); ++i) {
    const double difference = double{fused.values[i]} - target.values[i];
    error += difference * difference;
    energy += double{target.values[i]} * target.values[i];
  }
  return std::sqrt(error / energy);
}

/// Whether a method makes the same of a pair with any number of threads.
inline bool same_for_any_threads(const FusionMethod& method, const Pair& pair) {
  return same_for_any_threads([&] { return fuse(method, pair).fused.values; }, same_bits);
}

}  // namespace specfuse::testing
