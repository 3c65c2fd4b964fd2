#pragma once

#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// A small version of an image that is shown part by part: each of its pixels is the mean of those of step x step
/// pixels that hold data, and holds data itself where at least half of them do. What fills no pixel at the lower and
/// right ends is left out.
class Preview {
 public:
  /// `image`: any part of the image, for its bands, wavelengths and attributes; it begins where the image does.
  Preview(const Cube& image, Index rows, Index cols, Index step);
  /// A part whose first pixel is (row, col) of the image; no pixel is shown twice.
  void add(const Cube& part, Index row, Index col);
  Cube cube() const;

 private:
  Index step_;
  Cube sums_;
  std::vector<Index> counts_;
  bool gaps_ = false;
};

}  // namespace specfuse
