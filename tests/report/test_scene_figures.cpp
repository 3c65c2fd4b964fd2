#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>

#include "specfuse/core/error.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/scene_figures.h"
#include "specfuse/tensor/math.h"
#include "support/ramp.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("scene figures: a scene with reference has images, two kinds of maps and a chart of bands") {
  Cube reference = repeating_ramp(6, 4, 7);
  reference.attributes = {{"units", "counts"}, {"sensor", "eyes"}};
  SceneFigures scene(repeating_ramp(3, 2, 7), repeating_ramp(6, 4, 3), reference);
  for (const std::string label : {"first", "second"}) {
    Differences differences{Tensor(Shape{6, 4}), Tensor(Shape{6, 4})};
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
                                          "error_second", "difference_first", "sam_first", "sam_second", "spectrum_1",
                                          "spectrum_2", "spectrum_3"});
  CHECK(groups[0].figures[2].image.rgb == groups[0].figures[3].image.rgb);
  CHECK(groups[0].figures[0].image.rows == 3 * 86);
  CHECK(contains(groups[0].note, "band 3, band 2 and band 1"));
  CHECK(contains(groups[1].colour_bar.svg, ">counts</text>"));
  CHECK(contains(groups[3].colour_bar.svg, ">degrees</text>"));
  CHECK(contains(groups[4].figures[0].svg, ">band</text>"));
  CHECK(scene.data().sensor == "eyes");
}

TEST_CASE("scene figures: maps of one kind share one scale, of what is defined") {
  const Cube reference = repeating_ramp(10, 20, 3);
  SceneFigures scene(repeating_ramp(5, 10, 3), reference, reference);
  for (const float worst : {8.0f, 2.0f}) {
    Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20})};
    for (Index i = 0; i < 100; ++i) differences.error[i] = worst;
    for (Index i = 1; i < 200; ++i) differences.sam_deg[i] = std::nanf("");
    differences.sam_deg[0] = worst / 2;
    scene.add(worst == 8.0f ? "bad" : "good", reference, differences);
  }
  CHECK(scene.data().sam_end_deg == 1);  // that of the good one
  const FigureGroup errors = scene.groups()[1];
  CHECK(contains(errors.note, "up to 2, "));
  CHECK(contains(errors.colour_bar.svg, ">(values of the scene)</text>"));
  CHECK(errors.figures[0].image.pixel(0, 0)[0] == 252);
  CHECK(errors.figures[1].image.pixel(0, 0)[0] == 252);
  CHECK(errors.figures[1].image.pixel(errors.figures[1].image.rows - 1, 0)[0] == 0);
}

TEST_CASE("scene figures: an expected error stands beside the true one, on its scale") {
  const Cube reference = repeating_ramp(10, 20, 3);
  SceneFigures scene(repeating_ramp(5, 10, 3), reference, reference);
  Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20})};
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
  CHECK(errors.figures[1].image.pixel(0, 0)[0] == 87);
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
  CHECK(contains(groups[1].note, "up to 2, "));
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

TEST_CASE("scene figures: the result of least error is what others are compared with") {
  const Cube reference = repeating_ramp(10, 20, 3);
  SceneFigures scene(repeating_ramp(5, 10, 3), reference, reference);
  for (const float error : {4.0f, 1.0f, 3.0f}) {
    Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20})};
    fill(differences.error, error);
    differences.error[0] = error == 1 ? 5.0f : 0.0f;  // better than the best at one pixel
    differences.error[1] = std::nanf("");
    scene.add(concat("e", error), reference, differences);
  }
  CHECK(scene.data().best == "e1");
  CHECK(scene.data().difference_end == 2);  // 99 % of the sizes are 3 and 2
  const FigureGroup group = scene.groups()[2];
  CHECK(contains(group.note, "Error minus that of e1,"));
  REQUIRE(group.figures.size() == 2);
  CHECK(group.figures[0].name == "difference_e4");
  const auto colour = [&](Index col) {
    const std::uint8_t* const rgb = group.figures[0].image.pixel(0, col);
    return Rgb{rgb[0], rgb[1], rgb[2]};
  };
  CHECK(colour(0) == kBlueToRed.front());
  CHECK(colour(13) == kUndefinedColour);  // thirteen picture pixels for one
  CHECK(colour(26) == kBlueToRed.back());
}

TEST_CASE(
    "scene figures: maps of many methods end at the median one, so that one bad method does not hide the others") {
  const Cube reference = repeating_ramp(10, 20, 3);
  SceneFigures scene(repeating_ramp(5, 10, 3), reference, reference);
  for (const float error : {1000.0f, 3.0f, 2.0f}) {
    Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20})};
    for (Index i = 0; i < 200; ++i) differences.error[i] = error;
    scene.add(error == 3 ? "median" : error > 3 ? "bad" : "good", reference, differences);
  }
  CHECK(scene.data().error_end == 3);
}

TEST_CASE("scene figures: the spectra shown are those of the sample pixels") {
  Cube hsi(2, 2, 3), fine(4, 4, 3);
  for (Index i = 0; i < 12; ++i) hsi.values[i] = static_cast<float>(i);
  fine.pixel(3, 2)[1] = 9;
  hsi.attributes["unit"] = "counts";
  SceneFigures scene(hsi, fine, {}, {10, 20});
  scene.add("a", fine, {});
  const FigureGroup group = scene.groups().back();
  CHECK(group.title == "Spectra");
  CHECK(contains(group.figures.at(0).caption, "brightest pixel (1): row 13, col 22"));
  CHECK(scene.data().samples.at(0).row == 13);
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
