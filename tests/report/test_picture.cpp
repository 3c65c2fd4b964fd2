#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/text_format.h"
#include "support/text.h"

using namespace specfuse;

namespace {

using Colour = std::array<int, 3>;

Colour colour(const Picture& image, Index row, Index col) {
  const std::uint8_t* pixel = image.pixel(row, col);
  return {pixel[0], pixel[1], pixel[2]};
}

}  // namespace

TEST_CASE("picture: a stretch takes the bands nearest to red, green and blue, in any order of wavelengths") {
  Cube cube(1, 1, 5);
  cube.wavelength_nm = {900, 640, 430, 560, 545};
  CHECK(stretch_of(cube).bands == std::array<Index, 3>{1, 4, 2});
}

TEST_CASE("picture: without wavelengths the bands follow their number") {
  CHECK(stretch_of(Cube(1, 1, 200)).bands == std::array<Index, 3>{30, 20, 10});
  CHECK(stretch_of(Cube(1, 1, 6)).bands == std::array<Index, 3>{2, 1, 0});
  CHECK(stretch_of(Cube(1, 1, 2)).bands == std::array<Index, 3>{1, 1, 0});
  CHECK(stretch_of(Cube(1, 1, 1)).bands == std::array<Index, 3>{0, 0, 0});
  CHECK_THROWS_AS(stretch_of(Cube()), Error);
}

TEST_CASE("picture: a stretch leaves two in a hundred pixels at either end") {
  Cube cube(101, 1, 3);
  for (Index i = 0; i < 101; ++i) cube.values[i * 3] = static_cast<float>((i * 37) % 101);
  const Stretch stretch = stretch_of(cube);
  CHECK(stretch.bands[2] == 0);
  CHECK(stretch.low[2] == 2.0f);
  CHECK(stretch.high[2] == 98.0f);
  CHECK(stretch.low[0] == 0.0f);
  CHECK(stretch.high[0] == 0.0f);
  cube.valid.assign(101, 0);
  CHECK(stretch_of(cube).high[2] == 0.0f);
}

TEST_CASE("picture: a composite is linear between the limits, clipped beyond, and grey in a flat band") {
  Cube cube(1, 4, 2);
  cube.values = Tensor::from({1, 4, 2}, {-9, 7, 10, 7, 15, 7, 99, 7});
  const Picture image = composite(cube, {{0, 0, 1}, {10, 5, 7}, {20, 15, 7}});
  CHECK(image.rows == 1);
  CHECK(image.cols == 4);
  CHECK(colour(image, 0, 0) == Colour{0, 0, 128});
  CHECK(colour(image, 0, 1) == Colour{0, 128, 128});
  CHECK(colour(image, 0, 2) == Colour{128, 255, 128});
  CHECK(colour(image, 0, 3) == Colour{255, 255, 128});
  CHECK_THROWS_WITH_AS(composite(cube, {{0, 0, 2}, {}, {}}), "composite: expected a band below 2, got 2", Error);
}

TEST_CASE("picture: a heat map goes from black to pale yellow, ever brighter, and is grey where undefined") {
  Tensor map(Shape{3, 100});
  for (Index i = 0; i < 100; ++i) map[i] = 2 + 0.03f * static_cast<float>(i + 1);
  map[100] = -1e30f;
  map[101] = std::numeric_limits<float>::infinity();
  map[102] = std::numeric_limits<float>::quiet_NaN();
  map[103] = 3.5f;
  const Picture image = heat_map(map, 2, 5);
  CHECK(colour(image, 1, 0) == Colour{0, 0, 4});
  CHECK(colour(image, 1, 1) == Colour{252, 255, 164});
  CHECK(colour(image, 0, 99) == Colour{252, 255, 164});
  CHECK(colour(image, 1, 2) == Colour{128, 128, 128});
  CHECK(colour(image, 1, 3) == Colour{188, 55, 84});
  const auto brightness = [&](Index i) {
    const Colour c = colour(image, 0, i);
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
  };
  bool rises = true;
  for (Index i = 1; i < 100; ++i) rises = rises && brightness(i) > brightness(i - 1);
  CHECK(rises);
  CHECK_THROWS_AS(heat_map(map, 1, 1), Error);
  CHECK_THROWS_AS(heat_map(Tensor(Shape{3}), 0, 1), Error);
}

