#include "specfuse/imaging/degrade.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/kernels/weighted_sums.h"

namespace specfuse {
namespace {

/// Whether at least half of what each coarse pixel sees holds data.
std::vector<std::uint8_t> seen_valid(const Cube& fine, const Degradation& degradation) {
  const Tensor& psf = degradation.psf;
  const Index size = psf.dim(0), rows = fine.rows() / degradation.ratio, cols = fine.cols() / degradation.ratio;
  const auto down = positions_seen(fine.rows(), degradation), across = positions_seen(fine.cols(), degradation);
  std::vector<std::uint8_t> valid;
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      double with = 0, all = 0;
      for (Index tap = 0; tap < size * size; ++tap) {
        const Index y = down[static_cast<std::size_t>(row * size + tap / size)];
        const Index x = across[static_cast<std::size_t>(col * size + tap % size)];
        all += psf.data()[tap];
        if (fine.is_valid(y * fine.cols() + x)) with += psf.data()[tap];
      }
      valid.push_back(2 * with >= all);
    }
  }
  return valid;
}

/// Keeps data in the `valid` pixels only, all of which have some.
void leave_only(const std::vector<std::uint8_t>& valid, Cube& cube) {
  const std::vector<std::uint8_t> all(valid.size(), 1);
  if (valid == (cube.valid.empty() ? all : cube.valid)) return;
  cube.valid = valid;
  fill_from_around(cube);
}

}  // namespace

Index position_within(Index i, Index extent, Boundary boundary) {
  if (boundary == Boundary::replicate) return std::clamp<Index>(i, 0, extent - 1);
  const Index period = boundary == Boundary::circular ? extent : 2 * extent;
  const Index position = ((i % period) + period) % period;
  return position < extent ? position : period - 1 - position;
}

Pair on_disk(const Pair& pair, const std::string& folder) {
  return {on_disk(pair.hsi, folder), on_disk(pair.msi, folder), pair.degradation, pair.disagreement};
}

std::vector<std::uint8_t> valid_of_result(const Pair& pair) {
  std::vector<std::uint8_t> valid;
  if (pair.hsi.valid.empty() && pair.msi.valid.empty()) return valid;
  const Index ratio = pair.degradation.ratio, cols = pair.msi.cols();
  for (Index i = 0; i < pair.msi.pixels(); ++i) {
    valid.push_back(pair.msi.is_valid(i) && pair.hsi.is_valid(i / cols / ratio * pair.hsi.cols() + i % cols / ratio));
  }
  return valid;
}

void share_gaps(Pair& pair) {
  const std::vector<std::uint8_t> fine = valid_of_result(pair);
  if (fine.empty()) return;
  const Index ratio = pair.degradation.ratio, cols = pair.msi.cols();
  std::vector<std::uint8_t> coarse(static_cast<std::size_t>(pair.hsi.pixels()));
  for (Index i = 0; i < pair.msi.pixels(); ++i) {
    if (fine[static_cast<std::size_t>(i)] == 0) continue;
    coarse[static_cast<std::size_t>(i / cols / ratio * pair.hsi.cols() + i % cols / ratio)] = 1;
  }
  leave_only(coarse, pair.hsi);
  leave_only(fine, pair.msi);
}

std::vector<Index> positions_seen(Index extent, const Degradation& degradation) {
  const Index ratio = degradation.ratio;
  SPECFUSE_CHECK(ratio >= 2, "degradation: expected a ratio of at least 2, got ", ratio);
  const Shape& psf = degradation.psf.shape();
  SPECFUSE_CHECK(psf.rank() == 2 && psf[0] == psf[1] && (psf[0] - ratio) % 2 == 0,
                 "degradation: expected a square PSF of ", ratio % 2 == 0 ? "even" : "odd", " size, got ", psf.text());
  const Index size = psf[0], overhang = (size - ratio) / 2;
  std::vector<Index> seen;
  for (Index coarse = 0; coarse < extent / ratio; ++coarse) {
    for (Index tap = 0; tap < size; ++tap) {
      seen.push_back(position_within(coarse * ratio - overhang + tap, extent, degradation.boundary));
    }
  }
  return seen;
}

