#pragma once

#include <cstdint>
#include <vector>

#include "specfuse/estimate/shift_field.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// The coarse pixels of a pair that its sensors are fitted on: those with data in both images and away from the edges
/// of the image, beyond which the PSF would look; of a large pair those of parts spread over it.
class CoarseSamples {
 public:
  /// The image is divided in so many blocks along each axis.
  static constexpr std::size_t kBlocksAlong = 4;

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
  /// Of the whole image, in fine pixels.
  const std::array<double, 2>& size() const { return size_; }
  /// The middle of a sample, in fine pixels of the whole image, and the block that it is in.
  std::array<double, 2> place(Index sample) const;
  std::size_t block(Index sample) const;
  /// From now on the MSI lies on the HSI as this field brings it there.
  void bring(const ShiftField& field);
  std::vector<double> msi_wavelength_nm() const { return parts_.front().pair.msi.wavelength_nm; }

 private:
  /// A part of the pair, the MSI as it is, which of its coarse pixels are samples, and the first of its coarse pixels
  /// in the whole image.
  struct Part {
    Pair pair;
    Cube msi;
    std::vector<Index> pixels;
    std::array<Index, 2> begin;
  };
  std::vector<Part> parts_;
  Degradation degradation_;
  Cube hsi_;
  std::array<double, 2> size_;
  std::vector<std::array<double, 2>> places_;
};

/// These rows of a matrix as pixels [1, rows, cols] of an image.
Cube to_cube(const Matrix& values, const std::vector<std::uint8_t>& kept);
/// These pixels of an image of one row, with its wavelengths.
Cube kept_pixels(const Cube& cube, const std::vector<std::uint8_t>& kept);

}  // namespace specfuse
