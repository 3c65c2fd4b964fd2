#include "specfuse/imaging/no_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/imaging/georeference.h"

namespace specfuse {
namespace {

/// What nothing that was measured is below, and the first of the ends of integers.
constexpr float kLow = -99, kEndOfIntegers = 32767;
/// Beyond what any instrument gives.
constexpr float kHuge = 1e15f;
/// What stands for no data in single bands, the largest first.
constexpr std::array<float, 6> kFills{-999, -9999, -32767, -32768, -99999, -999999};

/// Fills the pixels without data that border on others, and marks them; false where there are none.
bool fill_border(Cube& cube, std::vector<std::uint8_t>& filled) {
  const Index rows = cube.rows(), cols = cube.cols(), bands = cube.bands();
  const std::vector<std::uint8_t> before = filled;
  bool any = false;
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      if (before[static_cast<std::size_t>(row * cols + col)] != 0) continue;
      std::vector<double> sums(static_cast<std::size_t>(bands));
      Index count = 0;
      for (Index r = std::max<Index>(0, row - 1); r <= std::min(rows - 1, row + 1); ++r) {
        for (Index c = std::max<Index>(0, col - 1); c <= std::min(cols - 1, col + 1); ++c) {
          if (before[static_cast<std::size_t>(r * cols + c)] == 0) continue;
          const float* const pixel = cube.pixel(r, c);
          for (std::size_t b = 0; b < sums.size(); ++b) sums[b] += double{pixel[b]};
          ++count;
        }
      }
      if (count == 0) continue;
      for (std::size_t b = 0; b < sums.size(); ++b) {
        cube.pixel(row, col)[b] = static_cast<float>(sums[b] / static_cast<double>(count));
      }
      filled[static_cast<std::size_t>(row * cols + col)] = 1;
      any = true;
    }
  }
  return any;
}

}  // namespace

void NoData::describe(FieldVisitor& fields) {
  fields("value", value,
         "A pixel with this value, as the file stores it, in any band holds no data; zero has to stand in all, as a "
         "zero in one band may have been measured. `nodata: -9999` is short for `nodata.value: -9999`.");
  fields("nan", nan, "A pixel with NaN in any band holds no data.");
  fields("mask", mask, "Of a scene in HDF5: a dataset [rows, cols] of the file that is 0 where there is no data.");
}

bool is_missing(float value, double missing) {
  // Beyond this only fill values are, and texts give them with few digits: -3.4e38 is the least float.
  constexpr double kBeyond = 1e30;
  if (std::isnan(missing)) return std::isnan(value);
  if (std::abs(missing) >= kBeyond) return std::abs(value) >= kBeyond && (value > 0) == (missing > 0);
  return value == static_cast<float>(missing);
}

bool mark_no_data(Cube& cube, const NoData& no_data, const Tensor& mask) {
  const auto is_value = [&](float x) { return no_data.value && is_missing(x, *no_data.value); };
  const auto is_nan = [&](float x) { return no_data.nan && std::isnan(x); };
  std::vector<std::uint8_t> valid(static_cast<std::size_t>(cube.pixels()));
  for (std::size_t p = 0; p < valid.size(); ++p) {
    const float* const pixel = cube.values.data() + static_cast<Index>(p) * cube.bands();
    const bool masked = !cube.is_valid(static_cast<Index>(p)) || (mask.defined() && mask[static_cast<Index>(p)] == 0);
    const float* const end = pixel + cube.bands();
    // Zero may have been measured in one band: it is missing only where it stands in all of them.
    const bool none = std::all_of(pixel, end, [&](float x) { return is_value(x) || is_nan(x); });
    const bool missing =
        none || std::any_of(pixel, end, [&](float x) { return is_nan(x) || (no_data.value != 0 && is_value(x)); });
    cube.notes.partly += !masked && missing && !none;
    valid[p] = !masked && !missing;
  }
  const auto count = std::count(valid.begin(), valid.end(), std::uint8_t{1});
  cube.attributes[kNoDataAttribute] = std::vector<double>{no_data.value.value_or(std::nan(""))};
  cube.valid.clear();
  if (count == std::ssize(valid)) return true;
  cube.valid = valid;
  if (count == 0) {
    cube.values = Tensor(cube.values.shape());
    return false;
  }
  fill_from_around(cube);
  return true;
}

