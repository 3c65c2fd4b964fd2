#include "specfuse/imaging/common_grid.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"

namespace specfuse {
namespace {

/// In MSI pixels: what a pixel may lie beside another and still be the same.
constexpr double kSamePlace = 1e-3;
/// Nodes of the running sum left of a position, and all of them.
constexpr Index kBefore = 2, kNodes = 6;
/// Largest ratio that an experiment may have.
constexpr double kMostRatio = 64;

/// One axis of an image: where its first pixel begins and how wide its pixels are, in units of the projection.
struct Axis {
  double begin = 0, size = 1;
  Index pixels = 0;
};

std::array<Axis, 2> axes_of(const GridPlace& image, const std::string& name, const std::string& source) {
  const std::vector<double>& at = image.geotransform;
  SPECFUSE_CHECK_AS(DataError, at.size() == 6, source, ": expected the six numbers of a geotransform of the ", name,
                    ", got ", at.size());
  SPECFUSE_CHECK_AS(DataError, at[2] == 0 && at[4] == 0, source, ": expected the ", name,
                    " to lie along the axes of its projection, got a geotransform turned by ", at[2], " and ", at[4],
                    "; gdalwarp makes one that lies so");
  SPECFUSE_CHECK_AS(DataError, std::isnormal(at[1]) && std::isnormal(at[5]) && std::isfinite(at[0] + at[3]), source,
                    ": expected a geotransform of the ", name, " with pixels of some size, got ", at[1], " x ", at[5]);
  return {Axis{at[3], at[5], image.rows}, Axis{at[0], at[1], image.cols}};
}

/// "x 350000 to 350600, y 5829400 to 5830000"
std::string extent_text(const std::array<Axis, 2>& axes) {
  const auto along = [](const char* name, const Axis& axis) {
    const double end = axis.begin + axis.size * static_cast<double>(axis.pixels);
    return concat(name, exact_number_text(std::min(axis.begin, end)), " to ",
                  exact_number_text(std::max(axis.begin, end)));
  };
  return concat(along("x ", axes[1]), along(", y ", axes[0]));
}

/// Pixels [first, last) of an axis that lie within another.
struct Covered {
  Index first = 0, last = 0;
};

Covered covered_by(const Axis& axis, const Axis& other) {
  const double tolerance = kSamePlace * std::abs(other.size / axis.size);
  const double begin = (other.begin - axis.begin) / axis.size;
  const double end = begin + static_cast<double>(other.pixels) * other.size / axis.size;
  const auto within = [&](double place) {
    return static_cast<Index>(std::clamp(place, 0.0, static_cast<double>(axis.pixels)));
  };
  return {within(std::ceil(begin - tolerance)), within(std::floor(end + tolerance))};
}

/// The position on the MSI's axis, in its pixels, where this HSI pixel begins.
double position(const Axis& hsi, const Axis& msi, Index pixel) {
  return (hsi.begin - msi.begin + static_cast<double>(pixel) * hsi.size) / msi.size;
}

bool is_whole(double place) { return std::abs(place - std::round(place)) <= kSamePlace; }

/// For one fine pixel: the first image pixel that it is made from, and the weights of that and those after it.
struct Taps {
  Index first = 0;
  std::vector<double> weights;
};

/// How much of each image pixel from `first` on is in the running sum at a position, in image pixels: all of those well
/// before it, nothing of those well after, and between the value of the polynomial through six edges.
std::vector<double> sum_weights(double place, Index first, Index count) {
  const Index before = static_cast<Index>(std::floor(place)) - kBefore;
  std::array<double, kNodes> lagrange{};
  for (Index i = 0; i < kNodes; ++i) {
    double weight = 1;
    for (Index j = 0; j < kNodes; ++j) {
      if (j != i) weight *= (place - static_cast<double>(before + j)) / static_cast<double>(i - j);
    }
    lagrange[static_cast<std::size_t>(i)] = weight;
  }
  std::vector<double> weights;
  for (Index pixel = first; pixel < first + count; ++pixel) {
    double weight = 0;  // a pixel is in the sums at all edges after it
    for (Index i = std::max<Index>(0, pixel + 1 - before); i < kNodes; ++i)
      weight += lagrange[static_cast<std::size_t>(i)];
    weights.push_back(pixel < before ? 1 : weight);
  }
  return weights;
}

std::vector<Taps> taps_along(double begin, double size, Index count) {
  std::vector<Taps> all;
  for (Index i = 0; i < count; ++i) {
    const double left = begin + static_cast<double>(i) * size, right = begin + static_cast<double>(i + 1) * size;
    const Index first = static_cast<Index>(std::floor(left)) - kBefore;
    const Index pixels = static_cast<Index>(std::floor(right)) - kBefore + kNodes - 1 - first;
    const std::vector<double> low = sum_weights(left, first, pixels), high = sum_weights(right, first, pixels);
    Taps taps{first, {}};
    for (std::size_t k = 0; k < low.size(); ++k) taps.weights.push_back((high[k] - low[k]) / size);
    all.push_back(std::move(taps));
  }
  return all;
}

/// Resamples the middle axis of [outer, extent, inner].
Tensor resample_axis(const Tensor& values, Index outer, Index extent, Index inner, const std::vector<Taps>& taps) {
  const Index count = std::ssize(taps);
  Tensor result = Tensor::uninitialized({outer, count, inner});
  parallel_ranges(outer * count, 1 + 4096 / inner, [&](Index begin, Index end) {
    std::vector<double> sums(static_cast<std::size_t>(inner));
    for (Index job = begin; job < end; ++job) {
      const Taps& one = taps[static_cast<std::size_t>(job % count)];
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::size_t k = 0; k < one.weights.size(); ++k) {
        const Index from = std::clamp<Index>(one.first + static_cast<Index>(k), 0, extent - 1);
        const float* const in = values.data() + (job / count * extent + from) * inner;
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += one.weights[k] * double{in[i]};
      }
      std::transform(sums.begin(), sums.end(), result.data() + job * inner,
                     [](double x) { return static_cast<float>(x); });
    }
  });
  return result;
}

/// Whether everything that a fine pixel is made from holds data.
std::vector<std::uint8_t> resampled_valid(const Cube& image, const std::vector<Taps>& down,
                                          const std::vector<Taps>& across) {
  constexpr double kNothing = 1e-9;
  // Along an axis: a pixel is invalid where any that has a weight is.
  const auto along = [&](const std::vector<Taps>& taps, Index extent, const auto& valid_at) {
    std::vector<std::uint8_t> valid;
    for (const Taps& one : taps) {
      bool all = true;
      for (std::size_t k = 0; k < one.weights.size(); ++k) {
        const Index from = std::clamp<Index>(one.first + static_cast<Index>(k), 0, extent - 1);
        if (std::abs(one.weights[k]) > kNothing) all = all && valid_at(from);
      }
      valid.push_back(all);
    }
    return valid;
  };
  std::vector<std::uint8_t> by_columns, result;  // [rows of the image, fine columns], then fine rows
  for (Index row = 0; row < image.rows(); ++row) {
    const auto part = along(across, image.cols(), [&](Index col) { return image.is_valid(row * image.cols() + col); });
    by_columns.insert(by_columns.end(), part.begin(), part.end());
  }
  const Index cols = std::ssize(across);
  result.resize(down.size() * across.size());
  for (Index col = 0; col < cols; ++col) {
    const auto part = along(down, image.rows(),
                            [&](Index row) { return by_columns[static_cast<std::size_t>(row * cols + col)] != 0; });
    for (std::size_t row = 0; row < part.size(); ++row)
      result[row * across.size() + static_cast<std::size_t>(col)] = part[row];
  }
  return result;
}

/// Of pixels so much larger than those of the image: "3.6 m", or "3.6 x 3.5 m" where they are no squares.
std::string pixel_text(const Cube& image, const std::array<double, 2>& size) {
  const std::vector<double> at = numbers_of(image, kGeotransformAttribute);
  const double high = std::abs(at[5]) * size[0], wide = std::abs(at[1]) * size[1];
  const bool square = std::abs(high - wide) < 1e-6 * wide;
  return square ? concat(wide, map_unit(image)) : concat(high, " x ", wide, map_unit(image));
}

}  // namespace

