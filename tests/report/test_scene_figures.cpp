#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>

#include "specfuse/report/scene_figures.h"
#include "specfuse/tensor/math.h"
#include "support/ramp.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("scene figures: a scene with reference has images, two kinds of maps and a chart of bands") {
  const Cube reference = repeating_ramp(6, 4, 7);
  SceneFigures scene(repeating_ramp(3, 2, 7), repeating_ramp(6, 4, 3), reference, "counts");
  for (const std::string label : {"first", "second"}) {
    Differences differences{Tensor(Shape{6, 4}), Tensor(Shape{6, 4}), std::vector<double>(7, 30.0)};
    differences.error[3] = label == "first" ? 8.0f : 2.0f;
    differences.sam_deg[5] = std::nanf("");
    scene.add(label, reference, differences);
  }
  const std::vector<FigureGroup> groups = scene.groups();
  REQUIRE(groups.size() == 5);
  std::vector<std::string> names;
  for (const FigureGroup& group : groups) {
    for (const Figure& figure : group.figures) names.push_back(figure.name);
  }
  CHECK(names == std::vector<std::string>{"hsi", "msi", "reference", "fused_first", "fused_second", "error_first",
                                          "error_second", "sam_first", "sam_second", "band_psnr", "spectrum_1",
                                          "spectrum_2", "spectrum_3"});
  CHECK(groups[0].figures[2].image.rgb == groups[0].figures[3].image.rgb);
  CHECK(groups[0].figures[0].image.rows == 3 * 86);
  CHECK(contains(groups[0].note, "band 3, band 2 and band 1"));
  CHECK(contains(groups[1].colour_bar, " counts</text>"));
  CHECK(contains(groups[2].colour_bar, " degrees</text>"));
  CHECK(contains(groups[3].figures[0].svg, ">band</text>"));
}

TEST_CASE("scene figures: maps of one kind share one scale, of what is defined") {
  const Cube reference = repeating_ramp(10, 20, 3);
  SceneFigures scene(repeating_ramp(5, 10, 3), reference, reference);
  for (const float worst : {8.0f, 2.0f}) {
    Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20}), {30, 30, 30}};
    for (Index i = 0; i < 100; ++i) differences.error[i] = worst;
    for (Index i = 1; i < 200; ++i) differences.sam_deg[i] = std::nanf("");
    differences.sam_deg[0] = worst / 2;
    scene.add(worst == 8.0f ? "bad" : "good", reference, differences);
  }
  CHECK(contains(scene.groups()[2].colour_bar, ">4 degrees</text>"));
  const FigureGroup errors = scene.groups()[1];
  CHECK(contains(errors.colour_bar, ">8 (values of the scene)</text>"));
  CHECK(errors.figures[0].image.pixel(0, 0)[0] == 252);
  CHECK(errors.figures[1].image.pixel(0, 0)[0] == 86);
}

TEST_CASE("scene figures: an expected error stands beside the true one, on its scale") {
  const Cube reference = repeating_ramp(10, 20, 3);
  SceneFigures scene(repeating_ramp(5, 10, 3), reference, reference);
  Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20}), {30, 30, 30}};
  fill(differences.error, 8);
  Tensor expected(Shape{10, 20});
  fill(expected, 2);
  scene.add("sure", reference, differences, expected);
  scene.add("silent", reference, differences);
  CHECK(scene.data().error_end == 8);
  const FigureGroup errors = scene.groups()[1];
  CHECK(contains(errors.note, "; beside it that of sigma"));
  REQUIRE(errors.figures.size() == 3);
  CHECK(errors.figures[0].name == "error_sure");
  CHECK(errors.figures[1].name == "expected_sure");
  CHECK(errors.figures[1].caption == "sure, expected");
  CHECK(errors.figures[2].name == "error_silent");
  CHECK(errors.figures[0].image.pixel(0, 0)[0] == 252);
  CHECK(errors.figures[1].image.pixel(0, 0)[0] == 86);
}

