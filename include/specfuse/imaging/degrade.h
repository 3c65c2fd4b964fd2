#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// How an image goes on beyond its edges: c b a | a b c, a a a | a b c, or x y z | a b c.
enum class Boundary { symmetric, replicate, circular };

/// Where position i of an axis of `extent` positions is found, be it beyond the ends.
Index position_within(Index i, Index extent, Boundary boundary);

/// How the coarse and the spectrally reduced image come from the fine one. The one place where it is written down.
struct Degradation {
  /// Edge of a coarse pixel in fine pixels, at least 2.
  Index ratio = 4;
  /// Point spread function [size, size], sum 1, centred on the ratio x ratio fine pixels of a coarse pixel: size and
  /// ratio are both even or both odd.
  Tensor psf;
  Boundary boundary = Boundary::symmetric;
  /// Spectral response [msi bands, bands], rows of sum 1. Undefined for a measured pair whose response is unknown.
  Tensor srf;
  /// Signal to noise ratio 10 log10(mean(x_b^2) / variance) of each band; none: no noise.
  std::optional<double> hsi_snr_db, msi_snr_db;
  /// Registration error: the MSI samples the scene this many fine pixels down and to the right (`shift_image`).
  std::array<double, 2> msi_shift{0, 0};
};

/// A coarse image with many bands and a fine one with few, of the same place.
/// msi is hsi.rows() * ratio by hsi.cols() * ratio pixels.
struct Pair {
  Cube hsi;
  Cube msi;
  Degradation degradation;
  /// How far the two disagree in each coarse pixel (estimate/harmonise.h) [rows, cols, 2]; undefined where nobody
  /// asked.
  Cube disagreement{};
};

/// A pair with its values in `copy_on_disk` of a folder; as it is where none is given.
Pair on_disk(const Pair& pair, const std::string& folder);

/// Where a result of fusing the pair has data: where the MSI has, and the coarse pixel around; empty: everywhere.
std::vector<std::uint8_t> valid_of_result(const Pair& pair);

/// Removes from each image what the other has no data for, so that nothing is learned from what was filled in: fine
/// pixels whose coarse one has no data, and coarse pixels all of whose fine ones have none. Both are filled in from
/// around anew. A result has data where it had.
void share_gaps(Pair& pair);

/// Blurs with the PSF and keeps one pixel of each ratio x ratio block: [rows, cols, bands] ->
/// [rows / ratio, cols / ratio, bands]. Sums in double. A pixel without data brings what it is
/// filled in with; where such pixels make more than half of what it sees, the coarse pixel has no data either. Throws
/// `Error` where ratio does not divide the size.
Cube degrade_spatially(const Cube& fine, const Degradation& degradation);

/// Along one axis of a fine image, the positions that the PSF of each coarse pixel lies on: [coarse, PSF size]. Throws
/// `Error` unless the ratio is at least 2 and the PSF square, both even or both odd.
std::vector<Index> positions_seen(Index extent, const Degradation& degradation);

/// Multiplies each spectrum with the response: [rows, cols, bands] -> [rows, cols, msi bands]. The wavelength of an
/// MSI band is the response-weighted mean, where wavelengths are known. Throws `Error` where the bands differ.
Cube degrade_spectrally(const Cube& cube, const Tensor& srf);

/// Adds white Gaussian noise to each band b with variance mean(x_b^2) / 10^(snr_db / 10), drawn from (seed, stream).
void add_noise(Cube& cube, double snr_db, std::uint64_t seed, std::uint64_t stream);

/// The pair that the two sensors would have seen of `reference`: hsi from the PSF, msi from the SRF, shift and noise
/// as in the degradation. Throws `Error` where the SRF is missing or a size does not fit.
Pair simulate(const Cube& reference, const Degradation& degradation, std::uint64_t seed);

/// Both images of the pair degraded by its ratio once more (Wald's protocol): the input whose target is pair.hsi.
/// Where hsi does not divide by ratio, both are cropped at the end first. No noise or shift is added.
Pair degrade_pair(const Pair& pair);

}  // namespace specfuse
