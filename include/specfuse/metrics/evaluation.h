#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "specfuse/metrics/error_statistics.h"
#include "specfuse/metrics/metrics.h"

namespace specfuse {

/// The full comparison of a fused image with its reference.
struct Evaluation {
  Scores scores;
  /// 10 log10(max(x_b)^2 / MSE_b) of every band: infinite where the band is identical, NaN where its maximum is zero.
  std::vector<double> band_psnr_db;
  ErrorStatistics errors;
  /// By the name of each profile that was asked for.
  std::map<std::string, Scores> profiles;
};

/// Of images [rows, cols] that are shown part by part; of one part the scores are those of `evaluate` to the bit, of
/// several to rounding. Pixels without data take no part. Only metrics of windows may differ, and only where there are
/// such: windows are those of the largest rectangle with data everywhere of each part and its
/// halo, and what they need of whole bands, such as their span, is that of the largest rectangles of the parts alone.
class Evaluator {
 public:
  /// Throws `Error` unless the ratio is at least 1, and on an unknown profile.
  Evaluator(Index rows, Index cols, Index ratio, const std::vector<std::string>& profiles = {});
  ~Evaluator();

  /// In each pass every pixel is in one part. Those of the second begin at multiples of `kUnit`, and no side is shorter
  /// than that unless the image's is.
  static constexpr Index kPasses = 2, kUnit = 32;
  /// Rows below and columns to the right of each part that are shown with it, as far as there are.
  Index halo(Index pass) const;
  /// Where `part` is in the image; the cubes hold it and its halo. Throws as `evaluate`.
  void add(Index pass, const Cube& reference, const Cube& fused, const Rectangle& part);
  Evaluation result();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Bytes that a curve through the errors of so many values takes, of which `Evaluator` and `ReliabilityEvaluator` hold
/// one each: through those of all pixels, and of all values.
double curve_bytes(Index values);

}  // namespace specfuse