TEST_CASE("scene figures: without a reference the expected error has a map and a scale of its own") {
  const Cube fine = repeating_ramp(10, 20, 3);
  SceneFigures scene(repeating_ramp(5, 10, 3), fine, {});
  CHECK_FALSE(scene.data().error_end);
  Tensor expected(Shape{10, 20});
  fill(expected, 2);
  scene.add("silent", fine, {});
  scene.add("sure", fine, {}, expected);
  CHECK(scene.data().error_end == 2);
  CHECK_FALSE(scene.data().sam_end_deg);
  const std::vector<FigureGroup> groups = scene.groups();
  REQUIRE(groups.size() == 3);
  CHECK(groups[1].title == "Expected error");
  CHECK(contains(groups[1].colour_bar, ">2 (values of the scene)</text>"));
  REQUIRE(groups[1].figures.size() == 1);
  CHECK(groups[1].figures[0].name == "expected_sure");
}

TEST_CASE("scene figures: a scene without reference has images only, and wavelengths name its colours") {
  Cube hsi = repeating_ramp(3, 2, 4);
  hsi.wavelength_nm = {451.2, 560, 659.6, 850};
  SceneFigures scene(hsi, repeating_ramp(6, 4, 1), {});
  scene.add("only", repeating_ramp(6, 4, 4), {});
  const std::vector<FigureGroup> groups = scene.groups();
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].figures.size() == 3);
  CHECK(groups[1].title == "False colour");
  CHECK(groups[1].figures.size() == 2);  // not of the MSI of a single band
  CHECK(contains(groups[1].note, "850 nm, 660 nm and 560 nm"));
  CHECK(groups[2].figures.size() == 2);
  CHECK(contains(groups[2].figures[0].svg, ">HSI input</text>"));
  CHECK(contains(groups[0].note, "660 nm, 560 nm and 451 nm"));
}

TEST_CASE("scene figures: the chart of bands is broken where bands are missing and sorted where they overlap") {
  Cube reference = repeating_ramp(2, 2, 7);
  reference.wavelength_nm = {400, 410, 420, 415, 900, 910, 920};
  SceneFigures scene(reference, reference, reference);
  scene.add("a", reference, Differences{Tensor(Shape{2, 2}), Tensor(Shape{2, 2}), {30, 31, 32, 33, 34, 35, 36}});
  const std::vector<FigureGroup> groups = scene.groups();
  const std::string svg = groups[groups.size() - 2].figures[0].svg;
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

TEST_CASE(
    "scene figures: maps of many methods end at the median one, so that one bad method does not hide the others") {
  const Cube reference = repeating_ramp(10, 20, 3);
  SceneFigures scene(repeating_ramp(5, 10, 3), reference, reference);
  for (const float error : {1000.0f, 3.0f, 2.0f}) {
    Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20}), {30, 30, 30}};
    for (Index i = 0; i < 200; ++i) differences.error[i] = error;
    scene.add(error == 3 ? "median" : error > 3 ? "bad" : "good", reference, differences);
  }
  CHECK(contains(scene.groups()[1].colour_bar, ">3 (values of the scene)</text>"));
}

TEST_CASE("scene figures: the spectra shown are those of the sample pixels") {
  Cube hsi(2, 2, 3), fine(4, 4, 3);
  for (Index i = 0; i < 12; ++i) hsi.values[i] = static_cast<float>(i);
  fine.pixel(3, 2)[1] = 9;
  SceneFigures scene(hsi, fine, {}, "counts");
  scene.add("a", fine, {});
  const FigureGroup group = scene.groups().back();
  CHECK(group.title == "Spectra");
  CHECK(contains(group.figures.at(0).caption, "brightest pixel (1): row 3, col 2"));
  CHECK(contains(group.figures[0].svg, ">counts</text>"));
  // The coarse pixel 9, 10, 11 above the fine one 0, 9, 0: from the bottom, up, and down to it again.
  const std::string& svg = group.figures[0].svg;
  double y[3];
  const std::size_t first = svg.find("points=\""), second = svg.find("points=\"", first + 1);
  REQUIRE(std::sscanf(svg.c_str() + second + 8, "%*f,%lf %*f,%lf %*f,%lf", &y[0], &y[1], &y[2]) == 3);
  CHECK(y[0] == y[2]);
  double coarse;
  REQUIRE(std::sscanf(svg.c_str() + first + 8, "%*f,%lf", &coarse) == 1);
  CHECK(y[1] == doctest::Approx(coarse));
}