CommonGrid common_grid(const GridPlace& hsi, const GridPlace& msi, const std::string& source) {
  const std::array<Axis, 2> coarse = axes_of(hsi, "HSI", source), fine = axes_of(msi, "MSI", source);
  std::array<double, 2> ratio{};
  for (std::size_t axis = 0; axis < 2; ++axis) ratio[axis] = coarse[axis].size / fine[axis].size;
  SPECFUSE_CHECK_AS(DataError, ratio[0] > 0 && ratio[1] > 0, source,
                    ": expected rows and columns of HSI and MSI to go the same way, got pixels of ", coarse[1].size,
                    " x ", coarse[0].size, " and ", fine[1].size, " x ", fine[0].size);
  const double whole = std::round(ratio[0]);
  SPECFUSE_CHECK_AS(DataError, whole >= 2 && whole <= kMostRatio && whole == std::round(ratio[1]), source,
                    ": expected HSI pixels of 1.5 to ", kMostRatio,
                    " MSI pixels, nearest to one whole number on both axes, got ", ratio[0], " down and ", ratio[1],
                    " to the right");
  const Covered rows = covered_by(coarse[0], fine[0]), cols = covered_by(coarse[1], fine[1]);
  SPECFUSE_CHECK_AS(DataError, rows.first < rows.last && cols.first < cols.last, source,
                    ": expected images of one place, got no HSI pixel that the MSI covers: the HSI reaches from ",
                    extent_text(coarse), ", the MSI from ", extent_text(fine));
  CommonGrid grid;
  grid.ratio = static_cast<Index>(whole);
  grid.hsi = {rows.first, cols.first, rows.last - rows.first, cols.last - cols.first};
  const std::array<Covered, 2> covered{rows, cols};
  std::array<Index, 2> first{};
  bool meets = true;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const double begin = position(coarse[axis], fine[axis], covered[axis].first);
    const double end = position(coarse[axis], fine[axis], covered[axis].last);
    const double pixels = whole * static_cast<double>(covered[axis].last - covered[axis].first);
    grid.fine.begin[axis] = begin;
    grid.fine.size[axis] = ratio[axis] / whole;
    first[axis] = std::lround(begin);
    meets = meets && std::abs(end - begin - pixels) <= kSamePlace;
    grid.beside[axis] = is_whole(begin) ? 0 : begin - std::round(begin);
  }
  grid.fine.rows = grid.hsi.rows * grid.ratio;
  grid.fine.cols = grid.hsi.cols * grid.ratio;
  if (meets) grid.msi = {first[0], first[1], grid.fine.rows, grid.fine.cols};
  if (!meets) grid.beside = {};
  grid.is_all = grid.hsi == Rectangle{0, 0, hsi.rows, hsi.cols} && grid.msi == Rectangle{0, 0, msi.rows, msi.cols};
  return grid;
}

