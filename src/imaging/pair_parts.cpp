#include "specfuse/imaging/pair_parts.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/upsample.h"

namespace specfuse {
namespace {

/// How far cubic up-sampling looks, in coarse pixels.
constexpr Index kCubicReach = 2;

bool is_all_of(const Cube& cube, const Rectangle& part) { return part == Rectangle{0, 0, cube.rows(), cube.cols()}; }

bool has_data(const Cube& cube, const Rectangle& part) {
  for (Index i = 0; i < part.rows * part.cols; ++i) {
    if (cube.is_valid((part.row + i / part.cols) * cube.cols() + part.col + i % part.cols)) return true;
  }
  return false;
}

}  // namespace

Cube part_of(const Cube& cube, const Rectangle& part) { return is_all_of(cube, part) ? cube : crop(cube, part); }

Cube PairPart::inner_of_coarse(const Cube& image) const { return part_of(image, inner); }

Cube PairPart::inner_of_fine(const Cube& image) const {
  return part_of(image, fine_part(inner, pair.degradation.ratio));
}

PairPart read_part(const PairParts& pair, const Rectangle& part, Index margin) {
  const Rectangle around = with_margin(part, margin, pair.rows(), pair.cols());
  return {pair.read(around), {part.row - around.row, part.col - around.col, part.rows, part.cols}};
}

std::vector<Rectangle> parts_of(Index rows, Index cols, Index side, Index unit, Index least) {
  // Where the parts along an axis begin, and the end.
  const auto corners = [=](Index extent) {
    const Index units = (extent + unit - 1) / unit, most = std::max<Index>(1, side / unit);
    // What is left over at the end is no unit of its own where parts have to have a size.
    const Index fit = least <= 1 ? units : std::max<Index>(1, extent / unit / ((least + unit - 1) / unit));
    const Index count = std::min((units + most - 1) / most, fit);
    std::vector<Index> result;
    for (Index i = 0; i <= count; ++i) result.push_back(std::min(extent, i * units / count * unit));
    return result;
  };
  const std::vector<Index> down = corners(rows), across = corners(cols);
  std::vector<Rectangle> parts;
  for (std::size_t i = 0; i + 1 < down.size(); ++i) {
    for (std::size_t j = 0; j + 1 < across.size(); ++j) {
      parts.push_back({down[i], across[j], down[i + 1] - down[i], across[j + 1] - across[j]});
    }
  }
  return parts;
}

void for_each_part(const PairParts& pair, Index margin, const std::function<void(const PairPart&)>& visit) {
  const std::vector<Rectangle> parts = parts_of(pair.rows(), pair.cols(), pair.side(), pair.degradation().ratio);
  Progress progress(std::ssize(parts), "parts");
  for (const Rectangle& place : parts) {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while looking at the pair");
    PairPart part = read_part(pair, place, margin);
    // The margin may hold data where the part itself has none.
    if (has_data(part.pair.hsi, part.inner) &&
        has_data(part.pair.msi, fine_part(part.inner, part.pair.degradation.ratio))) {
      part.pair.hsi.valid.clear();
      part.pair.msi.valid.clear();
      visit(part);
    }
    progress.tick();
  }
}

Index WholePair::side() const { return std::max(rows(), cols()); }

Pair WholePair::read(const Rectangle& coarse) const {
  return is_all_of(pair_.hsi, coarse) ? pair_ : crop_pair(pair_, fine_part(coarse, pair_.degradation.ratio));
}

Index degrade_margin(const Degradation& degradation) {
  const Index overhang = (degradation.psf.dim(0) - degradation.ratio) / 2;
  return std::max<Index>(0, (overhang + degradation.ratio - 1) / degradation.ratio);
}

Index detail_margin(const Degradation& degradation) {
  const auto [down, right] = CoarseGrid(degradation).offset;
  const double beside = std::max(std::abs(down), std::abs(right)) / static_cast<double>(degradation.ratio);
  return kCubicReach + static_cast<Index>(std::ceil(beside)) + degrade_margin(degradation);
}

Rectangle fine_part(const Rectangle& coarse, Index ratio) {
  return {coarse.row * ratio, coarse.col * ratio, coarse.rows * ratio, coarse.cols * ratio};
}

Pair crop_pair(const Pair& pair, const Rectangle& fine) {
  const Index ratio = pair.degradation.ratio;
  const Rectangle coarse{fine.row / ratio, fine.col / ratio, fine.rows / ratio, fine.cols / ratio};
  const bool looked = pair.disagreement.values.defined();
  return {crop(pair.hsi, coarse), crop(pair.msi, fine), pair.degradation,
          looked ? crop(pair.disagreement, coarse) : Cube()};
}

}  // namespace specfuse
