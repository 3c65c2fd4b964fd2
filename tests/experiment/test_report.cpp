#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <set>

#include "specfuse/experiment/figures_scene.h"
#include "specfuse/experiment/report.h"

using namespace specfuse;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string decode_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0, pending = 0;
  for (const char character : text) {
    const std::size_t digit = digits.find(character);
    if (digit == std::string::npos) break;
    pending = pending << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(pending >> bits & 0xff);
  }
  return bytes;
}

Cube gradient(Index rows, Index cols, Index bands) {
  Cube cube(rows, cols, bands);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(i % 17);
  return cube;
}

}  // namespace

TEST_CASE("report: the page is one file with its pictures inside, and every text escaped") {
  Report report;
  report.title = "a <b> & \"c\"";
  report.summary = "<i>";
  report.notes = {"note <1>"};
  report.facts = {{"Run <2>", {{"key <3>", "value <4>"}}}};
  Image image(3, 2);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(50 + 11 * i);
  report.groups = {{"Group <5>", "why <6>", "", {{"x", "picture <7>", image, ""}}}};
  const std::string html = report_html(report);
  CHECK(contains(html, "<h1>a &lt;b&gt; &amp; &quot;c&quot;</h1>"));
  CHECK_FALSE(contains(html, "<i>"));
  for (const char digit : std::string("1234567")) {
    CAPTURE(digit);
    CHECK(contains(html, std::string("&lt;") + digit + "&gt;"));
    CHECK_FALSE(contains(html, std::string("<") + digit));
  }
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(contains(html, "http"));
  const std::string mark = "src=\"data:image/png;base64,";
  const std::size_t begin = html.find(mark) + mark.size();
  CHECK(decode_base64(html.substr(begin, html.find('"', begin) - begin)) == encode_png(image));
}

TEST_CASE("report: pictures of every length of data survive the page") {
  std::set<std::size_t> remainders;
  for (Index cols = 1; cols < 40; ++cols) {
    Image image(1, cols);
    // The rest stays black and is packed away, so that the lengths differ by other than threes.
    for (Index i = 0; i < cols; ++i) image.rgb[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i * i * 31);
    Report report;
    report.groups = {{"", "", "", {{"x", "", image, ""}}}};
    const std::string html = report_html(report), png = encode_png(image), mark = "base64,";
    remainders.insert(png.size() % 3);
    const std::size_t begin = html.find(mark) + mark.size(), end = html.find('"', begin);
    CHECK((end - begin) % 4 == 0);
    CHECK(decode_base64(html.substr(begin, end - begin)) == png);
  }
  CHECK(remainders.size() == 3);
}

TEST_CASE("report: a scene with reference has images, two kinds of maps and a chart of bands") {
  const Cube reference = gradient(6, 4, 7);
  SceneFigures scene(gradient(3, 2, 7), gradient(6, 4, 3), reference, "counts");
  for (const std::string label : {"first", "second"}) {
    Differences differences{Tensor(Shape{6, 4}), Tensor(Shape{6, 4}), std::vector<double>(7, 30.0)};
    differences.error[3] = label == "first" ? 8.0f : 2.0f;
    differences.sam_deg[5] = std::nanf("");
    scene.add(label, reference, differences);
  }
  const std::vector<FigureGroup> groups = scene.groups();
  REQUIRE(groups.size() == 4);
  std::vector<std::string> names;
  for (const FigureGroup& group : groups) {
    for (const Figure& figure : group.figures) names.push_back(figure.name);
  }
  CHECK(names == std::vector<std::string>{"hsi", "msi", "reference", "fused_first", "fused_second", "error_first",
                                          "error_second", "sam_first", "sam_second", "band_psnr"});
  CHECK(groups[0].figures[2].image.rgb == groups[0].figures[3].image.rgb);
  CHECK(groups[0].figures[0].image.rows == 3 * 86);
  CHECK(contains(groups[0].note, "band 3, band 2 and band 1"));
  CHECK(contains(groups[1].colour_bar, " counts</text>"));
  CHECK(contains(groups[2].colour_bar, " degrees</text>"));
  CHECK(contains(groups[3].figures[0].svg, ">band</text>"));
}

TEST_CASE("report: maps of one kind share one scale, of what is defined") {
  const Cube reference = gradient(10, 20, 3);
  SceneFigures scene(gradient(5, 10, 3), reference, reference);
  for (const float worst : {8.0f, 2.0f}) {
    Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20}), {30, 30, 30}};
    for (Index i = 0; i < 100; ++i) differences.error[i] = worst;
    for (Index i = 1; i < 200; ++i) differences.sam_deg[i] = std::nanf("");
    differences.sam_deg[0] = worst / 2;
    scene.add(worst == 8.0f ? "bad" : "good", reference, differences);
  }
  CHECK(contains(scene.groups()[2].colour_bar, ">4 degrees</text>"));
  const FigureGroup errors = scene.groups()[1];
  CHECK(contains(errors.colour_bar, ">8</text>"));
  CHECK(errors.figures[0].image.pixel(0, 0)[0] == 252);
  CHECK(errors.figures[1].image.pixel(0, 0)[0] == 86);
}

TEST_CASE("report: a scene without reference has images only, and wavelengths name its colours") {
  Cube hsi = gradient(3, 2, 4);
  hsi.wavelength_nm = {451.2, 549.6, 648.4, 900};
  SceneFigures scene(hsi, gradient(6, 4, 1), {});
  scene.add("only", gradient(6, 4, 4), {});
  const std::vector<FigureGroup> groups = scene.groups();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].figures.size() == 3);
  CHECK(contains(groups[0].note, "648 nm, 550 nm and 451 nm"));
}

TEST_CASE("report: the chart of bands is broken where bands are missing and sorted where they overlap") {
  Cube reference = gradient(2, 2, 7);
  reference.wavelength_nm = {400, 410, 420, 415, 900, 910, 920};
  SceneFigures scene(reference, reference, reference);
  scene.add("a", reference, Differences{Tensor(Shape{2, 2}), Tensor(Shape{2, 2}), {30, 31, 32, 33, 34, 35, 36}});
  const std::string svg = scene.groups().back().figures[0].svg;
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

TEST_CASE("report: a loss chart has a dashed line of the validations alone") {
  const double nan = std::nan("");
  const FigureGroup group = loss_figures({{"a", {1, 2, 3}, {9, 4, 1}, {nan, 5, 2}}, {"b", {1, 2}, {3, 2}, {nan, nan}}});
  const std::string& svg = group.figures.at(0).svg;
  CHECK(contains(svg, ">a (validation)</text>"));
  CHECK_FALSE(contains(svg, ">b (validation)</text>"));
  CHECK(contains(svg, "stroke-dasharray"));
}
