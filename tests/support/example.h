#pragma once

#include <cmath>

#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/training_data.h"

namespace specfuse::testing {

/// A smooth image of any size with structure in every band.
inline Cube wavy_cube(Index rows, Index cols, Index bands) {
  Cube cube(rows, cols, bands);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) {
      for (Index b = 0; b < bands; ++b) {
        const double x = static_cast<double>(r), y = static_cast<double>(c), z = static_cast<double>(b);
        cube.pixel(r, c)[b] = static_cast<float>(100 + 30 * std::sin(0.9 * x + 0.3 * z) +
                                                 20 * std::cos(0.7 * y - 0.2 * z) + 10 * std::sin(0.5 * x * y));
      }
    }
  }
  return cube;
}

/// A pair of coarse [rows, cols, bands] and fine images, as sensors would see a wavy cube: ratio 2, Gaussian PSF.
inline TrainingPair small_example(Index rows, Index cols, Index bands, Index msi_bands) {
  Degradation degradation;
  degradation.ratio = 2;
  degradation.psf = make_psf(PsfOptions{}, 2);
  degradation.srf = Tensor({msi_bands, bands});
  for (Index i = 0; i < msi_bands; ++i) degradation.srf[i * bands + i * bands / msi_bands] = 1.0f;
  const Cube reference = wavy_cube(2 * rows, 2 * cols, bands);
  return {simulate(reference, degradation, 0), reference};
}

}  // namespace specfuse::testing
