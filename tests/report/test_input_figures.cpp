#include <doctest/doctest.h>

#include <algorithm>

#include "specfuse/report/input_figures.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("input figures: the overview draws and names every part where it lies") {
  const FigureGroup group =
      overview_figure(Picture(32, 64), {{"train", {0, 8, 16, 24}}, {"te<st", {16, 40, 8, 8}}, {"1", {4, 5, 1, 1}}});
  const std::string& svg = group.figures.at(0).svg;
  CHECK(contains(svg, "<rect x=\"80.0\" y=\"0.0\" width=\"240.0\" height=\"160.0\""));
  CHECK(contains(svg, "<circle cx=\"55.0\" cy=\"45.0\""));
  CHECK(contains(svg, ">te&lt;st</text>"));
  CHECK(group.note == "train: rows 0-15, cols 8-31; te<st: rows 16-23, cols 40-47.");
  CHECK(contains(svg, "viewBox=\"0 0 640 320\""));
}

TEST_CASE("input figures: a response is drawn where it responds") {
  const Tensor srf = Tensor::from({2, 5}, {0.5f, 0.5f, 0, 0, 0, 0, 0, 0, 0, 1});
  const std::string svg = response_figure(srf, {400, 410, 420, 430, 440}).figures.at(0).svg;
  CHECK(contains(svg, ">MSI band 2</text>"));
  CHECK(contains(svg, ">wavelength [nm]</text>"));
  const std::size_t first = svg.find("points=\""), end = svg.find('"', first + 8);
  const std::string points = svg.substr(first, end - first);
  CHECK(std::count(points.begin(), points.end(), ',') == 3);  // two bands and the foot
  CHECK(contains(response_figure(srf, {}).figures.at(0).svg, ">band</text>"));
  const std::string named = response_figure(srf, {}, {"B2", "B3"}).figures.at(0).svg;
  CHECK(contains(named, ">B3</text>"));
  CHECK_FALSE(contains(named, "MSI band"));
  CHECK(contains(response_figure(srf, {}).note, "the rows sum to 1."));
  const Tensor counts = Tensor::from({3, 2}, {0.5f, 0.5f, 1, 1, 0.5f, 0});
  CHECK(contains(response_figure(counts, {}).note, "the rows sum to 0.5 to 2."));
}
