#include "specfuse/imaging/preview.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"

namespace specfuse {

Preview::Preview(const Cube& image, Index rows, Index cols, Index step)
    : step_(step), sums_(rows / step, cols / step, image.bands()) {
  SPECFUSE_CHECK(step >= 1 && sums_.pixels() > 0, "preview: expected a step from 1 to the smaller side of ", rows,
                 " x ", cols, " pixels, got ", step);
  sums_.wavelength_nm = image.wavelength_nm;
  sums_.attributes = image.attributes;
  move_georeference(sums_, 0, 0, static_cast<double>(step));
  counts_.resize(static_cast<std::size_t>(sums_.pixels()));
}

void Preview::add(const Cube& part, Index row, Index col) {
  const Index rows = std::min(part.rows(), sums_.rows() * step_ - row);
  const Index cols = std::min(part.cols(), sums_.cols() * step_ - col);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) {
      if (!part.is_valid(r * part.cols() + c)) {
        gaps_ = true;
        continue;
      }
      const Index down = (row + r) / step_, across = (col + c) / step_;
      const float* const from = part.pixel(r, c);
      float* const to = sums_.pixel(down, across);
      for (Index b = 0; b < part.bands(); ++b) to[b] += from[b];
      ++counts_[static_cast<std::size_t>(down * sums_.cols() + across)];
    }
  }
}

Cube Preview::cube() const {
  Cube mean = sums_;
  mean.values = sums_.values.clone();
  if (gaps_) mean.valid.assign(counts_.size(), 1);
  for (std::size_t p = 0; p < counts_.size(); ++p) {
    float* const values = mean.values.data() + static_cast<Index>(p) * mean.bands();
    for (Index b = 0; b < mean.bands() && counts_[p] > 0; ++b) values[b] /= static_cast<float>(counts_[p]);
    if (gaps_ && 2 * counts_[p] < step_ * step_) mean.valid[p] = 0;
  }
  if (gaps_ && has_data(mean)) fill_from_around(mean);
  return mean;
}

}  // namespace specfuse
