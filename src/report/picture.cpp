#include "specfuse/report/picture.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "specfuse/core/error.h"
#include "specfuse/core/quantile.h"
#include "specfuse/report/line_chart.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/text_format.h"

namespace specfuse {

namespace {

/// The colour at a position from 0 to 1 of a scale of colours at even distances.
Rgb colour_within(std::span<const Rgb> scale, float position) {
  // In 254 steps, which no eye sees: with grey, these are few enough colours for a small file.
  const float step = std::round(254 * std::clamp(position, 0.0f, 1.0f)) / 254;
  const float at = step * static_cast<float>(scale.size() - 1);
  const std::size_t i = std::min(static_cast<std::size_t>(at), scale.size() - 2);
  const float part = at - static_cast<float>(i);
  Rgb colour;
  for (std::size_t k = 0; k < 3; ++k) {
    const float mixed = (1 - part) * static_cast<float>(scale[i][k]) + part * static_cast<float>(scale[i + 1][k]);
    colour[k] = static_cast<std::uint8_t>(std::lround(mixed));
  }
  return colour;
}

/// A map in colour; `low` has the first of the scale, `high` the last.
Picture coloured(const Tensor& map, std::span<const Rgb> scale, float low, float high) {
  Picture image(map.dim(0), map.dim(1));
  for (Index i = 0; i < map.size(); ++i) {
    const Rgb colour = std::isnan(map[i]) ? kUndefinedColour : colour_within(scale, (map[i] - low) / (high - low));
    std::copy(colour.begin(), colour.end(), image.rgb.begin() + static_cast<std::ptrdiff_t>(i) * 3);
  }
  return image;
}

std::string colour_bar(const char* name, std::span<const Rgb> scale, double low, double high, const std::string& unit) {
  constexpr double kBar = 260, kBarLeft = 16, kTop = 4, kHeight = 12, kCharacter = 7.5;
  std::string stops, ticks;
  for (std::size_t i = 0; i < scale.size(); ++i) {
    stops += concat("<stop offset=\"", 100 * i / (scale.size() - 1), "%\" stop-color=\"rgb(", int{scale[i][0]}, ",",
                    int{scale[i][1]}, ",", int{scale[i][2]}, ")\"/>");
  }
  for (const double tick : round_ticks(low, high, 5)) {
    const std::string x = number_text(kBarLeft + kBar * (tick - low) / (high - low), 1);
    ticks += concat("<path style=\"stroke:", kInkColour.css(), "\" d=\"M", x, " ", kTop + kHeight, "v4\"/><text x=\"",
                    x, "\" y=\"", kTop + kHeight + 17, "\" text-anchor=\"middle\">", number_text(tick), "</text>");
  }
  const std::string written = escape_html(unit);
  const double width = kBarLeft + kBar + kBarLeft + 8 + kCharacter * static_cast<double>(unit.size());
  return concat("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bar\" viewBox=\"0 0 ", width, " 38\" width=\"",
                width, "\" height=\"38\" role=\"img\" aria-label=\"", number_text(low), " to ", number_text(high), " ",
                written, "\" font-family=\"system-ui,sans-serif\"><defs><linearGradient id=\"", name, "\">", stops,
                "</linearGradient></defs><g font-size=\"12\" style=\"fill:", kInkColour.css(), "\"><rect x=\"",
                kBarLeft, "\" y=\"", kTop, "\" width=\"", kBar, "\" height=\"", kHeight, "\" fill=\"url(#", name,
                ")\"/>", ticks, "<text x=\"", kBarLeft + kBar + 12, "\" y=\"", kTop + kHeight - 1, "\">", written,
                "</text></g></svg>");
}

Index nearest_band(const std::vector<double>& wavelength_nm, double wanted) {
  const auto nearer = [wanted](double a, double b) { return std::abs(a - wanted) < std::abs(b - wanted); };
  return std::min_element(wavelength_nm.begin(), wavelength_nm.end(), nearer) - wavelength_nm.begin();
}

/// Red, green and blue of an image whose wavelengths are unknown. Few bands are most likely blue, green and red in this
/// order, then infrared.
std::array<Index, 3> likely_bands(Index bands) {
  constexpr Index kFew = 20;
  if (bands < kFew) return {std::min<Index>(2, bands - 1), std::min<Index>(1, bands - 1), 0};
  return {bands * 15 / 100, bands * 10 / 100, bands * 5 / 100};
}

/// 0 of none.
float percentile(std::vector<float>& values, double part) { return values.empty() ? 0 : quantile(values, part); }

Stretch stretch_bands(const Cube& cube, const std::array<Index, 3>& bands) {
  Stretch stretch{bands, {}, {}};
  for (std::size_t k = 0; k < 3; ++k) {
    std::vector<float> values;
    for (Index i = 0; i < cube.pixels(); ++i) {
      if (cube.is_valid(i)) values.push_back(cube.values[i * cube.bands() + bands[k]]);
    }
    stretch.low[k] = percentile(values, 0.02);
    stretch.high[k] = percentile(values, 0.98);
  }
  return stretch;
}

}  // namespace

Stretch stretch_of(const Cube& cube) {
  SPECFUSE_CHECK(cube.values.size() > 0, "stretch_of: expected a cube with values");
  constexpr std::array<double, 3> kNanometres{650, 550, 450};
  std::array<Index, 3> bands = likely_bands(cube.bands());
  for (std::size_t k = 0; k < 3 && !cube.wavelength_nm.empty(); ++k) {
    bands[k] = nearest_band(cube.wavelength_nm, kNanometres[k]);
  }
  return stretch_bands(cube, bands);
}

std::optional<Stretch> false_colour_of(const Cube& cube) {
  constexpr Index kFew = 20;
  constexpr double kNear = 60;
  const Index count = cube.bands();
  if (cube.wavelength_nm.empty()) {
    if (count < kFew) return {};
    return stretch_bands(cube, {count * 62 / 100, count * 22 / 100, count * 15 / 100});
  }
  for (const std::array<double, 3>& wanted : {std::array<double, 3>{1650, 850, 660}, {850, 660, 560}}) {
    std::array<Index, 3> bands{};
    bool found = true;
    for (std::size_t k = 0; k < 3; ++k) {
      bands[k] = nearest_band(cube.wavelength_nm, wanted[k]);
      found = found && std::abs(cube.wavelength_nm[static_cast<std::size_t>(bands[k])] - wanted[k]) <= kNear;
    }
    if (found) return stretch_bands(cube, bands);
  }
  return {};
}

Picture composite(const Cube& cube, const Stretch& stretch) {
  Picture image(cube.rows(), cube.cols());
  for (std::size_t k = 0; k < 3; ++k) {
    const Index band = stretch.bands[k];
    SPECFUSE_CHECK(band >= 0 && band < cube.bands(), "composite: expected a band below ", cube.bands(), ", got ", band);
    const float span = stretch.high[k] - stretch.low[k];
    for (Index i = 0; i < cube.pixels(); ++i) {
      const float value = cube.values[i * cube.bands() + band] - stretch.low[k];
      // A constant band has no contrast to show: medium grey.
      const float part = span > 0 ? std::clamp(value / span, 0.0f, 1.0f) : 0.5f;
      image.rgb[static_cast<std::size_t>(i) * 3 + k] =
          cube.is_valid(i) ? static_cast<std::uint8_t>(std::lround(255 * part)) : kUndefinedColour[k];
    }
  }
  return image;
}

Picture heat_map(const Tensor& map, float low, float high) {
  SPECFUSE_CHECK(map.defined() && map.shape().rank() == 2, "heat_map: expected [rows, cols]");
  SPECFUSE_CHECK(low < high, "heat_map: expected low < high, got ", low, " and ", high);
  return coloured(map, kInferno, low, high);
}

Picture enlarged(const Picture& image, Index least) {
  const Index longer = std::max(image.rows, image.cols);
  SPECFUSE_CHECK(longer > 0, "enlarged: expected a picture with pixels");
  const Index repeat = (least + longer - 1) / longer;
  Picture result(image.rows * repeat, image.cols * repeat);
  for (Index row = 0; row < result.rows; ++row) {
    if (row % repeat > 0) {
      std::copy_n(result.pixel(row - 1, 0), 3 * result.cols, result.pixel(row, 0));
      continue;
    }
    for (Index col = 0; col < result.cols; ++col) {
      std::copy_n(image.pixel(row / repeat, col / repeat), 3, result.pixel(row, col));
    }
  }
  return result;
}

Picture page_sized(const Picture& image) {
  constexpr Index kLeast = 256, kMost = 1024;
  const Index longer = std::max(image.rows, image.cols);
  SPECFUSE_CHECK(longer > 0, "page_sized: expected a picture with pixels");
  const Index repeat = (kLeast + longer - 1) / longer, step = (longer + kMost - 1) / kMost;
  Picture result((image.rows * repeat + step - 1) / step, (image.cols * repeat + step - 1) / step);
  for (Index row = 0; row < result.rows; ++row) {
    for (Index col = 0; col < result.cols; ++col) {
      std::copy_n(image.pixel(row * step / repeat, col * step / repeat), 3, result.pixel(row, col));
    }
  }
  return result;
}

Picture difference_map(const Tensor& map, float end) {
  SPECFUSE_CHECK(map.defined() && map.shape().rank() == 2, "difference_map: expected [rows, cols]");
  SPECFUSE_CHECK(end > 0, "difference_map: expected end > 0, got ", end);
  return coloured(map, kBlueToRed, -end, end);
}

std::string heat_bar(double high, const std::string& unit) { return colour_bar("heat", kInferno, 0, high, unit); }

std::string difference_bar(double end, const std::string& unit) {
  return colour_bar("difference", kBlueToRed, -end, end, unit);
}

}  // namespace specfuse