Cube degrade_spatially(const Cube& fine, const Degradation& degradation) {
  const Index ratio = degradation.ratio;
  const Tensor& psf = degradation.psf;
  SPECFUSE_CHECK(ratio >= 1 && fine.rows() % ratio == 0 && fine.cols() % ratio == 0 && fine.pixels() > 0,
                 "degrade_spatially: expected an image that divides by ", ratio, ", got ", fine.rows(), " x ",
                 fine.cols(), " pixels");
  Cube coarse = fine.resized(fine.rows() / ratio, fine.cols() / ratio);
  move_georeference(coarse, 0, 0, static_cast<double>(ratio));
  const Index size = psf.dim(0), fine_cols = fine.cols(), bands = fine.bands();
  const auto down = positions_seen(fine.rows(), degradation), across = positions_seen(fine_cols, degradation);
  const std::vector<double> weights(psf.data(), psf.data() + psf.size());
  parallel_for(coarse.rows(), [&](Index row) {
    std::vector<const float*> seen(weights.size());
    for (Index col = 0; col < coarse.cols(); ++col) {
      for (Index tap = 0; tap < size * size; ++tap) {
        const Index y = down[static_cast<std::size_t>(row * size + tap / size)];
        const Index x = across[static_cast<std::size_t>(col * size + tap % size)];
        seen[static_cast<std::size_t>(tap)] = fine.values.data() + (y * fine_cols + x) * bands;
      }
      weighted_sum(seen, weights, bands, coarse.pixel(row, col));
    }
  });
  if (!fine.valid.empty()) coarse.valid = seen_valid(fine, degradation);
  return coarse;
}

Cube degrade_spectrally(const Cube& cube, const Tensor& srf) {
  SPECFUSE_CHECK(srf.defined() && srf.shape().rank() == 2 && srf.dim(1) == cube.bands(),
                 "degrade_spectrally: expected a response [msi bands, ", cube.bands(), "], got ", srf.shape().text());
  const Index bands = cube.bands(), msi_bands = srf.dim(0);
  Cube msi(cube.rows(), cube.cols(), msi_bands);
  msi.attributes = cube.attributes;
  forget_bands(msi);
  msi.valid = cube.valid;
  const auto respond = [&](Index row, const auto* spectrum) {
    double total = 0;
    for (Index b = 0; b < bands; ++b) total += double{srf[row * bands + b]} * double{spectrum[b]};
    return total;
  };
  if (!cube.wavelength_nm.empty()) {
    for (Index m = 0; m < msi_bands; ++m) msi.wavelength_nm.push_back(respond(m, cube.wavelength_nm.data()));
  }
  parallel_for(cube.rows(), [&](Index row) {
    for (Index col = 0; col < cube.cols(); ++col) {
      for (Index m = 0; m < msi_bands; ++m) {
        msi.pixel(row, col)[m] = static_cast<float>(respond(m, cube.pixel(row, col)));
      }
    }
  });
  return msi;
}

Pair simulate(const Cube& reference, const Degradation& degradation, std::uint64_t seed) {
  Pair pair;
  pair.degradation = degradation;
  pair.hsi = degrade_spatially(reference, degradation);
  // The shift and the response are both linear and act on different axes, so the cheaper order is as good.
  pair.msi = degrade_spectrally(reference, degradation.srf);
  if (degradation.msi_shift != std::array<double, 2>{0, 0}) {
    pair.msi = shift_image(pair.msi, degradation.msi_shift, degradation.boundary);
  }
  if (degradation.hsi_snr_db) add_noise(pair.hsi, *degradation.hsi_snr_db, seed, stream_of("noise.hsi"));
  if (degradation.msi_snr_db) add_noise(pair.msi, *degradation.msi_snr_db, seed, stream_of("noise.msi"));
  return pair;
}

Pair degrade_pair(const Pair& pair) {
  const Index ratio = pair.degradation.ratio;
  SPECFUSE_CHECK(pair.msi.rows() == pair.hsi.rows() * ratio && pair.msi.cols() == pair.hsi.cols() * ratio,
                 "degrade_pair: expected an msi of ", pair.hsi.rows() * ratio, " x ", pair.hsi.cols() * ratio,
                 " pixels, got ", pair.msi.rows(), " x ", pair.msi.cols());
  const Index rows = pair.hsi.rows() / ratio * ratio, cols = pair.hsi.cols() / ratio * ratio;
  SPECFUSE_CHECK(rows > 0 && cols > 0, "degrade_pair: expected an hsi of at least ", ratio, " x ", ratio,
                 " pixels, got ", pair.hsi.rows(), " x ", pair.hsi.cols());
  Pair coarse;
  coarse.degradation = pair.degradation;
  coarse.hsi = degrade_spatially(crop(pair.hsi, {0, 0, rows, cols}), pair.degradation);
  coarse.msi = degrade_spatially(crop(pair.msi, {0, 0, rows * ratio, cols * ratio}), pair.degradation);
  return coarse;
}

}  // namespace specfuse
