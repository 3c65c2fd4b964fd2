#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <set>

#include "specfuse/core/error.h"
#include "specfuse/report/figures.h"

using namespace specfuse;

namespace {

using Colour = std::array<int, 3>;

Colour colour(const Image& image, Index row, Index col) {
  const std::uint8_t* pixel = image.pixel(row, col);
  return {pixel[0], pixel[1], pixel[2]};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

void check_ticks(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-12));
}

}  // namespace

TEST_CASE("figures: a stretch takes the bands nearest to red, green and blue, in any order of wavelengths") {
  Cube cube(1, 1, 5);
  cube.wavelength_nm = {900, 640, 430, 560, 545};
  CHECK(stretch_of(cube).bands == std::array<Index, 3>{1, 4, 2});
}

TEST_CASE("figures: without wavelengths the bands follow their number") {
  CHECK(stretch_of(Cube(1, 1, 200)).bands == std::array<Index, 3>{30, 20, 10});
  CHECK(stretch_of(Cube(1, 1, 6)).bands == std::array<Index, 3>{2, 1, 0});
  CHECK(stretch_of(Cube(1, 1, 2)).bands == std::array<Index, 3>{1, 1, 0});
  CHECK(stretch_of(Cube(1, 1, 1)).bands == std::array<Index, 3>{0, 0, 0});
  CHECK_THROWS_AS(stretch_of(Cube()), Error);
}

TEST_CASE("figures: a stretch leaves two in a hundred pixels at either end") {
  Cube cube(101, 1, 3);
  for (Index i = 0; i < 101; ++i) cube.values[i * 3] = static_cast<float>((i * 37) % 101);
  const Stretch stretch = stretch_of(cube);
  CHECK(stretch.bands[2] == 0);
  CHECK(stretch.low[2] == 2.0f);
  CHECK(stretch.high[2] == 98.0f);
  CHECK(stretch.low[0] == 0.0f);
  CHECK(stretch.high[0] == 0.0f);
}

TEST_CASE("figures: a composite is linear between the limits, clipped beyond, and grey in a flat band") {
  Cube cube(1, 4, 2);
  cube.values = Tensor::from({1, 4, 2}, {-9, 7, 10, 7, 15, 7, 99, 7});
  const Image image = composite(cube, {{0, 0, 1}, {10, 5, 7}, {20, 15, 7}});
  CHECK(image.rows == 1);
  CHECK(image.cols == 4);
  CHECK(colour(image, 0, 0) == Colour{0, 0, 128});
  CHECK(colour(image, 0, 1) == Colour{0, 128, 128});
  CHECK(colour(image, 0, 2) == Colour{128, 255, 128});
  CHECK(colour(image, 0, 3) == Colour{255, 255, 128});
  CHECK_THROWS_WITH_AS(composite(cube, {{0, 0, 2}, {}, {}}), "composite: expected a band below 2, got 2", Error);
}

