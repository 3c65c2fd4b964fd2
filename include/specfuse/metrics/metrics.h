#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// What is known of a quality metric beside its value.
struct MetricInfo {
  /// Its name in files, and where people look.
  std::string key, name;
  /// "dB", "deg", "values" of the images, or empty.
  std::string unit{};
  bool higher_is_better = true;
  /// How it is computed: x reference, y fused, b band, MSE over pixels.
  std::string definition{};
  /// The paper it is from; empty where there is none.
  std::string source{};
};

/// Every metric, in the order of `evaluate`. Each is an entry of src/metrics/metrics.def and a file beside it.
std::vector<MetricInfo> metric_list();

struct Score {
  std::string key;
  double value = 0;
};

struct Scores {
  /// In the order of `metric_list`. Infinite where the quotient is (an identical band); NaN where nothing is left to
  /// average.
  std::vector<Score> values;
  /// How many bands or pixels some metric could not use, by reason; reasons that did not occur are absent.
  std::map<std::string, Index> left_out;

  /// That of a metric; none where it is not there.
  std::optional<double> of(const std::string& key) const;
};

/// Every metric of `fused` against `reference` in double precision. Bands and pixels that a metric cannot use are left
/// out of it and counted. Pixels that one of them has no data for take no part; metrics of windows are then those of
/// the largest rectangle with data everywhere. ssim is NaN for images of fewer than 11 rows or columns, uiqi and q2n of
/// fewer than 32; that is counted too. Where no pixel has data in both, all are NaN. Throws `Error` unless shapes are
/// equal, values finite and ratio at least 1.
Scores evaluate(const Cube& reference, const Cube& fused, Index ratio);

/// The angle between the spectra of each pixel in degrees [rows, cols], NaN where a norm is zero or data is missing.
/// Throws as `evaluate`.
Tensor sam_map_deg(const Cube& reference, const Cube& fused);

/// The root mean square over bands of the difference at each pixel [rows, cols], NaN where data is missing. Throws as
/// `evaluate`.
Tensor error_map(const Cube& reference, const Cube& fused);

}  // namespace specfuse
