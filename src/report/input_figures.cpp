#include "specfuse/report/input_figures.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "report/band_series.h"
#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

constexpr double kLonger = 640;

std::string colour_of(const std::string& name) {
  if (name == "train") return kTrainMark;
  if (name == "validation") return kValidationMark;
  return name == "test" ? kTestMark : kOtherMark;
}

/// Every line is drawn twice, dark below light, so that it shows on any picture.
std::string mark_svg(const Mark& mark, double scale) {
  const auto at = [&](double pixels) { return number_text(pixels * scale, 1); };
  const double row = static_cast<double>(mark.part.row), col = static_cast<double>(mark.part.col);
  const bool point = mark.part.rows == 1 && mark.part.cols == 1;
  const std::string shape =
      point ? concat("<circle cx=\"", at(col + 0.5), "\" cy=\"", at(row + 0.5), "\" r=\"6\"")
            : concat("<rect x=\"", at(col), "\" y=\"", at(row), "\" width=\"", at(static_cast<double>(mark.part.cols)),
                     "\" height=\"", at(static_cast<double>(mark.part.rows)), "\"");
  const std::string colour = colour_of(mark.name);
  const std::string x = number_text((point ? col + 0.5 : col) * scale + (point ? 10 : 6), 1);
  // Inside; what is small has its name above, where there is room.
  const bool small = static_cast<double>(mark.part.rows) * scale < 150, above = small && row * scale > 20;
  const std::string y = number_text((point ? row + 0.5 : row) * scale + (point ? 5 : above ? -6 : 18), 1);
  return concat(shape, " stroke=\"", kMarkOutline, "\" stroke-width=\"4\"/>", shape, " stroke=\"", colour,
                "\" stroke-width=\"2\"/><text x=\"", x, "\" y=\"", y, "\" fill=\"", colour, "\" stroke=\"",
                kMarkOutline, "\" stroke-width=\"3\" paint-order=\"stroke\">", escape_html(mark.name), "</text>");
}

}  // namespace

FigureGroup overview_figure(const Picture& scene, const std::vector<Mark>& marks) {
  const double scale = kLonger / static_cast<double>(std::max(scene.rows, scene.cols));
  const std::string width = number_text(static_cast<double>(scene.cols) * scale, 0);
  const std::string height = number_text(static_cast<double>(scene.rows) * scale, 0);
  std::string svg =
      concat("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"overview\" viewBox=\"0 0 ", width, " ", height,
             "\" width=\"", width, "\" height=\"", height,
             "\" role=\"img\" aria-label=\"the scene and its parts\" font-family=\"system-ui,sans-serif\" "
             "font-size=\"14\"><image width=\"",
             width, "\" height=\"", height, "\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,",
             base64(encode_png(page_sized(scene))), "\"/><g fill=\"none\">");
  std::string note;
  for (const Mark& mark : marks) {
    svg += mark_svg(mark, scale);
    if (mark.part.rows > 1) note += concat(note.empty() ? "" : "; ", mark.name, ": ", mark.part.text());
  }
  return {"Scene", note.empty() ? note : note + ".", {}, {{"scene", "", {}, svg + "</g></svg>"}}};
}

std::string row_sums_text(const Tensor& srf) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (Index row = 0; row < srf.dim(0); ++row) {
    const float* const begin = srf.data() + row * srf.dim(1);
    const double sum = std::accumulate(begin, begin + srf.dim(1), 0.0);
    least = std::min(least, sum);
    most = std::max(most, sum);
  }
  const std::string low = number_text(least), high = number_text(most);
  return low == high ? low : concat(low, " to ", high);
}

FigureGroup response_figure(const Tensor& srf, const std::vector<double>& wavelength_nm,
                            const std::vector<std::string>& names) {
  const bool known = static_cast<Index>(wavelength_nm.size()) == srf.dim(1);
  const std::vector<double> axis = known ? wavelength_nm : std::vector<double>{};
  const Chart chart{band_axis(axis), "weight", response_series(srf, axis, names), false};
  return {"Spectral response",
          concat("The weight of each band of the scene in those of the MSI; the rows sum to ", row_sums_text(srf), "."),
          {},
          {{"response", "", {}, line_chart(chart)}}};
}

FigureGroup disagreement_figure(const Tensor& noise_units) {
  // Of noise alone nine in ten are below 2; what is far beyond it is one colour.
  constexpr float kEnd = 10;
  const std::string name = "disagreement";
  return {
      "Disagreement of both images",
      "The HSI under the response against the MSI under the PSF in each pixel of the HSI, in standard deviations of "
      "their noise (root mean square over the bands of the MSI), before the MSI was harmonised. Bright areas changed "
      "between the dates, or lie under a cloud in one image; up to 3 is noise.",
      {name + "_scale", "", {}, heat_bar(kEnd, "standard deviations")},
      {{name, "HSI against MSI", page_sized(heat_map(noise_units, 0, kEnd)), {}}}};
}

}  // namespace specfuse
