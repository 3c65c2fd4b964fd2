#include "specfuse/imaging/cube.h"

#include <algorithm>
#include <numeric>

#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"

namespace specfuse {

std::string Cube::size_text() const { return concat(rows(), " x ", cols(), " x ", bands()); }

std::string Rectangle::text() const {
  return concat("rows ", row, "-", row + rows - 1, ", cols ", col, "-", col + cols - 1);
}

Cube Cube::resized(Index new_rows, Index new_cols) const {
  Cube result;
  result.values = Tensor::uninitialized({new_rows, new_cols, bands()});
  result.wavelength_nm = wavelength_nm;
  result.attributes = attributes;
  return result;
}

bool Rectangle::is_within(Index height, Index width) const {
  return row >= 0 && col >= 0 && rows >= 1 && cols >= 1 && rows <= height - row && cols <= width - col;
}

Cube crop(const Cube& cube, const Rectangle& part) {
  SPECFUSE_CHECK(part.is_within(cube.rows(), cube.cols()), "crop: expected a part of ", cube.rows(), " x ", cube.cols(),
                 " pixels, got ", part.text());
  Cube result = cube.resized(part.rows, part.cols);
  result.notes = cube.notes;
  if (result.pixels() < cube.pixels()) result.notes.partly = 0;
  move_georeference(result, part.row, part.col);
  for (Index row = 0; row < part.rows; ++row) {
    std::copy_n(cube.pixel(part.row + row, part.col), part.cols * cube.bands(), result.pixel(row, 0));
    if (cube.valid.empty()) continue;
    const auto from = cube.valid.begin() + (part.row + row) * cube.cols() + part.col;
    result.valid.insert(result.valid.end(), from, from + part.cols);
  }
  if (std::find(result.valid.begin(), result.valid.end(), 0) == result.valid.end()) result.valid.clear();
  for (Outlier outlier : cube.outliers) {
    outlier.row -= part.row;
    outlier.col -= part.col;
    if (Rectangle{outlier.row, outlier.col, 1, 1}.is_within(part.rows, part.cols)) result.outliers.push_back(outlier);
  }
  return result;
}

Cube crop_bands(const Cube& cube, Index first, Index count) {
  SPECFUSE_CHECK(first >= 0 && count >= 1 && count <= cube.bands() - first, "crop_bands: expected some of ",
                 cube.bands(), " bands, got ", count, " from ", first);
  std::vector<Index> bands(static_cast<std::size_t>(count));
  std::iota(bands.begin(), bands.end(), first);
  return select_bands(cube, bands);
}

Cube on_disk(const Cube& cube, const std::string& folder) {
  Cube result = cube;
  if (!folder.empty()) result.values = cube.values.on_disk(folder);
  return result;
}

Rectangle with_margin(const Rectangle& part, Index margin, const Cube& image) {
  return with_margin(part, margin, image.rows(), image.cols());
}

Rectangle with_margin(const Rectangle& part, Index margin, Index rows, Index cols) {
  const Index top = std::max<Index>(0, part.row - margin), left = std::max<Index>(0, part.col - margin);
  return {top, left, std::min(rows, part.row + part.rows + margin) - top,
          std::min(cols, part.col + part.cols + margin) - left};
}

std::vector<double> band_means(const Cube& cube) {
  std::vector<double> means(static_cast<std::size_t>(cube.bands()));
  for (Index p = 0; p < cube.pixels(); ++p) {
    const float* pixel = cube.values.data() + p * cube.bands();
    for (std::size_t b = 0; b < means.size(); ++b) means[b] += double{pixel[b]};
  }
  for (double& mean : means) mean /= static_cast<double>(cube.pixels());
  return means;
}

double mean_square(const Cube& cube, Index band) {
  double total = 0;
  for (Index p = 0; p < cube.pixels(); ++p) {
    const double value = cube.values[p * cube.bands() + band];
    total += value * value;
  }
  return total / static_cast<double>(cube.pixels());
}

}  // namespace specfuse
