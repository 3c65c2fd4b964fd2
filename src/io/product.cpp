#include "io/product.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/detector_jump.h"
#include "io/stored_values.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/sensors.h"
#include "specfuse/imaging/upsample.h"

namespace specfuse {
namespace {

/// An image of one band and larger pixels on a finer grid, by cubic convolution of what was measured.
class EnlargedImage : public Image {
 public:
  EnlargedImage(ImagePtr coarse, Index ratio, float least) : coarse_(std::move(coarse)), ratio_(ratio), least_(least) {}
  Index rows() const override { return coarse_->rows() * ratio_; }
  Index cols() const override { return coarse_->cols() * ratio_; }
  Index bands() const override { return 1; }
  Cube read(const Rectangle& part) const override {
    // The convolution sees two pixels on each side, and what is filled in there two more.
    constexpr Index kReach = 4;
    const Index row = part.row / ratio_, col = part.col / ratio_;
    const Rectangle under{row, col, (part.row + part.rows - 1) / ratio_ - row + 1,
                          (part.col + part.cols - 1) / ratio_ - col + 1};
    const Rectangle seen = with_margin(under, kReach, coarse_->rows(), coarse_->cols());
    Cube coarse = coarse_->read(seen);
    if (coarse.valid.empty()) coarse.valid.assign(static_cast<std::size_t>(coarse.pixels()), 1);
    for (Index p = 0; p < coarse.pixels(); ++p) {
      if (!(coarse.values[p] >= least_)) coarse.valid[static_cast<std::size_t>(p)] = 0;
    }
    if (has_data(coarse)) fill_from_around(coarse);
    const Rectangle fine{part.row - seen.row * ratio_, part.col - seen.col * ratio_, part.rows, part.cols};
    Cube result = upsample_cubic(coarse, ratio_, fine);
    result.valid.resize(static_cast<std::size_t>(result.pixels()));
    for (Index p = 0; p < result.pixels(); ++p) {
      const Index down = (fine.row + p / fine.cols) / ratio_, right = (fine.col + p % fine.cols) / ratio_;
      result.valid[static_cast<std::size_t>(p)] = coarse.is_valid(down * coarse.cols() + right);
      result.values[p] = std::max(result.values[p], least_);  // what is less would stand for no data
    }
    return result;
  }

 private:
  ImagePtr coarse_;
  Index ratio_;
  float least_;
};

class ProductImage : public Image {
 public:
  explicit ProductImage(Product product) : product_(std::move(product)) {
    bring_together();
    for (const std::string& sentence : product_.warnings) notes_.warnings.push_back(named(sentence));
    put_in_order();
    describe();
    DetectorJump jump(product_.bands);
    if (!jump.any()) return;
    for (const Rectangle& part : sample()) jump.add(measured(part));
    notes_.warnings.push_back(named(jump.text(product_.detectors)));
  }

  Index rows() const override { return product_.images.front()->rows(); }
  Index cols() const override { return product_.images.front()->cols(); }
  Index bands() const override { return std::ssize(product_.bands); }
  Cube read(const Rectangle& part) const override {
    Cube cube;
    cube.values = Tensor::uninitialized({part.rows, part.cols, bands()});
    for (std::size_t image = 0; image < product_.images.size(); ++image) copy_bands(image, part, cube);
    if (product_.quality) mark(part, cube);
    if (!std::all_of(product_.bands.begin(), product_.bands.end(),
                     [](const ProductBand& b) { return b.wavelength_nm == 0; })) {
      for (const ProductBand& band : product_.bands) cube.wavelength_nm.push_back(band.wavelength_nm);
    }
    cube.attributes = attributes_;
    cube.notes = notes_;
    return cube;
  }

 private:
  std::string named(const std::string& sentence) const { return concat(product_.path, ": ", sentence); }

  /// Makes images of larger pixels as fine as the first.
  void bring_together() {
    const Index rows = product_.images.front()->rows(), cols = product_.images.front()->cols();
    for (ImagePtr& image : product_.images) {
      const Index ratio = std::max<Index>(1, rows / image->rows());
      SPECFUSE_CHECK_AS(DataError, image->rows() * ratio == rows && image->cols() * ratio == cols, product_.path,
                        ": expected images of one place, as large as the first or smaller by a whole factor, got ",
                        rows, " x ", cols, " and ", image->rows(), " x ", image->cols(), " pixels");
      const auto least = static_cast<float>(product_.least.value_or(std::numeric_limits<float>::lowest()));
      if (ratio > 1) image = std::make_shared<EnlargedImage>(image, ratio, least);
    }
    SPECFUSE_CHECK_AS(DataError,
                      !product_.quality || (product_.quality->rows() == rows && product_.quality->cols() == cols),
                      product_.path, ": expected a quality band as large as the image");
  }

  void put_in_order() {
    std::vector<ProductBand>& bands = product_.bands;
    constexpr double kMost = 100000;
    for (const ProductBand& band : bands) {
      SPECFUSE_CHECK_AS(DataError, band.wavelength_nm >= 0 && band.wavelength_nm <= kMost, product_.path,
                        ": expected wavelengths in nanometres, at most ", kMost, ", got ", band.wavelength_nm);
    }
    const auto silent = [](const ProductBand& band) { return band.wavelength_nm == 0; };
    const Index unmeasured = std::count_if(bands.begin(), bands.end(), silent);
    if (unmeasured == std::ssize(bands)) return;
    const Index all = std::ssize(bands);
    std::erase_if(bands, silent);
    if (unmeasured > 0)
      notes_.left_out.push_back(named(concat(unmeasured, " of ", all, " bands are not measured or not calibrated")));
    std::stable_sort(bands.begin(), bands.end(), [](const ProductBand& one, const ProductBand& other) {
      return one.wavelength_nm < other.wavelength_nm;
    });
  }

