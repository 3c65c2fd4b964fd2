#include "specfuse/imaging/upsample.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "imaging/keys.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/psf.h"

namespace specfuse {
namespace {

/// The four coarse samples that make one fine sample along an axis.
struct Tap {
  std::array<Index, 4> sample;
  std::array<double, 4> weight;
};

/// One tap for each of `count` fine positions from `first`; `extent` is the coarse extent.
std::vector<Tap> taps(Index first, Index count, Index ratio, double offset, Index extent) {
  std::vector<Tap> result;
  for (Index fine = first; fine < first + count; ++fine) {
    // From the place inside the coarse pixel, so that a part of an image and the whole give the same bits.
    const double position = (static_cast<double>(fine % ratio) + 0.5 - offset) / static_cast<double>(ratio) - 0.5;
    const double below = std::floor(position);
    const Index base = fine / ratio + static_cast<Index>(below);
    Tap tap{{}, keys_weights(position - below)};
    for (Index k = 0; k < 4; ++k) {
      tap.sample[static_cast<std::size_t>(k)] = std::clamp<Index>(base - 1 + k, 0, extent - 1);
    }
    result.push_back(tap);
  }
  return result;
}

/// out[i] = the weighted sum of the four rows at in[k] + i.
template <class In, class Out>
void blend(const std::array<const In*, 4>& in, const std::array<double, 4>& weight, Out* out, Index count) {
  for (Index i = 0; i < count; ++i) {
    out[i] =
        static_cast<Out>(weight[0] * in[0][i] + weight[1] * in[1][i] + weight[2] * in[2][i] + weight[3] * in[3][i]);
  }
}

}  // namespace

CoarseGrid::CoarseGrid(const Degradation& degradation) : ratio(degradation.ratio), offset(psf_centre(degradation.psf)) {
  // What rounding makes of a symmetric PSF.
  constexpr double kNone = 1e-3;
  for (double& along : offset) along = std::abs(along) < kNone ? 0 : along;
}

Cube upsample_cubic(const Cube& coarse, const CoarseGrid& grid) {
  return upsample_cubic(coarse, grid, {0, 0, coarse.rows() * grid.ratio, coarse.cols() * grid.ratio});
}

Cube upsample_cubic(const Cube& coarse, const CoarseGrid& grid, const Rectangle& fine_part) {
  const Rectangle& part = fine_part;
  const Index ratio = grid.ratio;
  SPECFUSE_CHECK(ratio >= 1, "upsample_cubic: expected a ratio of at least 1, got ", ratio);
  SPECFUSE_CHECK(part.is_within(coarse.rows() * ratio, coarse.cols() * ratio), "upsample_cubic: expected a part of ",
                 coarse.rows() * ratio, " x ", coarse.cols() * ratio, " fine pixels, got ", part.text());
  Cube fine = coarse.resized(part.rows, part.cols);

  const std::vector<Tap> row_taps = taps(part.row, part.rows, ratio, grid.offset[0], coarse.rows());
  const std::vector<Tap> col_taps = taps(part.col, part.cols, ratio, grid.offset[1], coarse.cols());
  const Index bands = coarse.bands();
  const Index first = col_taps.front().sample.front();
  const Index width = (col_taps.back().sample.back() - first + 1) * bands;
  parallel_for(part.rows, [&](Index row) {
    const Tap& down = row_taps[static_cast<std::size_t>(row)];
    std::vector<double> blended(static_cast<std::size_t>(width));
    std::array<const float*, 4> lines;
    for (std::size_t k = 0; k < 4; ++k) lines[k] = coarse.pixel(down.sample[k], first);
    blend(lines, down.weight, blended.data(), width);
    for (Index col = 0; col < part.cols; ++col) {
      const Tap& across = col_taps[static_cast<std::size_t>(col)];
      std::array<const double*, 4> pixels;
      for (std::size_t k = 0; k < 4; ++k) pixels[k] = blended.data() + (across.sample[k] - first) * bands;
      blend(pixels, across.weight, fine.pixel(row, col), bands);
    }
  });
  return fine;
}

}  // namespace specfuse
