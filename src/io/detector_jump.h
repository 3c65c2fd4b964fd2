#pragma once

#include <array>
#include <string>
#include <vector>

#include "io/product.h"

namespace specfuse {

/// By how much two detectors of a product differ where both see the same wavelengths.
class DetectorJump {
 public:
  /// `bands` in the order of their wavelengths.
  explicit DetectorJump(const std::vector<ProductBand>& bands);

  bool any() const { return !compared_.empty(); }
  /// Adds pixels with the values as they are stored; those that are NaN were not measured.
  void add(const Cube& stored);
  /// As in "VNIR and SWIR both see 902 to 990 nm, where SWIR is 3.1 % brighter than VNIR (root mean square of the
  /// differences: 4 % of the mean)".
  std::string text(const std::vector<std::string>& detectors) const;

 private:
  /// A band of the second detector between two of the first: places in the list.
  struct Compared {
    std::size_t band;
    std::array<std::size_t, 2> between;
  };

  std::vector<ProductBand> bands_;
  std::vector<Compared> compared_;
  double differences_ = 0, squares_ = 0, sum_ = 0;
  Index count_ = 0;
};

}  // namespace specfuse
