#pragma once

#include <memory>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// How well a method's own estimate of its error agrees with the error it made.
struct Reliability {
  /// Parts of all values whose error lies within sigma, and within width_95 sigma.
  double coverage_68 = 0, coverage_95 = 0;
  /// Values sorted by sigma into groups of equal size: the mean sigma of each, and the size that 68 % of its errors
  /// stay below. Equal where sigma is right. Of more than 2 million values as many are taken, spread evenly.
  std::vector<double> expected, observed;
};

/// Of a fused image [rows, cols, bands] against its reference, shown part by part, with sigma the half width of
/// intervals that are to hold 68 % of the errors, and width_95 sigma that of 95 %.
class ReliabilityEvaluator {
 public:
  ReliabilityEvaluator(Index rows, Index cols, Index bands, double width_95);
  ~ReliabilityEvaluator();

  /// A part that begins at `row` and `col`, no pixel in two of them. Throws `Error` unless shapes are equal, and where
  /// a sigma is 0 or not finite.
  void add(const Cube& reference, const Cube& fused, const Cube& sigma, Index row, Index col);
  Reliability result();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace specfuse
