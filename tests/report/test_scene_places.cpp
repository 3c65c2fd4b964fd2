#include <doctest/doctest.h>

#include "specfuse/report/picture.h"
#include "specfuse/report/scene_figures.h"
#include "specfuse/report/scene_places.h"
#include "support/ramp.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("scene places: the detail is the same part of every picture, where edges are strongest") {
  Cube msi(64, 48, 2);
  for (Index row = 36; row < 44; ++row) {
    for (Index col = 20; col < 28; ++col) msi.pixel(row, col)[0] = static_cast<float>((row + col) % 2);
  }
  const Rectangle part = detail_of(msi, 4).value();
  CHECK(part == Rectangle{32, 16, 12, 12});
  const Cube hsi = repeating_ramp(16, 12, 5), reference = repeating_ramp(64, 48, 5);
  SceneFigures scene(hsi, msi, reference);
  scene.add("a", repeating_ramp(64, 48, 5), {});
  const FigureGroup group = scene.groups()[1];
  CHECK(group.title == "Detail");
  CHECK(contains(group.note, "rows 32-43, cols 16-27"));
  REQUIRE(group.figures.size() == 4);
  CHECK(group.figures[0].image.rows == 3 * 86);  // 3 x 3 coarse pixels
  CHECK(group.figures[1].image.rows == 12 * 22);
  CHECK(group.figures[2].image.rgb == group.figures[3].image.rgb);
  const auto enlarged = [](const Cube& cube, const Rectangle& shown, const Stretch& stretch) {
    return page_sized(composite(crop(cube, shown), stretch)).rgb;
  };
  CHECK(group.figures[0].image.rgb == enlarged(hsi, {8, 4, 3, 3}, stretch_of(reference)));
  CHECK(group.figures[1].image.rgb == enlarged(msi, part, stretch_of(msi)));
  CHECK_FALSE(detail_of(Cube(31, 90, 1), 2));
  CHECK_FALSE(detail_of(Cube(32, 90, 1), 16));
}

TEST_CASE("scene places: sample pixels are the brightest, the median and another that up-sampling misses") {
  Cube reference(8, 8, 2), hsi(4, 4, 2);
  for (Index i = 0; i < 64; ++i) reference.values[2 * i] = static_cast<float>(i % 8);
  reference.pixel(1, 6)[1] = 100;
  reference.pixel(6, 1)[1] = -50;
  const std::vector<SamplePixel> samples = sample_pixels(hsi, Cube(8, 8, 1), reference);
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].row == 1);
  CHECK(samples[0].col == 6);
  CHECK(reference.pixel(samples[1].row, samples[1].col)[0] == doctest::Approx(4).epsilon(0.3));
  CHECK(samples[2].row == 6);
  CHECK(samples[2].col == 1);
  CHECK(sample_pixels(hsi, reference, {}).size() == 2);
}

TEST_CASE("scene places: what is shown lies where all images have data") {
  Cube msi(64, 48, 2);
  for (Index row = 36; row < 44; ++row) {
    for (Index col = 20; col < 28; ++col) msi.pixel(row, col)[0] = static_cast<float>((row + col) % 2);
  }
  // A gap has edges of its own, and far stronger ones.
  msi.valid.assign(static_cast<std::size_t>(msi.pixels()), 1);
  for (Index row = 0; row < 12; ++row) {
    for (Index col = 0; col < 12; ++col) {
      msi.pixel(row, col)[0] = static_cast<float>(9 * ((row + col) % 2));
      msi.valid[static_cast<std::size_t>(row * 48 + col)] = 0;
    }
  }
  CHECK(detail_of(msi, 4).value() == Rectangle{32, 16, 12, 12});

  Cube reference(8, 8, 2), hsi(4, 4, 2), fine(8, 8, 1);
  for (Index i = 0; i < 64; ++i) reference.values[2 * i] = static_cast<float>(i % 8);
  reference.pixel(1, 6)[1] = 100;
  reference.pixel(6, 1)[1] = -50;
  reference.pixel(6, 6)[1] = 30;
  reference.pixel(3, 3)[1] = -20;
  hsi.valid.assign(16, 1);
  hsi.valid[3] = 0;  // under (1, 6)
  fine.valid.assign(64, 1);
  fine.valid[6 * 8 + 1] = 0;
  const std::vector<SamplePixel> samples = sample_pixels(hsi, fine, reference);
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].row == 6);
  CHECK(samples[0].col == 6);
  CHECK(samples[2].row == 3);
  CHECK(samples[2].col == 3);
  fine.valid.assign(64, 0);
  CHECK(sample_pixels(hsi, fine, reference)[0].row == 1);
}