  template <class Of>
  std::vector<double> list(const Of& of) const {
    std::vector<double> numbers;
    for (const ProductBand& band : product_.bands) numbers.push_back(of(band));
    return numbers;
  }

  void describe() {
    const Cube first = product_.images.front()->read({0, 0, 1, 1});
    attributes_ = product_.attributes;
    for (const std::string& name : {kGeotransformAttribute, kProjectionAttribute}) {
      const auto found = first.attributes.find(name);
      if (found != first.attributes.end()) attributes_.emplace(name, found->second);
    }
    attributes_[kSensorAttribute] = product_.sensor;
    attributes_[kScaleAttribute] = list([](const ProductBand& band) { return band.scale; });
    attributes_[kOffsetAttribute] = list([](const ProductBand& band) { return band.offset; });
    if (product_.missing) attributes_[kNoDataAttribute] = std::vector<double>{*product_.missing};
    if (product_.least) attributes_["valid_min"] = std::vector<double>{*product_.least};
    const std::vector<double> widths = list([](const ProductBand& band) { return band.fwhm_nm; });
    if (std::count(widths.begin(), widths.end(), 0) == 0) attributes_[kFwhmAttribute] = widths;
    const std::vector<double> good = list([](const ProductBand& band) { return band.good ? 1 : 0; });
    if (std::count(good.begin(), good.end(), 0) > 0) attributes_[kGoodBandsAttribute] = good;
    const std::string names = joined(product_.bands, [](const ProductBand& band) { return band.name; });
    if (!product_.bands.front().name.empty()) attributes_[kBandNamesAttribute] = names;
  }

  void copy_bands(std::size_t image, const Rectangle& part, Cube& cube) const {
    std::vector<std::pair<Index, Index>> places;
    for (std::size_t at = 0; at < product_.bands.size(); ++at) {
      if (product_.bands[at].image == image) places.emplace_back(product_.bands[at].band, static_cast<Index>(at));
    }
    if (places.empty()) return;
    const Cube stored = product_.images[image]->read(part);
    if (!stored.valid.empty() && cube.valid.empty()) cube.valid.assign(stored.valid.size(), 1);
    for (Index p = 0; p < cube.pixels(); ++p) {
      for (const auto& [from, to] : places) cube.values[p * bands() + to] = stored.values[p * stored.bands() + from];
      if (!stored.is_valid(p)) cube.valid[static_cast<std::size_t>(p)] = 0;
    }
  }

  void mark(const Rectangle& part, Cube& cube) const {
    constexpr float kMostQuality = 65535;
    const Cube quality = product_.quality->read(part);
    if (cube.valid.empty()) cube.valid.assign(static_cast<std::size_t>(cube.pixels()), 1);
    for (Index p = 0; p < cube.pixels(); ++p) {
      const float value = quality.values[p];
      const bool is_number = value >= 0 && value <= kMostQuality;
      if (is_number && (static_cast<unsigned>(value) & product_.fill_bits) != 0)
        cube.valid[static_cast<std::size_t>(p)] = 0;
    }
  }

  /// A part in which what was not measured is NaN.
  Cube measured(const Rectangle& part) const {
    Cube cube = read(part);
    for (Index i = 0; i < cube.values.size(); ++i) {
      float& value = cube.values[i];
      const bool missing = (product_.missing && is_missing(value, *product_.missing)) ||
                           (product_.least && double{value} < *product_.least) || !cube.is_valid(i / bands());
      if (missing) value = std::nanf("");
    }
    return cube;
  }

  /// Some parts all over the image.
  std::vector<Rectangle> sample() const {
    constexpr Index kSide = 16;
    const auto cut = [=](Index extent) {
      std::vector<std::pair<Index, Index>> cuts;
      constexpr Index kMost = 4;
      const Index size = std::min(kSide, extent), count = std::min(kMost, extent / size);
      for (Index i = 0; i < count; ++i) cuts.emplace_back((extent - size) * (2 * i + 1) / (2 * count), size);
      return cuts;
    };
    std::vector<Rectangle> parts;
    for (const auto& [row, height] : cut(rows())) {
      for (const auto& [col, width] : cut(cols())) parts.push_back({row, col, height, width});
    }
    return parts;
  }

  Product product_;
  std::map<std::string, AttributeValue> attributes_;
  FileNotes notes_;
};

}  // namespace

ProductBand product_band(const std::string& sensor, const std::string& name) {
  const std::vector<SensorBand>& bands = sensor_bands(sensor);
  const auto found =
      std::find_if(bands.begin(), bands.end(), [&](const SensorBand& band) { return band.name == name; });
  SPECFUSE_CHECK(found != bands.end(), sensor, ": expected a band of its table, got ", name);
  ProductBand band;
  band.name = name;
  band.wavelength_nm = (found->low_nm + found->high_nm) / 2;
  band.fwhm_nm = found->high_nm - found->low_nm;
  return band;
}

ImagePtr product_image(Product product) { return std::make_shared<ProductImage>(std::move(product)); }

}  // namespace specfuse