Rectangle seen_by(const FineGrid& grid, Index rows, Index cols) {
  const auto extent = [&](std::size_t axis, Index pixels) {
    return static_cast<Index>(std::ceil(grid.size[axis] * static_cast<double>(pixels))) + 1;
  };
  const Rectangle seen{static_cast<Index>(std::floor(grid.begin[0])), static_cast<Index>(std::floor(grid.begin[1])),
                       extent(0, grid.rows), extent(1, grid.cols)};
  return with_margin(seen, kNodes, rows, cols);
}

Cube resample(const Cube& whole, const FineGrid& grid) {
  const Rectangle part = seen_by(grid, whole.rows(), whole.cols());
  const Cube image = crop(whole, part);
  const std::vector<Taps> down = taps_along(grid.begin[0] - static_cast<double>(part.row), grid.size[0], grid.rows);
  const std::vector<Taps> across = taps_along(grid.begin[1] - static_cast<double>(part.col), grid.size[1], grid.cols);
  const Tensor wide = resample_axis(image.values, image.rows(), image.cols(), image.bands(), across);
  Cube result;
  result.values = resample_axis(wide, 1, image.rows(), grid.cols * image.bands(), down)
                      .reshape({grid.rows, grid.cols, image.bands()});
  result.wavelength_nm = image.wavelength_nm;
  result.attributes = whole.attributes;
  if (!image.valid.empty()) result.valid = resampled_valid(image, down, across);
  if (std::find(result.valid.begin(), result.valid.end(), 0) == result.valid.end()) result.valid.clear();
  fill_from_around(result);
  return result;
}

