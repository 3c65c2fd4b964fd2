#include "specfuse/report/found_figures.h"

#include <algorithm>
#include <cmath>

#include "report/band_series.h"
#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

constexpr double kSide = 300;

std::string svg_begin(double width, double height, const char* label) {
  return concat("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"overview\" viewBox=\"0 0 ", width, " ", height,
                "\" width=\"", width, "\" height=\"", height, "\" role=\"img\" aria-label=\"", label,
                "\" font-family=\"system-ui,sans-serif\" font-size=\"12\">");
}

Figure psf_figure(const Tensor& psf, Index ratio) {
  const float most = *std::max_element(psf.data(), psf.data() + psf.size());
  const double pixel = kSide / static_cast<double>(psf.dim(0));
  const double begin = static_cast<double>(psf.dim(0) - ratio) / 2 * pixel, side = static_cast<double>(ratio) * pixel;
  const std::string square = concat("<rect x=\"", begin, "\" y=\"", begin, "\" width=\"", side, "\" height=\"", side,
                                    "\" fill=\"none\" stroke=\"");
  const std::string svg =
      concat(svg_begin(kSide, kSide, "the PSF"), "<image width=\"", kSide, "\" height=\"", kSide,
             "\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,",
             base64(encode_png(heat_map(psf, 0, most > 0 ? most : 1))), "\"/>", square, kMarkOutline,
             "\" stroke-width=\"3\"/>", square, kOtherMark, "\" stroke-width=\"1.5\"/></svg>");
  return {"psf", "PSF on the pixels of the MSI; the square is one pixel of the HSI", {}, svg};
}

/// An arrow at each of some places, many times as long as the shift there.
Figure shift_figure(const ShiftField& field, const std::array<double, 2>& constant) {
  constexpr int kPlaces = 9;
  const auto [rows, cols] = field.size();
  const double scale = kSide / std::max(rows, cols), cell = kSide / kPlaces;
  const double width = cols * scale, height = rows * scale;
  struct Arrow {
    double x, y, right, down;
  };
  std::vector<Arrow> arrows;
  double longest = 0;
  for (double y = cell / 2; y < height; y += cell) {
    for (double x = cell / 2; x < width; x += cell) {
      const auto [down, right] = field.at(y / scale, x / scale);
      arrows.push_back({x, y, constant[1] - right, constant[0] - down});  // as the PSF points back
      longest = std::max(longest, std::hypot(arrows.back().right, arrows.back().down));
    }
  }
  std::string lines;
  for (const Arrow& arrow : arrows) {
    const double length = longest > 0 ? 0.9 * cell / longest : 0;
    lines += concat("<path d=\"M", number_text(arrow.x, 1), " ", number_text(arrow.y, 1), "l",
                    number_text(arrow.right * length, 1), " ", number_text(arrow.down * length, 1), "\"/><circle cx=\"",
                    number_text(arrow.x, 1), "\" cy=\"", number_text(arrow.y, 1), "\" r=\"2\"/>");
  }
  const std::string svg = concat(svg_begin(width, height + 24, "the shift over the image"), "<rect width=\"", width,
                                 "\" height=\"", height, "\" fill=\"none\" style=\"stroke:", kGridColour.css(),
                                 "\"/><g style=\"stroke:", kSeriesColours[0].css(), ";fill:", kSeriesColours[0].css(),
                                 "\">", lines, "</g><text y=\"", height + 17, "\" style=\"fill:", kInkColour.css(),
                                 "\">longest line: ", number_text(longest, 2), " MSI pixels</text></svg>");
  return {"shift",
          "Shift of the MSI over the image, lengthened: from each dot to where the MSI samples the scene",
          {},
          svg};
}

Figure gain_figure(const std::vector<double>& gain, const std::vector<std::string>& names) {
  Chart chart{"MSI band", "gain", {}, false};
  Series series{"gain", {}, gain};
  series.dotted = true;
  series.stroke = kBandStroke;
  for (std::size_t band = 0; band < gain.size(); ++band) {
    series.x.push_back(static_cast<double>(band + 1));
    chart.x_ticks.emplace_back(series.x.back(), band < names.size() ? names[band] : concat(band + 1));
  }
  chart.series = {series};
  return {"gain", "MSI = gain x (HSI averaged over the bands of the MSI) + offset", {}, line_chart(chart)};
}

}  // namespace

std::vector<FigureGroup> found_figures(const ExperimentResults& results) {
  FigureGroup group{"Sensors as used", "What the methods assume of both sensors.", {}, {}};
  if (results.figures.psf.defined()) {
    group.figures.push_back(psf_figure(results.figures.psf, results.config.degrade.ratio));
  }
  if (!results.estimates.empty()) {
    const Estimate& estimate = results.estimates.begin()->second;
    if (estimate.field) {
      group.figures.push_back(shift_figure(*estimate.field, estimate.shift.value_or(std::array<double, 2>{})));
    }
    if (!estimate.gain.empty()) group.figures.push_back(gain_figure(estimate.gain, results.figures.msi_names));
  }
  if (group.figures.empty()) return {};
  return {group};
}

}  // namespace specfuse
