#pragma once

#include <memory>

#include "specfuse/imaging/degrade.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// `evaluate` of images that are larger than memory: every part is shown twice. The scores are those of the whole
/// images to rounding; where pixels hold no data, measures of windows leave out the parts that have such pixels.
class ScoresByParts {
 public:
  explicit ScoresByParts(Index ratio);
  ~ScoresByParts();

  /// First each part once, no pixel in two of them. Throws as `evaluate`.
  void look(const Cube& reference, const Cube& fused);
  /// Then each part again: `rows` x `cols` pixels that begin at multiples of `kUnit` and end at one or at the end of
  /// the image, and beyond them `kBeyond` pixels down and to the right, as far as there are. Blocks at the end of the
  /// image are mirrored, which takes a part of at least `kUnit` pixels there.
  void measure(const Cube& reference, const Cube& fused, Index rows, Index cols);
  static constexpr Index kUnit = 32, kBeyond = 31;

  Scores scores() const;
  /// As `band_psnr_db`.
  std::vector<double> band_psnr_db() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `consistency` of a fused image that is larger than memory.
class ConsistencyByParts {
 public:
  explicit ConsistencyByParts(const Degradation& degradation);
  ~ConsistencyByParts();

  /// A part of the pair, and of the fused image with a margin of at least `degrade_margin` coarse pixels, in which the
  /// part lies at `inner`, in fine pixels that are multiples of the ratio.
  void look(const Pair& part, const Cube& fused, const Rectangle& inner);
  Scores scores() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace specfuse