TEST_CASE("figures: a heat map goes from black to pale yellow, ever brighter, and is grey where undefined") {
  Tensor map(Shape{3, 100});
  for (Index i = 0; i < 100; ++i) map[i] = 2 + 0.03f * static_cast<float>(i + 1);
  map[100] = -1e30f;
  map[101] = std::numeric_limits<float>::infinity();
  map[102] = std::numeric_limits<float>::quiet_NaN();
  map[103] = 3.5f;
  const Image image = heat_map(map, 2, 5);
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

TEST_CASE("figures: small pictures are enlarged by whole pixels, large ones thinned out") {
  Image small(5, 7);
  for (Index row = 0; row < 5; ++row) {
    for (Index col = 0; col < 7; ++col) small.pixel(row, col)[1] = static_cast<std::uint8_t>(row * 7 + col);
  }
  const Image enlarged = page_sized(small);
  CHECK(enlarged.rows == 5 * 37);
  CHECK(enlarged.cols == 7 * 37);
  CHECK(enlarged.pixel(36, 36)[1] == 0);
  CHECK(enlarged.pixel(36, 37)[1] == 1);
  CHECK(enlarged.pixel(37, 36)[1] == 7);
  CHECK(enlarged.pixel(184, 258)[1] == 34);

  CHECK(page_sized(Image(300, 1024)).cols == 1024);
  Image large(3, 2050);
  large.pixel(0, 2049)[0] = 9;
  const Image thinned = page_sized(large);
  CHECK(thinned.rows == 1);
  CHECK(thinned.cols == 684);
  CHECK(thinned.pixel(0, 683)[0] == 9);
}

TEST_CASE("figures: ticks are round numbers within the range") {
  check_ticks(round_ticks(0, 10, 5), {0, 2, 4, 6, 8, 10});
  check_ticks(round_ticks(-0.013, 0.41, 5), {0, 0.1, 0.2, 0.3, 0.4});
  check_ticks(round_ticks(401, 2500, 8), {500, 1000, 1500, 2000, 2500});
  check_ticks(round_ticks(-3e-7, 3e-7, 3), {-2e-7, 0, 2e-7});
  CHECK_FALSE(std::signbit(round_ticks(-1e-12, 10, 5).front()));
  CHECK(round_ticks(1, 1, 5).empty());
  CHECK(round_ticks(0, std::nan(""), 5).empty());
  for (const double high : {1.0, 1.9, 3.3, 7.7, 9.99}) CHECK(round_ticks(0, high, 6).size() <= 7);
}

TEST_CASE("figures: logarithmic ticks are decades, finer where there are few, thinned where there are many") {
  check_ticks(decade_ticks(0.0005, 3), {0.001, 0.01, 0.1, 1});
  check_ticks(decade_ticks(0.03, 0.3), {0.05, 0.1, 0.2});
  CHECK(decade_ticks(1e-30, 1).size() <= 9);
  CHECK(decade_ticks(1e-30, 1).size() >= 4);
  CHECK(decade_ticks(0, 1).empty());
}

TEST_CASE("figures: a chart breaks its lines at gaps, keeps single points and escapes its texts") {
  const double nan = std::nan("");
  Chart chart{"x <nm>", "y & z", {{"a<b", {1, 2, 3, 4, 5, 6}, {1, 2, nan, 4, nan, 5}}}, false};
  const std::string svg = line_chart(chart);
  CHECK(count(svg, "<polyline") == 1);
  CHECK(count(svg, "<circle") == 2);
  CHECK(count(svg, ">a&lt;b</text>") == 1);
  CHECK(count(svg, ">x &lt;nm&gt;</text>") == 1);
  CHECK(count(svg, ">y &amp; z</text>") == 1);
  CHECK(count(svg, "nan") == 0);
  chart.series[0].x.pop_back();
  CHECK_THROWS_AS(line_chart(chart), Error);
}

TEST_CASE("figures: a logarithmic chart leaves out what is not positive") {
  const std::string svg = line_chart({"step", "loss", {{"a", {0, 1, 2, 3}, {1, 0, 0.01, 0.001}}}, true});
  CHECK(count(svg, "<circle") == 1);
  CHECK(count(svg, "<polyline") == 1);
  CHECK(count(svg, ">0.01</text>") == 1);
  CHECK(count(svg, "inf") == 0);
}

TEST_CASE("figures: the first and last points lie at the ends of the axes, higher values further up") {
  const std::string svg = line_chart({"x", "y", {{"a", {10, 20}, {0, 1}}}, false});
  const std::size_t at = svg.find("points=\"") + 8;
  double x1, y1, x2, y2;
  REQUIRE(std::sscanf(svg.c_str() + at, "%lf,%lf %lf,%lf", &x1, &y1, &x2, &y2) == 4);
  CHECK(x1 == doctest::Approx(62));
  CHECK(x2 == doctest::Approx(626));
  CHECK(y1 > y2);
}

TEST_CASE("figures: a chart of nothing, of one point and of a constant still is one") {
  const auto finite = [](const Chart& chart) {
    const std::string svg = line_chart(chart);
    return count(svg, "nan") == 0 && count(svg, "inf") == 0;
  };
  CHECK(finite({"x", "y", {}, false}));
  CHECK(finite({"x", "y", {{"a", {}, {}}}, true}));
  CHECK(finite({"x", "y", {{"a", {3}, {0}}}, false}));
  CHECK(finite({"x", "y", {{"a", {1, 2}, {5, 5}}}, true}));
}

TEST_CASE("figures: of a long series the extremes are kept") {
  Series series{"a", {}, {}};
  for (int i = 0; i < 100000; ++i) {
    series.x.push_back(i);
    series.y.push_back(i == 54321 ? 100 : i == 12345 ? std::nan("") : std::sin(i));
  }
  const std::string svg = line_chart({"x", "y", {series}, false});
  CHECK(svg.size() < 60000);
  // The top of the plot, 4 % of the data's span below its upper edge.
  Series peak{"a", {0, 54321, 99999}, {-1, 100, -1}};
  const std::string few = line_chart({"x", "y", {peak}, false});
  const std::size_t comma = few.find(',', few.find(' ', few.find("points=\"")));
  const std::string top = few.substr(comma, few.find(' ', comma) - comma);
  CHECK(count(svg, top + " ") == 1);
}

TEST_CASE("figures: a colour bar names both ends and the unit") {
  const std::string bar = colour_bar(0, 12.3456, "W/m²/<sr>");
  CHECK(count(bar, ">0</text>") == 1);
  CHECK(count(bar, ">12.35 W/m²/&lt;sr&gt;</text>") == 1);
}

TEST_CASE("figures: false colours need bands that are there") {
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

TEST_CASE("figures: more series than colours are told apart by their dashes") {
  Chart chart{"x", "y", {}, false};
  for (int i = 0; i < 20; ++i) chart.series.push_back({"s", {0, 1}, {0, 1}, false, i});
  chart.series.push_back({"ink", {0, 1}, {0, 1}, false, kInkColour});
  const std::string svg = line_chart(chart);
  std::set<std::string> styles;
  for (std::size_t at = svg.find("<g style=\"stroke:var(--series"); at != std::string::npos;
       at = svg.find("<g style=\"stroke:var(--series", at + 1)) {
    styles.insert(svg.substr(at, svg.find('>', at) - at));
  }
  CHECK(styles.size() == 20);
  CHECK(svg.find("stroke:var(--ink,#333)") != std::string::npos);
}

TEST_CASE("figures: dots and bars of spread mark points, and the axis has room for the bars") {
  Series series{"a", {0, 1, 2}, {5, 6, 7}};
  const std::string bare = line_chart({"x", "y", {series}, false});
  series.dotted = true;
  series.spread = {0, std::nan(""), 3};
  const std::string svg = line_chart({"x", "y", {series}, false});
  CHECK(count(bare, "<circle") == 0);
  CHECK(count(svg, "<circle") == 3);
  CHECK(count(svg, ">10<") == 1);
  CHECK(count(bare, ">10<") == 0);
  series.spread = {1};
  CHECK_THROWS_WITH_AS(line_chart({"x", "y", {series}, false}), "line_chart: expected as many spreads as y in a, got 1",
                       Error);
}

TEST_CASE("figures: an axis has each name that is given once, one of powers has decades") {
  Chart chart{"kind", "y", {{"a", {0, 2}, {1, 2}}}};
  chart.x_ticks = {{0, "first"}, {1, "<b>"}, {3, "third"}};
  const std::string named = line_chart(chart);
  CHECK(count(named, ">first<") == 1);
  CHECK(count(named, ">&lt;b&gt;<") == 1);
  CHECK(named.find(">first<") < named.find(">third<"));
  Chart wide{"rate", "y", {{"a", {1e-4, 1e-2}, {1, 2}}}};
  wide.x_logarithmic = true;
  CHECK(count(line_chart(wide), ">0.001<") == 1);
}
