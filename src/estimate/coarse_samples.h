#pragma once

#include <cstdint>
#include <vector>

#include "specfuse/imaging/pair_parts.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// The coarse pixels of a pair that its sensors are fitted on: those with data in both images and away from the edges
/// of the image, beyond which the PSF would look; of a large pair those of parts spread over it.
class CoarseSamples {
 public:
  /// Throws `Error` where fewer than 16 pixels are left.
  explicit CoarseSamples(const PairParts& pair);

  Index count() const { return hsi_.pixels(); }
  Index ratio() const { return degradation_.ratio; }
  const Degradation& degradation() const { return degradation_; }
  /// Spectra of the samples [1, count, bands].
  const Cube& hsi() const { return hsi_; }
  /// What the MSI is under a PSF at the samples [count, msi bands].
  Matrix degraded(const Tensor& psf) const;
  /// What a coarse pixel may see of one band of the MSI: size x size fine pixels around each sample [samples, pixels].
  Matrix patches(Index size, Index band) const;
  Index msi_bands() const { return parts_.front().pair.msi.bands(); }
  std::vector<double> msi_wavelength_nm() const { return parts_.front().pair.msi.wavelength_nm; }

 private:
  /// A part of the pair, and which of its coarse pixels are samples.
  struct Part {
    Pair pair;
    std::vector<Index> pixels;
  };
  std::vector<Part> parts_;
  Degradation degradation_;
  Cube hsi_;
};

/// These rows of a matrix as pixels [1, rows, cols] of an image.
Cube to_cube(const Matrix& values, const std::vector<std::uint8_t>& kept);
/// These pixels of an image of one row, with its wavelengths.
Cube kept_pixels(const Cube& cube, const std::vector<std::uint8_t>& kept);

}  // namespace specfuse
