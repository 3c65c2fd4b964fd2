#include "specfuse/report/quality_figure.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/picture.h"

namespace specfuse {
namespace {

/// Of a pixel that nothing speaks against, and of `kQualityClasses` (Okabe and Ito 2008).
constexpr std::array<Rgb, kQualityClasses.size() + 1> kColours{
    {{224, 224, 224}, {86, 180, 233}, {213, 94, 0}, {170, 68, 153}, {40, 40, 40}}};

const char* name_of_colour(std::size_t place) {
  return place == 0 ? "nothing known against it" : kQualityClasses[place - 1].name;
}

std::string legend() {
  constexpr int kBox = 14, kRowHeight = 22;
  const int height = kRowHeight * static_cast<int>(kColours.size());
  std::string svg = concat("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bar\" viewBox=\"0 0 240 ", height,
                           "\" width=\"240\" height=\"", height,
                           "\" role=\"img\" aria-label=\"colours of the map\" font-family=\"system-ui,sans-serif\" "
                           "font-size=\"13\">");
  for (std::size_t place = 0; place < kColours.size(); ++place) {
    const auto [red, green, blue] = kColours[place];
    const int y = kRowHeight * static_cast<int>(place);
    svg += concat("<rect x=\"1\" y=\"", y + 2, "\" width=\"", kBox, "\" height=\"", kBox, "\" fill=\"rgb(", red, ",",
                  green, ",", blue, ")\" style=\"stroke:", kGridColour.css(), "\"/><text x=\"24\" y=\"", y + kBox,
                  "\" style=\"fill:", kInkColour.css(), "\">", name_of_colour(place), "</text>");
  }
  return svg + "</svg>\n";
}

Picture picture_of(const Tensor& map) {
  Picture image(map.dim(0), map.dim(1));
  for (Index i = 0; i < map.size(); ++i)
    std::copy_n(kColours.at(static_cast<std::size_t>(map[i])).begin(), 3, image.rgb.begin() + 3 * i);
  return image;
}

/// In per cent, of two decimals as long as they show it.
double rounded_per_cent(double share) {
  const double hundredths = 1e4 * share;
  return (hundredths < 1 ? hundredths : std::round(hundredths)) / 100;
}

}  // namespace

FigureGroup quality_figure(const QualitySummary& quality) {
  FigureGroup group{"Quality of the pixels",
                    "Beside a gap: a pixel of the HSI around it sees one without data. Changed ground: the images "
                    "disagree there beyond noise. The flags are those of the quality image.",
                    {},
                    {}};
  Table table;
  table.head = "pixels";
  table.columns = {{"flag"}, {"share", "%"}};
  for (std::size_t i = 0; i < kQualityClasses.size(); ++i) {
    table.rows.push_back({kQualityClasses[i].name,
                          {{static_cast<double>(kQualityClasses[i].flag)}, {rounded_per_cent(quality.shares[i])}}});
  }
  group.tables = {table};
  if (std::ranges::all_of(quality.shares, [](double share) { return share == 0; })) return group;
  group.colour_bar = {"quality_colours", "", {}, legend()};
  group.figures = {{"quality", "the worst that is known of each pixel", page_sized(picture_of(quality.map)), {}}};
  return group;
}

}  // namespace specfuse
