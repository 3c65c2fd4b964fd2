#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <iterator>
#include <limits>
#include <regex>
#include <set>

#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"
#include "support/text.h"

using namespace specfuse;

namespace {

void check_ticks(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-12));
}

}  // namespace

TEST_CASE("line chart: ticks are round numbers within the range") {
  check_ticks(round_ticks(0, 10, 5), {0, 2, 4, 6, 8, 10});
  check_ticks(round_ticks(-0.013, 0.41, 5), {0, 0.1, 0.2, 0.3, 0.4});
  check_ticks(round_ticks(401, 2500, 8), {500, 1000, 1500, 2000, 2500});
  check_ticks(round_ticks(-3e-7, 3e-7, 3), {-2e-7, 0, 2e-7});
  CHECK_FALSE(std::signbit(round_ticks(-1e-12, 10, 5).front()));
  CHECK(round_ticks(1, 1, 5).empty());
  CHECK(round_ticks(0, std::nan(""), 5).empty());
  for (const double high : {1.0, 1.9, 3.3, 7.7, 9.99}) CHECK(round_ticks(0, high, 6).size() <= 7);
}

TEST_CASE("line chart: ticks that four digits do not tell apart have more") {
  CHECK(tick_texts({0, 0.5, 1}) == std::vector<std::string>{"0", "0.5", "1"});
  CHECK(tick_texts({9986.9, 9986.95, 9987}) == std::vector<std::string>{"9986.90", "9986.95", "9987.00"});
}

TEST_CASE("line chart: logarithmic ticks are decades, finer where there are few, thinned where there are many") {
  check_ticks(decade_ticks(0.0005, 3), {0.001, 0.01, 0.1, 1});
  check_ticks(decade_ticks(0.03, 0.3), {0.05, 0.1, 0.2});
  CHECK(decade_ticks(1e-30, 1).size() <= 9);
  CHECK(decade_ticks(1e-30, 1).size() >= 4);
  CHECK(decade_ticks(0, 1).empty());
}

