#include "io/stored_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "specfuse/core/error.h"
#include "specfuse/core/utf8.h"
#include "specfuse/imaging/georeference.h"

namespace specfuse {
namespace {

/// What stands for no data, in the order in which conventions name it; the last is of NEON's files.
const std::array<std::string, 4> kMissing{kNoDataAttribute, "_FillValue", "missing_value", "Data_Ignore_Value"};

/// Words of names that have to do with values and how they are stored.
constexpr std::array<const char*, 7> kWords{"scale", "fill", "ignore", "missing", "gain", "no_data", "nodata"};

/// An attribute that an image no longer has then; empty where there is none.
std::vector<double> take(const std::string& name, std::size_t most, const std::string& where, Cube& image) {
  const std::vector<double> numbers = numbers_of(image, name);
  if (numbers.empty()) return {};
  SPECFUSE_CHECK_AS(DataError, numbers.size() == 1 || numbers.size() == most, where, ": ", name, ": expected 1 or ",
                    most, " numbers, got ", numbers.size());
  image.attributes.erase(name);
  return numbers;
}

bool all_are(const std::vector<double>& numbers, double value) {
  return std::all_of(numbers.begin(), numbers.end(), [value](double number) { return number == value; });
}

/// Warns of attributes that suggest packed values under names of no convention.
void warn_of_the_rest(const std::string& where, Cube& image) {
  for (const auto& [name, value] : image.attributes) {
    const std::string low = lower_case(name);
    const bool known = name == kScaleAttribute || name == kOffsetAttribute ||
                       std::find(kMissing.begin(), kMissing.end(), name) != kMissing.end();
    const bool sounds = std::any_of(kWords.begin(), kWords.end(),
                                    [&](const char* word) { return low.find(word) != std::string::npos; });
    if (!known && (!sounds || std::holds_alternative<std::string>(value))) continue;
    image.notes.warnings.push_back(concat(where, ": its attribute ", as_utf8(name),
                                          " is not understood, and values are taken as they are stored"));
  }
}

}  // namespace

StoredValues::StoredValues(const std::string& where, const NoData& given, Cube& image) {
  const auto bands = static_cast<std::size_t>(image.bands());
  for (const std::string& name : kMissing) {
    const Numbers numbers = take(name, bands, where, image);
    if (!numbers.empty() && !given.value && !given.nan) missing_.push_back(numbers);
  }
  if (given.value) missing_.push_back({*given.value});
  if (given.nan) missing_.push_back({std::nan("")});
  scale_ = take(kScaleAttribute, bands, where, image);
  offset_ = take(kOffsetAttribute, bands, where, image);
  if (all_are(scale_, 1)) scale_.clear();
  if (all_are(offset_, 0)) offset_.clear();
  const bool usable = std::all_of(scale_.begin(), scale_.end(), [](double x) { return std::isfinite(x) && x != 0; }) &&
                      std::all_of(offset_.begin(), offset_.end(), [](double x) { return std::isfinite(x); });
  SPECFUSE_CHECK_AS(DataError, usable, where, ": ", kScaleAttribute, ", ", kOffsetAttribute,
                    ": expected finite numbers and no scale of 0");
  const Numbers least = take("valid_min", 1, where, image), most = take("valid_max", 1, where, image);
  const Numbers range = take("valid_range", 2, where, image);
  if (!least.empty()) least_ = least.front();
  if (!most.empty()) most_ = most.front();
  if (!range.empty()) std::tie(least_, most_) = std::pair(range.front(), range.back());
  SPECFUSE_CHECK_AS(DataError, range.size() != 1 && least_ <= most_, where,
                    ": valid_range: expected two numbers, the first not above the second");
  const auto is_unsigned = image.attributes.find("_Unsigned");
  SPECFUSE_CHECK_AS(DataError, is_unsigned == image.attributes.end(), where,
                    ": expected integers of their own type, got signed ones that `_Unsigned` says are others");
  warn_of_the_rest(where, image);
}

void StoredValues::select(const std::vector<Index>& bands) {
  const auto keep = [&](Numbers& numbers) {
    if (numbers.size() < 2) return;
    Numbers kept;
    for (const Index band : bands) kept.push_back(numbers[static_cast<std::size_t>(band)]);
    numbers = kept;
  };
  for (Numbers& numbers : missing_) keep(numbers);
  keep(scale_);
  keep(offset_);
}

bool StoredValues::is_missing(float value, Index band) const {
  if (double{value} < least_ || double{value} > most_) return true;
  return std::any_of(missing_.begin(), missing_.end(),
                     [&](const Numbers& numbers) { return specfuse::is_missing(value, of_band(numbers, band)); });
}

bool StoredValues::has_data(const float* pixel, Index bands) const {
  bool measured = false;
  for (Index band = 0; band < bands; ++band) {
    if (!is_missing(pixel[band], band)) {
      measured = true;
    } else if (pixel[band] != 0 || least_ > 0 || most_ < 0) {
      return false;
    }
  }
  return measured;  // zero may have been measured in one band
}

bool StoredValues::settle(const Tensor& mask, Cube& cube) const {
  Numbers all;
  for (const Numbers& numbers : missing_) all.insert(all.end(), numbers.begin(), numbers.end());
  const bool one = std::all_of(all.begin(), all.end(), [&](double value) {
    return value == all.front() || (std::isnan(value) && std::isnan(all.front()));
  });
  NoData no_data;
  if (one && !is_packed() && !has_range()) {
    if (!all.empty()) no_data.nan = std::isnan(all.front());
    if (!all.empty() && !no_data.nan) no_data.value = all.front();
  } else if (may_miss()) {
    std::vector<std::uint8_t> valid(static_cast<std::size_t>(cube.pixels()));
    for (Index p = 0; p < cube.pixels(); ++p) {
      const float* const pixel = cube.values.data() + p * cube.bands();
      const bool masked = !cube.is_valid(p), measured = has_data(pixel, cube.bands());
      valid[static_cast<std::size_t>(p)] = !masked && measured;
      for (Index band = 0; band < cube.bands() && !masked && !measured; ++band) {
        if (is_missing(pixel[band], band)) continue;
        ++cube.notes.partly;
        break;
      }
    }
    cube.valid = valid;
  }
  const bool looked = no_data.given() || mask.defined() || !cube.valid.empty();
  if (is_packed()) cube.values = cube.values.clone();
  for (Index i = 0; is_packed() && i < cube.values.size(); ++i) {
    const Index band = i % cube.bands();
    const double scale = scale_.empty() ? 1 : of_band(scale_, band),
                 offset = offset_.empty() ? 0 : of_band(offset_, band);
    cube.values[i] = static_cast<float>(double{cube.values[i]} * scale + offset);
  }
  return !looked || mark_no_data(cube, no_data, mask);
}

}  // namespace specfuse
