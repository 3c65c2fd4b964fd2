#include <algorithm>
#include <cmath>

#include "io/cube_dataset.h"
#include "io/hdf5_image.h"
#include "io/product.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/io/scene.h"

namespace specfuse {
namespace {

bool is_emit(const std::string& path) {
  if (!is_hdf5(path)) return false;
  const Hdf5Reader file(path);
  return file.has("/reflectance") && file.has("/location/glt_x") && file.has("/sensor_band_parameters");
}

/// A swath put on a grid by a table that says for each pixel which of the swath's is nearest: its column and row,
/// counted from 1; 0: there is none.
class TabledImage : public Image {
 public:
  TabledImage(ImagePtr swath, const std::string& path) : swath_(std::move(swath)) {
    const Hdf5Reader file(path);
    right_ = file.read("/location/glt_x", 2);
    down_ = file.read("/location/glt_y", 2);
    SPECFUSE_CHECK_AS(DataError, right_.shape() == down_.shape(), path, ": /location/glt_y: expected ",
                      right_.shape().text(), " as /location/glt_x, got ", down_.shape().text());
    for (Index p = 0; p < right_.size(); ++p) {
      const bool inside = numbers_one(right_[p], swath_->cols()) && numbers_one(down_[p], swath_->rows());
      SPECFUSE_CHECK_AS(DataError, inside, path, ": /location/glt_x and glt_y: expected pixels of the ", swath_->rows(),
                        " x ", swath_->cols(), " of /reflectance, got column ", right_[p], " of row ", down_[p]);
    }
  }
  Index rows() const override { return right_.dim(0); }
  Index cols() const override { return right_.dim(1); }
  Index bands() const override { return swath_->bands(); }
  Cube read(const Rectangle& part) const override {
    Cube cube(part.rows, part.cols, bands());
    cube.valid.assign(static_cast<std::size_t>(cube.pixels()), 0);
    const Rectangle seen = seen_in_swath(part);
    if (seen.rows == 0) return cube;
    const Cube swath = swath_->read(seen);
    for (Index p = 0; p < cube.pixels(); ++p) {
      const auto [row, col] = place_of(part, p);
      if (row < 0) continue;
      std::copy_n(swath.pixel(row - seen.row, col - seen.col), bands(), cube.values.data() + p * bands());
      cube.valid[static_cast<std::size_t>(p)] = 1;
    }
    return cube;
  }

 private:
  /// Whether a number of the table is that of a pixel, or 0 for none. Its sign marks those that are interpolated.
  static bool numbers_one(float number, Index pixels) {
    return number == 0 || (std::abs(number) >= 1 && std::abs(number) <= static_cast<float>(pixels));
  }

  /// Row and column in the swath, counted from 0, of a pixel of a part; negative where there is none.
  std::pair<Index, Index> place_of(const Rectangle& part, Index pixel) const {
    const Index at = (part.row + pixel / part.cols) * cols() + part.col + pixel % part.cols;
    if (right_[at] == 0 || down_[at] == 0) return {-1, -1};
    return {static_cast<Index>(std::abs(down_[at])) - 1, static_cast<Index>(std::abs(right_[at])) - 1};
  }

  Rectangle seen_in_swath(const Rectangle& part) const {
    Index top = swath_->rows(), left = swath_->cols(), bottom = -1, right = -1;
    for (Index p = 0; p < part.rows * part.cols; ++p) {
      const auto [row, col] = place_of(part, p);
      if (row < 0) continue;
      top = std::min(top, row), bottom = std::max(bottom, row);
      left = std::min(left, col), right = std::max(right, col);
    }
    if (bottom < 0) return {};
    return {top, left, bottom - top + 1, right - left + 1};
  }

  ImagePtr swath_;
  Tensor right_, down_;
};

ImagePtr open_emit(const std::string& path, const std::string&) {
  const Hdf5Reader file(path);
  Product product{path, "emit"};
  const auto swath = std::make_shared<Hdf5Image>(path, CubeDataset{"/reflectance", ""});
  product.images = {std::make_shared<TabledImage>(swath, path)};
  const auto list = [&](const std::string& name) {
    const std::string dataset = "/sensor_band_parameters/" + name;
    std::vector<double> numbers = file.read_doubles(dataset);
    SPECFUSE_CHECK_AS(DataError, std::ssize(numbers) == swath->bands(), path, ": ", dataset, ": expected ",
                      swath->bands(), " numbers, one for each band, got ", numbers.size());
    return numbers;
  };
  const std::vector<double> centres = list("wavelengths"), widths = list("fwhm");
  const std::vector<double> good = file.has("/sensor_band_parameters/good_wavelengths")
                                       ? list("good_wavelengths")
                                       : std::vector<double>(centres.size(), 1);
  for (std::size_t at = 0; at < centres.size(); ++at) {
    ProductBand& band = product.bands.emplace_back();
    band.band = static_cast<Index>(at);
    band.wavelength_nm = centres[at];
    band.fwhm_nm = widths[at];
    band.good = good[at] != 0;
  }
  const auto numbers = file.numbers("/");
  const auto place = numbers.find(kGeotransformAttribute);
  SPECFUSE_CHECK_AS(DataError, place != numbers.end() && place->second.size() == 6, path,
                    ": attribute geotransform: expected 6 numbers, got ",
                    place == numbers.end() ? std::size_t{0} : place->second.size());
  product.attributes[kGeotransformAttribute] = place->second;
  const auto texts = file.texts("/");
  const auto system = texts.find("spatial_ref");
  if (system != texts.end()) product.attributes[kProjectionAttribute] = system->second;
  constexpr double kFill = -9999;
  product.missing = file.number("/reflectance", "_FillValue").value_or(kFill);
  return product_image(std::move(product));
}

}  // namespace

SceneFormat emit_scene_format() {
  return {"emit", "EMIT L2A: the .nc of reflectance, put on its grid by its lookup table", is_emit, open_emit};
}

}  // namespace specfuse