bool has_data(const Cube& cube) {
  return cube.valid.empty() || std::find(cube.valid.begin(), cube.valid.end(), std::uint8_t{1}) != cube.valid.end();
}

void fill_from_around(Cube& cube) {
  if (cube.valid.empty()) return;
  std::vector<std::uint8_t> filled = cube.valid;
  cube.values = cube.values.clone();
  while (fill_border(cube, filled)) continue;
}

Tensor with_no_data(const Cube& cube) {
  if (cube.valid.empty() && cube.outliers.empty()) return cube.values;
  const std::vector<double> said = numbers_of(cube, kNoDataAttribute);
  const float value = said.size() == 1 ? static_cast<float>(said.front()) : std::numeric_limits<float>::quiet_NaN();
  Tensor values = cube.values.clone();
  for (const Outlier& o : cube.outliers)
    values.data()[(o.row * cube.cols() + o.col) * cube.bands() + o.band] = o.measured;
  for (Index p = 0; p < cube.pixels(); ++p) {
    if (!cube.is_valid(p)) std::fill_n(values.data() + p * cube.bands(), cube.bands(), value);
  }
  return values;
}

Index pixels_of(const Cube& cube, float value) {
  Index count = 0;
  for (Index p = 0; p < cube.pixels(); ++p) {
    const float* const pixel = cube.values.data() + p * cube.bands();
    count += std::all_of(pixel, pixel + cube.bands(), [value](float x) { return x == value; });
  }
  return count;
}

void UndeclaredNoData::look_at(const float* pixel, bool says_zero) {
  const auto bands = static_cast<std::size_t>(bands_);
  Index zeros = 0;
  for (std::size_t b = 0; b < bands; ++b) {
    const float value = pixel[b];
    zeros += value == 0;
    lows_[b] = std::min(lows_[b], value);
    highs_[b] = std::max(highs_[b], value);
    if (value > kFills.front() && value < kHuge) continue;
    const auto known = std::find(kFills.begin(), kFills.end(), value);
    if (known != kFills.end() || std::abs(value) >= kHuge) ++fills_[{b, value}];
  }
  zeros_ += !says_zero && zeros == bands_;
  partly_ += says_zero && zeros > 0;
}

void UndeclaredNoData::add(const Cube& part) {
  const auto [least, most] = std::minmax_element(part.values.data(), part.values.data() + part.values.size());
  if (*least < least_.value) least_ = {*least};
  if (*most > most_.value) most_ = {*most};
  if (*least == least_.value && *least <= kLow) least_.pixels += pixels_of(part, *least);
  if (*most == most_.value && *most >= kEndOfIntegers) most_.pixels += pixels_of(part, *most);
  pixels_ += part.pixels();
  bands_ = part.bands();
  holes_ += part.notes.partly;
  lows_.resize(static_cast<std::size_t>(bands_), std::numeric_limits<float>::infinity());
  highs_.resize(lows_.size(), -std::numeric_limits<float>::infinity());
  const auto stated = part.attributes.find(kNoDataAttribute);
  const bool says_zero = stated != part.attributes.end() && stated->second == AttributeValue(std::vector<double>{0});
  for (Index p = 0; p < part.pixels(); ++p) {
    if (part.is_valid(p)) look_at(part.values.data() + p * bands_, says_zero);
  }
}

std::optional<UndeclaredNoData::Suspect> UndeclaredNoData::certain() const {
  constexpr Index kFewBands = 3;
  const float high = most_.value;
  const bool saturated = is_saturated() && bands_ >= kFewBands;
  if (least_.pixels > 0 || (high >= kHuge ? most_.pixels > 0 : saturated)) {
    const auto& [value, count] = least_.pixels > 0 ? least_ : most_;
    return Suspect{double{value}, count};
  }
  for (const auto& [place, count] : fills_) {
    const auto& [band, value] = place;
    // A number as small as this one may have been measured in few.
    if (value == kFills.front() && 100 * count < pixels_) continue;
    return Suspect{double{value}, count, static_cast<Index>(band)};
  }
  return {};
}