TEST_CASE("line chart: a chart breaks its lines at gaps, keeps single points and escapes its texts") {
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

TEST_CASE("line chart: a logarithmic chart leaves out what is not positive") {
  const std::string svg = line_chart({"step", "loss", {{"a", {0, 1, 2, 3}, {1, 0, 0.01, 0.001}}}, true});
  CHECK(count(svg, "<circle") == 1);
  CHECK(count(svg, "<polyline") == 1);
  CHECK(count(svg, ">0.01</text>") == 1);
  CHECK(count(svg, "inf") == 0);
}

TEST_CASE("line chart: the first and last points lie at the ends of the axes, higher values further up") {
  const std::string svg = line_chart({"x", "y", {{"a", {10, 20}, {0, 1}}}, false});
  const std::size_t at = svg.find("points=\"") + 8;
  double x1, y1, x2, y2;
  REQUIRE(std::sscanf(svg.c_str() + at, "%lf,%lf %lf,%lf", &x1, &y1, &x2, &y2) == 4);
  CHECK(x1 == doctest::Approx(62));
  CHECK(x2 == doctest::Approx(626));
  CHECK(y1 > y2);
}

TEST_CASE("line chart: a chart of nothing, of one point and of a constant still is one") {
  const auto finite = [](const Chart& chart) {
    const std::string svg = line_chart(chart);
    return count(svg, "nan") == 0 && count(svg, "inf") == 0;
  };
  CHECK(finite({"x", "y", {}, false}));
  CHECK(finite({"x", "y", {{"a", {}, {}}}, true}));
  CHECK(finite({"x", "y", {{"a", {3}, {0}}}, false}));
  CHECK(finite({"x", "y", {{"a", {1, 2}, {5, 5}}}, true}));
}

TEST_CASE("line chart: of a long series the extremes are kept") {
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

TEST_CASE("line chart: more series than colours are told apart by their dashes") {
  Chart chart{"x", "y", {}, false};
  for (int i = 0; i < 20; ++i) chart.series.push_back({"s", {0, 1}, {0, 1}, false, i});
  chart.series.push_back({"ink", {0, 1}, {0, 1}, false, kInk});
  const std::string svg = line_chart(chart);
  std::set<std::string> styles;
  for (std::size_t at = svg.find("<g style=\"stroke:var(--series"); at != std::string::npos;
       at = svg.find("<g style=\"stroke:var(--series", at + 1)) {
    styles.insert(svg.substr(at, svg.find('>', at) - at));
  }
  CHECK(styles.size() == 20);
  CHECK(svg.find("stroke:var(--ink,#333)") != std::string::npos);
}

TEST_CASE("line chart: dots and bars of spread mark points, and the axis has room for the bars") {
  Series series{"a", {0, 1, 2}, {5, 6, 7}};
  const std::string bare = line_chart({"x", "y", {series}, false});
  series.dotted = true;
  series.spread = {0, std::nan(""), 3};
  const std::string svg = line_chart({"x", "y", {series}, false});
  CHECK(count(bare, "<circle") == 0);
  CHECK(count(svg, "<circle") == 3 + 1);  // and in the legend
  CHECK(count(svg, ">10<") == 1);
  CHECK(count(bare, ">10<") == 0);
  series.spread = {1};
  CHECK_THROWS_WITH_AS(line_chart({"x", "y", {series}, false}), "line_chart: expected as many spreads as y in a, got 1",
                       Error);
}

TEST_CASE("line chart: an axis has each name that is given once, one of powers has decades") {
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

TEST_CASE("line chart: each place has its marker, also where colours come again, and the legend shows it") {
  std::set<std::string> looks;
  for (int place = 0; place < 20; ++place) {
    Chart chart{"x", "y", {{"a", {0, 1, 2}, {5, 6, 7}, false, place}}};
    chart.series[0].dotted = true;
    const std::string svg = line_chart(chart);
    const std::size_t in_legend = svg.find("<g stroke-dasharray=\"none\""), end = svg.find("</g>", in_legend);
    const std::string marker = svg.substr(in_legend, end - in_legend);
    CHECK(contains(marker, "style=\"fill:var(--series-"));
    // The shape without its position: in the plot there are three of them.
    const std::string shape =
        marker.substr(marker.rfind('<'), marker.find_first_of(" ", marker.rfind('<')) - marker.rfind('<'));
    CHECK(count(svg, shape + " ") >= 4);
    looks.insert(marker);
  }
  CHECK(looks.size() == 20);
}

TEST_CASE("line chart: lines of one colour differ by their dashes, markers and bars are never dashed") {
  Chart chart{"x", "y", {}};
  std::set<std::string> styles;
  for (int dash = 0; dash < 6; ++dash) {
    Series series{"a", {0, 1}, {0, 1}, false, 2};
    series.dash = dash;
    series.dotted = true;
    series.spread = {1, 1};
    chart.series = {series};
    const std::string svg = line_chart(chart), plot = svg.substr(svg.find("<g fill=\"none\""));
    const std::size_t begin = plot.find("<g style=\"stroke:");
    styles.insert(plot.substr(begin, plot.find('>', begin) - begin));
    CHECK(plot.find("<polygon") > plot.find("<g stroke-dasharray=\"none\""));
    CHECK(plot.find("<line") > plot.find("<g stroke-dasharray=\"none\""));
  }
  CHECK(styles.size() == 6);
}

TEST_CASE("line chart: a legend of its own stands instead of the names of the series, which are titles then") {
  Chart chart{"x", "y", {{"a <1>", {0, 1}, {0, 1}}, {"a <2>", {0, 1}, {1, 2}}}};
  CHECK_FALSE(contains(line_chart(chart), "<title>"));
  chart.legend = {{"all", {}, {}}, {"faint", {}, {}, false, kFaintInk}};
  const std::string svg = line_chart(chart);
  CHECK(contains(svg, ">all</text>"));
  CHECK(contains(svg, "stroke:var(--faint,"));
  CHECK(count(svg, "a &lt;") == 2);
  CHECK(contains(svg, "<title>a &lt;2&gt;</title>"));
}

TEST_CASE("line chart: names on the axis are slanted where they would touch, and thinned where even that would") {
  const auto with = [](int names, const std::string& name) {
    Chart chart{"x", "y", {{"a", {0, 1}, {1, 2}}}};
    for (int i = 0; i < names; ++i) chart.x_ticks.emplace_back(i, name);
    return line_chart(chart);
  };
  CHECK_FALSE(contains(with(5, "sentinel2a"), "rotate(-45"));
  CHECK(count(with(9, "sentinel2a"), "rotate(-45") == 9);
  // A name turns around its own end.
  const std::regex turned(R"x(rotate\(-45 ([0-9.]+) ([0-9.]+)\)"><text x="\1" y="\2" text-anchor="end")x");
  const std::string nine = with(9, "sentinel2a");
  CHECK(std::distance(std::sregex_iterator(nine.begin(), nine.end(), turned), {}) == 9);
  CHECK_FALSE(contains(with(9, "4"), "rotate(-45"));
  const auto shown = count(with(200, "4"), "rotate(-45");
  CHECK(shown > 20);
  CHECK(shown < 40);
  const auto height = [](const std::string& svg) { return std::stod(svg.substr(svg.find("viewBox=\"0 0 640 ") + 17)); };
  CHECK(height(with(9, "sentinel2a")) > height(with(9, "4")) + 30);
}
