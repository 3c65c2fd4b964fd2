#pragma once

#include <memory>

#include "specfuse/imaging/pair_parts.h"
#include "specfuse/metrics/error_statistics.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// `evaluate_all` of images [rows, cols] that are larger than memory: every part is shown twice. The results are those
/// of the whole images to rounding; where pixels hold no data, measures of windows leave out the parts that have such
/// pixels.
class ScoresByParts {
 public:
  ScoresByParts(Index rows, Index cols, Index ratio);
  ~ScoresByParts();

  /// First each part once, which begins at `row` and `col`, no pixel in two of them. Throws as `evaluate`.
  void look(const Cube& reference, const Cube& fused, Index row, Index col);
  /// Then each part again: `rows` x `cols` pixels that begin at multiples of `kUnit` and end at one or at the end of
  /// the image, and beyond them `kBeyond` pixels down and to the right, as far as there are. Blocks at the end of the
  /// image are mirrored, which takes a part of at least `kUnit` pixels there.
  void measure(const Cube& reference, const Cube& fused, Index rows, Index cols);
  static constexpr Index kUnit = 32, kBeyond = 31;

  Scores scores() const;
  /// As `band_psnr_db`.
  std::vector<double> band_psnr_db() const;
  ErrorStatistics errors();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `consistency` of a fused image that is larger than memory.
class ConsistencyByParts {
 public:
  explicit ConsistencyByParts(const Degradation& degradation);
  ~ConsistencyByParts();

  /// A part of the pair with a margin of at least `degrade_margin`, and the same of the fused image.
  void look(const PairPart& part, const Cube& fused);
  Scores scores() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `qnr` of a fused image that is larger than memory.
class QnrByParts {
 public:
  QnrByParts();
  ~QnrByParts();

  /// As for `ConsistencyByParts`. Parts begin at multiples of `unit` coarse pixels and end at one or at the end of the
  /// image.
  void look(const PairPart& part, const Cube& fused);
  static Index unit(Index ratio);
  Scores scores() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Bytes that a curve through the errors of so many values takes, of which each of `ScoresByParts` and
/// `ReliabilityByParts` holds one: through those of all pixels, and of all values.
double curve_bytes(Index values);

}  // namespace specfuse
