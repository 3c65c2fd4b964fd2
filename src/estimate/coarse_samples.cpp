#include "estimate/coarse_samples.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/imaging/separable_blur.h"

namespace specfuse {
namespace {

/// Coarse pixels of a pair that is looked at whole; of a larger one so many parts along each axis, of this side.
constexpr Index kMostWhole = 16384, kPartsAlong = 4, kSide = 32;
/// Coarse pixels around a part, which its PSFs look at, and at the edges of the image that are no samples.
constexpr Index kHalo = 3, kEdge = 1;

std::vector<Rectangle> places(const PairParts& pair) {
  const Index rows = pair.rows(), cols = pair.cols();
  if (rows * cols <= kMostWhole) return {{0, 0, rows, cols}};
  std::vector<Rectangle> result;
  for (Index i = 0; i < kPartsAlong * kPartsAlong; ++i) {
    const auto begin = [](Index at, Index extent) {
      return std::max<Index>(0, (2 * at + 1) * extent / (2 * kPartsAlong) - kSide / 2);
    };
    const Index row = begin(i / kPartsAlong, rows), col = begin(i % kPartsAlong, cols);
    result.push_back({row, col, std::min(kSide, rows - row), std::min(kSide, cols - col)});
  }
  return result;
}

/// The MSI under a PSF, whatever has no data; as a product along each axis where it is one, as hundreds are tried.
Tensor degraded_values(const Pair& pair, const Degradation& degradation) {
  const auto blur = SeparableBlur::of(degradation, pair.hsi.rows(), pair.hsi.cols());
  if (blur) return blur->degrade(pair.msi.values);
  Cube msi = pair.msi;
  msi.valid.clear();
  return degrade_spatially(msi, degradation).values;
}

std::size_t count_of(const std::vector<std::uint8_t>& kept) {
  return static_cast<std::size_t>(std::count(kept.begin(), kept.end(), std::uint8_t{1}));
}

}  // namespace

CoarseSamples::CoarseSamples(const PairParts& pair)
    : degradation_(pair.degradation()), size_{static_cast<double>(pair.rows() * ratio()),
                                              static_cast<double>(pair.cols() * ratio())} {
  Index total = 0;
  const Index edge = std::min(pair.rows(), pair.cols()) >= 4 * (kEdge + 1) ? kEdge : 0;
  for (const Rectangle& place : places(pair)) {
    PairPart read = read_part(pair, place, kHalo);
    Part part{std::move(read.pair), {}, {}, {place.row - read.inner.row, place.col - read.inner.col}};
    part.msi = part.pair.msi;
    const Cube& hsi = part.pair.hsi;
    const std::vector<std::uint8_t> seen = degrade_spatially(part.pair.msi, degradation_).valid;
    for (Index i = 0; i < place.rows * place.cols; ++i) {
      const Index row = read.inner.row + i / place.cols, col = read.inner.col + i % place.cols;
      const Index of_all = place.row + i / place.cols, across = place.col + i % place.cols;
      const bool inside = std::min({of_all, across, pair.rows() - 1 - of_all, pair.cols() - 1 - across}) >= edge;
      const Index pixel = row * hsi.cols() + col;
      if (inside && hsi.is_valid(pixel) && (seen.empty() || seen[static_cast<std::size_t>(pixel)] != 0))
        part.pixels.push_back(pixel);
    }
    for (const Index pixel : part.pixels) {
      const auto middle = [&](Index at) {
        return (static_cast<double>(at) + 0.5) * static_cast<double>(ratio()) - 0.5;
      };
      places_.push_back({middle(part.begin[0] + pixel / hsi.cols()), middle(part.begin[1] + pixel % hsi.cols())});
    }
    total += std::ssize(part.pixels);
    parts_.push_back(std::move(part));
  }
  SPECFUSE_CHECK(total >= 16, "estimate: expected at least 16 coarse pixels with data in both images, got ", total);
  hsi_ = Cube(1, total, pair.bands());
  hsi_.wavelength_nm = parts_.front().pair.hsi.wavelength_nm;
  float* to = hsi_.values.data();
  for (const Part& part : parts_) {
    for (const Index pixel : part.pixels)
      to = std::copy_n(part.pair.hsi.values.data() + pixel * hsi_.bands(), hsi_.bands(), to);
  }
}

std::array<double, 2> CoarseSamples::place(Index sample) const { return places_[static_cast<std::size_t>(sample)]; }

std::size_t CoarseSamples::block(Index sample) const {
  const auto along = [&](std::size_t axis) {
    return static_cast<std::size_t>(place(sample)[axis] / size_[axis] * static_cast<double>(kBlocksAlong));
  };
  return along(0) * kBlocksAlong + along(1);
}

void CoarseSamples::bring(const ShiftField& field) {
  for (Part& part : parts_) {
    const std::array<Index, 2> begin{part.begin[0] * ratio(), part.begin[1] * ratio()};
    part.pair.msi = on_hsi(part.msi, field, begin, degradation_.boundary);
  }
}

Matrix CoarseSamples::degraded(const Tensor& psf) const {
  Degradation degradation = degradation_;
  degradation.psf = psf;
  Matrix result(count(), parts_.front().pair.msi.bands());
  double* to = result.values.data();
  for (const Part& part : parts_) {
    const Tensor coarse = degraded_values(part.pair, degradation);
    for (const Index pixel : part.pixels) to = std::copy_n(coarse.data() + pixel * result.cols, result.cols, to);
  }
  return result;
}

Matrix CoarseSamples::patches(Index size, Index band) const {
  Matrix result(count(), size * size);
  double* to = result.values.data();
  const Index ratio = degradation_.ratio, overhang = (size - ratio) / 2;
  for (const Part& part : parts_) {
    const Cube& msi = part.pair.msi;
    for (const Index pixel : part.pixels) {
      const Index row = pixel / part.pair.hsi.cols() * ratio - overhang,
                  col = pixel % part.pair.hsi.cols() * ratio - overhang;
      for (Index i = 0; i < size * size; ++i) {
        *to++ = double{msi.pixel(position_within(row + i / size, msi.rows(), degradation_.boundary),
                                 position_within(col + i % size, msi.cols(), degradation_.boundary))[band]};
      }
    }
  }
  return result;
}

Cube to_cube(const Matrix& values, const std::vector<std::uint8_t>& kept) {
  Cube cube(1, static_cast<Index>(count_of(kept)), values.cols);
  float* to = cube.values.data();
  for (Index i = 0; i < values.rows; ++i) {
    if (kept[static_cast<std::size_t>(i)] == 0) continue;
    to = std::transform(values.row(i), values.row(i) + values.cols, to, [](double x) { return static_cast<float>(x); });
  }
  return cube;
}

Cube kept_pixels(const Cube& cube, const std::vector<std::uint8_t>& kept) {
  Cube result(1, static_cast<Index>(count_of(kept)), cube.bands());
  result.wavelength_nm = cube.wavelength_nm;
  float* to = result.values.data();
  for (Index i = 0; i < cube.pixels(); ++i) {
    if (kept[static_cast<std::size_t>(i)] != 0)
      to = std::copy_n(cube.values.data() + i * cube.bands(), cube.bands(), to);
  }
  return result;
}

}  // namespace specfuse
