#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>

#include "specfuse/report/error_figures.h"
#include "support/text.h"

using namespace specfuse;

namespace {

MethodErrors errors_of(const std::string& label, std::vector<double> psnr) {
  MethodErrors errors{label, 3, {}, std::move(psnr)};
  errors.statistics.band_rmse = std::vector<double>(errors.band_psnr_db.size(), 2.0);
  errors.statistics.bin = {1e-5, 1e-3, 1, 2};
  errors.statistics.density = {0.1, 0.05, 100, 50};
  errors.statistics.brightness = {10, 20, 30};
  errors.statistics.angle_deg = {5, 3, 1};
  return errors;
}

}  // namespace

TEST_CASE("error figures: a line of bands is broken where bands are missing and sorted where they overlap") {
  FigureData scene;
  scene.wavelength_nm = {400, 410, 420, 415, 900, 910, 920};
  const std::string svg = error_figures({errors_of("a", {30, 31, 32, 33, 34, 35, 36})}, scene)[0].figures[0].svg;
  const std::size_t first = svg.find("<polyline"), second = svg.find("<polyline", first + 1);
  REQUIRE(second != std::string::npos);
  CHECK(svg.find("<polyline", second + 1) == std::string::npos);
  const char* points = svg.c_str() + svg.find("points=\"", first) + 8;
  double x[4], y[4];
  REQUIRE(std::sscanf(points, "%lf,%lf %lf,%lf %lf,%lf %lf,%lf", &x[0], &y[0], &x[1], &y[1], &x[2], &y[2], &x[3],
                      &y[3]) == 8);
  CHECK(x[0] < x[1]);
  CHECK(x[1] < x[2]);
  CHECK(x[2] < x[3]);
  CHECK(y[2] < y[3]);
}

TEST_CASE("error figures: the response stands behind the bands, under the names of its sensor") {
  FigureData scene;
  scene.unit = "counts";
  scene.response = Tensor::from({2, 4}, {0.5f, 0.5f, 0, 0, 0, 0, 0, 1});
  scene.msi_names = {"blue", "red"};
  const std::vector<FigureGroup> groups = error_figures({errors_of("a", {30, 31, 32, 33})}, scene);
  REQUIRE(groups.size() == 2);
  CHECK(contains(groups[0].note, "response of the MSI"));
  for (const Figure& figure : groups[0].figures) {
    CHECK(count(figure.svg, "<polygon") == 2);
    CHECK(contains(figure.svg, ">blue</text>"));
    CHECK(contains(figure.svg, ">red</text>"));
    CHECK(contains(figure.svg, ">band</text>"));
  }
  CHECK(contains(groups[0].figures[1].svg, ">RMSE [counts]</text>"));
  scene.response = {};
  CHECK_FALSE(contains(error_figures({errors_of("a", {30})}, scene)[0].figures[0].svg, "<polygon"));
}

TEST_CASE("error figures: the histogram leaves the few smallest errors away, angles have a dot each") {
  const std::vector<FigureGroup> groups = error_figures({errors_of("a", {30})}, {});
  const std::string sizes = groups[1].figures.at(0).svg, angles = groups[1].figures.at(1).svg;
  const std::size_t first = sizes.find("points=\"") + 8, end = sizes.find('"', first);
  CHECK(count(sizes.substr(first, end - first), ",") == 2);
  CHECK(count(angles, "<polygon") == 3 + 1);  // and in the legend
}

TEST_CASE("error figures: a method is one point of time and quality, however fast") {
  const FigureGroup group = cost_figure({{"slow", 0, 100, 40}, {"fast", 1, 0, 30}});
  const std::string& svg = group.figures.at(0).svg;
  CHECK(contains(svg, ">slow</text>"));
  double x[2], y[2];
  const std::size_t first = svg.rfind("<circle"), last = svg.rfind("<polygon");  // behind those of the legend
  REQUIRE(std::sscanf(svg.c_str() + first, "<circle cx=\"%lf\" cy=\"%lf\"", &x[0], &y[0]) == 2);
  REQUIRE(std::sscanf(svg.c_str() + last, "<polygon points=\"%lf,%lf", &x[1], &y[1]) == 2);
  CHECK(x[1] < x[0]);
  CHECK(y[1] > y[0]);
  CHECK(x[1] > 62 + 5);  // clear of the axis
}