std::optional<UndeclaredNoData::Suspect> UndeclaredNoData::suspect() const {
  const std::optional<Suspect> found = certain();
  return found || !has_zeros() ? found : Suspect{0, zeros_};
}

std::string UndeclaredNoData::text() const {
  const std::optional<Suspect> found = certain();
  if (!found) return {};
  return concat(found->value, found->band ? concat(" in band ", *found->band + 1) : " in all bands", " of ",
                found->pixels, " of ", pixels_, " pixels, which looks like no data");
}

bool UndeclaredNoData::is_saturated() const {
  return (most_.value == kEndOfIntegers || most_.value == 65535) && 100 * most_.pixels >= pixels_;
}

std::vector<std::string> UndeclaredNoData::warnings(const std::string& path) const {
  std::vector<std::string> warnings;
  if (has_zeros()) {
    warnings.push_back(concat(zeros_, " of ", pixels_, " pixels are 0 in all bands: if nothing was measured there, ",
                              path, ".nodata=0 says so"));
  }
  if (holes_ > 0) {
    warnings.push_back(concat(holes_, " of ", pixels_,
                              " pixels have no data in some of their bands, and count as having none in any"));
  }
  if (partly_ > 0) {
    warnings.push_back(concat(partly_, " of ", pixels_,
                              " pixels have 0, which stands for no data, in some bands only, and count as measured"));
  }
  if (is_saturated()) {
    warnings.push_back(concat(most_.pixels, " of ", pixels_, " pixels are ", most_.value,
                              " in all bands: if nothing was measured there, ", path, ".nodata=", most_.value,
                              " says so"));
  }
  std::size_t first = lows_.size();
  Index count = 0;
  for (std::size_t b = lows_.size(); b-- > 0;) {
    if (lows_[b] != highs_[b]) continue;
    first = b;
    ++count;
  }
  if (count > 0 && pixels_ > 1) {
    warnings.push_back(concat(count, " of ", bands_, " bands have one value in all pixels, the first of them band ",
                              first + 1, ", which is ", lows_[first], ": data.bands can leave some out"));
  }
  return warnings;
}

Cube valid_pixels(const Cube& cube, const Cube& other) {
  if (cube.valid.empty() && other.valid.empty()) return cube;
  const Index bands = cube.bands();
  std::vector<Index> kept;
  for (Index p = 0; p < cube.pixels(); ++p) {
    if (cube.is_valid(p) && other.is_valid(p)) kept.push_back(p);
  }
  SPECFUSE_CHECK(!kept.empty(), "valid_pixels: expected pixels that both images have data for, got none");
  Cube result(1, static_cast<Index>(kept.size()), bands);
  result.wavelength_nm = cube.wavelength_nm;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    std::copy_n(cube.values.data() + kept[i] * bands, bands, result.values.data() + static_cast<Index>(i) * bands);
  }
  return result;
}

Rectangle largest_valid_part(const Cube& cube, const Cube& other) {
  // The valid pixels above each one, itself included; the best rectangle that ends in a row follows from them.
  const Index rows = cube.rows(), cols = cube.cols();
  std::vector<Index> above(static_cast<std::size_t>(cols));
  Rectangle best;
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const Index pixel = row * cols + col;
      Index& height = above[static_cast<std::size_t>(col)];
      height = cube.is_valid(pixel) && other.is_valid(pixel) ? height + 1 : 0;
    }
    for (Index left = 0; left < cols; ++left) {
      Index height = rows;
      for (Index right = left; right < cols; ++right) {
        height = std::min(height, above[static_cast<std::size_t>(right)]);
        if (height == 0) break;
        const Index width = right - left + 1;
        if (height * width > best.rows * best.cols) best = {row - height + 1, left, height, width};
      }
    }
  }
  return best;
}

}  // namespace specfuse