std::string grid_text(const CommonGrid& grid, const Cube& msi) {
  if (grid.is_all) return {};
  const std::string before = pixel_text(msi, {1, 1});
  const std::string part = concat(", ratio ", grid.ratio, ", ", grid.hsi.text(), " of the HSI");
  if (grid.meets()) {
    const auto [down, right] = grid.beside;
    const auto rounded = [](double pixels) { return std::round(1000 * pixels) / 1000; };
    const std::string beside = down == 0 && right == 0
                                   ? ""
                                   : concat("; its pixels lie ", rounded(down), " down and ", rounded(right),
                                            " right of one beside those of the HSI, "
                                            "and the PSF is moved by that");
    return concat("MSI not resampled (", before, ")", part, " and ", grid.msi.text(), " of the MSI", beside);
  }
  return concat("MSI resampled from ", before, " to ", pixel_text(msi, grid.fine.size), part);
}

namespace {

/// `resample`, part by part, as an image with this geotransform.
class ResampledImage : public Image {
 public:
  ResampledImage(ImagePtr image, const FineGrid& grid, AttributeValue geotransform)
      : image_(std::move(image)), grid_(grid), geotransform_(std::move(geotransform)) {}
  Index rows() const override { return grid_.rows; }
  Index cols() const override { return grid_.cols; }
  Index bands() const override { return image_->bands(); }
  Cube read(const Rectangle& part) const override {
    FineGrid fine{{grid_.begin[0] + static_cast<double>(part.row) * grid_.size[0],
                   grid_.begin[1] + static_cast<double>(part.col) * grid_.size[1]},
                  grid_.size,
                  part.rows,
                  part.cols};
    const Rectangle seen = seen_by(fine, image_->rows(), image_->cols());
    fine.begin[0] -= static_cast<double>(seen.row);
    fine.begin[1] -= static_cast<double>(seen.col);
    const Cube image = image_->read(seen);
    Cube cube = resample(image, fine);
    cube.notes = image.notes;
    cube.attributes[kGeotransformAttribute] = geotransform_;
    move_georeference(cube, part.row, part.col);
    return cube;
  }

 private:
  ImagePtr image_;
  FineGrid grid_;
  AttributeValue geotransform_;
};

}  // namespace

void bring_together(const CommonGrid& grid, ImagePtr& hsi, ImagePtr& msi) {
  hsi = cropped(std::move(hsi), grid.hsi);
  if (grid.meets()) {
    msi = cropped(std::move(msi), grid.msi);
    return;
  }
  Cube corner = hsi->read({0, 0, 1, 1});
  move_georeference(corner, 0, 0, 1 / static_cast<double>(grid.ratio));
  msi = std::make_shared<ResampledImage>(std::move(msi), grid.fine, corner.attributes.at(kGeotransformAttribute));
}

}  // namespace specfuse