TEST_CASE("picture: small pictures are enlarged by whole pixels, large ones thinned out") {
  Picture small(5, 7);
  for (Index row = 0; row < 5; ++row) {
    for (Index col = 0; col < 7; ++col) small.pixel(row, col)[1] = static_cast<std::uint8_t>(row * 7 + col);
  }
  const Picture enlarged = page_sized(small);
  CHECK(enlarged.rows == 5 * 37);
  CHECK(enlarged.cols == 7 * 37);
  CHECK(enlarged.pixel(36, 36)[1] == 0);
  CHECK(enlarged.pixel(36, 37)[1] == 1);
  CHECK(enlarged.pixel(37, 36)[1] == 7);
  CHECK(enlarged.pixel(184, 258)[1] == 34);

  CHECK(page_sized(Picture(300, 1024)).cols == 1024);
  Picture large(3, 2050);
  large.pixel(0, 2049)[0] = 9;
  const Picture thinned = page_sized(large);
  CHECK(thinned.rows == 1);
  CHECK(thinned.cols == 684);
  CHECK(thinned.pixel(0, 683)[0] == 9);
  Picture high(2050, 3);
  high.pixel(2046, 0)[0] = 9;
  CHECK(page_sized(high).pixel(682, 0)[0] == 9);
}

TEST_CASE("picture: colour bars have round ticks where they belong, and the unit") {
  const std::string bar = heat_bar(12.3456, "W/m²/<sr>");
  for (const char* tick : {"0", "5", "10"}) CHECK(count(bar, concat(">", tick, "</text>")) == 1);
  CHECK(contains(bar, concat("<text x=\"", number_text(16 + 260 * 5 / 12.3456, 1), "\"")));
  CHECK(count(bar, ">W/m²/&lt;sr&gt;</text>") == 1);
  CHECK(count(heat_bar(30000, "counts"), ">20000</text>") == 1);
  const std::string both = difference_bar(3, "dB");
  for (const char* tick : {"-2", "0", "2"}) CHECK(count(both, concat(">", tick, "</text>")) == 1);
  CHECK(contains(both, "<text x=\"146.0\""));  // zero in the middle
}

TEST_CASE("picture: a map of differences is blue below zero, white at it and red above") {
  Tensor map(Shape{1, 5});
  const float values[] = {-9, 0, 3, 1.5f, std::nanf("")};
  std::copy(values, values + 5, map.data());
  const Picture image = difference_map(map, 3);
  const auto colour = [&](Index col) {
    const std::uint8_t* const rgb = image.pixel(0, col);
    return Rgb{rgb[0], rgb[1], rgb[2]};
  };
  CHECK(colour(0) == kBlueToRed.front());
  CHECK(colour(1) == kBlueToRed[3]);
  CHECK(colour(2) == kBlueToRed.back());
  CHECK(colour(3)[0] == (kBlueToRed[4][0] + kBlueToRed[5][0]) / 2);
  CHECK(colour(4) == kUndefinedColour);
  CHECK_THROWS_AS(difference_map(map, 0), Error);
}

TEST_CASE("picture: enlarging repeats every pixel as often as it takes") {
  Picture image(2, 3);
  image.pixel(1, 2)[1] = 7;
  const Picture large = enlarged(image, 10);
  CHECK(large.rows == 8);
  CHECK(large.cols == 12);
  CHECK(large.pixel(4, 8)[1] == 7);
  CHECK(large.pixel(7, 11)[1] == 7);
  CHECK(large.pixel(3, 8)[1] == 0);
  CHECK(enlarged(image, 3).rgb == image.rgb);
}

TEST_CASE("picture: false colours need bands that are there") {
  Cube cube(1, 2, 4);
  CHECK_FALSE(false_colour_of(cube));
  cube.wavelength_nm = {560, 670, 840, 1610};
  CHECK(false_colour_of(cube).value().bands == std::array<Index, 3>{3, 2, 1});
  cube.wavelength_nm = {560, 670, 840, 1300};
  CHECK(false_colour_of(cube).value().bands == std::array<Index, 3>{2, 1, 0});
  cube.wavelength_nm = {450, 560, 670, 700};
  CHECK_FALSE(false_colour_of(cube));
  CHECK(false_colour_of(Cube(1, 1, 100)).value().bands == std::array<Index, 3>{62, 22, 15});
}
