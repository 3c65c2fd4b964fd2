#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "specfuse/report/figures_inputs.h"
#include "specfuse/report/figures_scene.h"
#include "specfuse/report/report.h"

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
  CHECK(contains(errors.colour_bar, ">8 (values of the scene)</text>"));
  CHECK(errors.figures[0].image.pixel(0, 0)[0] == 252);
  CHECK(errors.figures[1].image.pixel(0, 0)[0] == 86);
}

TEST_CASE("report: a scene without reference has images only, and wavelengths name its colours") {
  Cube hsi = gradient(3, 2, 4);
  hsi.wavelength_nm = {451.2, 560, 659.6, 850};
  SceneFigures scene(hsi, gradient(6, 4, 1), {});
  scene.add("only", gradient(6, 4, 4), {});
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

TEST_CASE("report: the chart of bands is broken where bands are missing and sorted where they overlap") {
  Cube reference = gradient(2, 2, 7);
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

TEST_CASE("report: a loss chart has a dashed line of the validations alone") {
  const double nan = std::nan("");
  const FigureGroup group = loss_figures({{"a", {1, 2, 3}, {9, 4, 1}, {nan, 5, 2}}, {"b", {1, 2}, {3, 2}, {nan, nan}}});
  const std::string& svg = group.figures.at(0).svg;
  CHECK(contains(svg, ">a (validation)</text>"));
  CHECK_FALSE(contains(svg, ">b (validation)</text>"));
  CHECK(contains(svg, "stroke-dasharray"));
}

TEST_CASE("report: maps of many methods end at the middle one, so that one bad method does not hide the others") {
  const Cube reference = gradient(10, 20, 3);
  SceneFigures scene(gradient(5, 10, 3), reference, reference);
  for (const float error : {1000.0f, 3.0f, 2.0f}) {
    Differences differences{Tensor(Shape{10, 20}), Tensor(Shape{10, 20}), {30, 30, 30}};
    for (Index i = 0; i < 200; ++i) differences.error[i] = error;
    scene.add(error == 3 ? "middle" : error > 3 ? "bad" : "good", reference, differences);
  }
  CHECK(contains(scene.groups()[1].colour_bar, ">3 (values of the scene)</text>"));
}

TEST_CASE("report: the detail is the same part of every picture, where edges are strongest") {
  Cube msi(64, 48, 2);
  for (Index row = 36; row < 44; ++row) {
    for (Index col = 20; col < 28; ++col) msi.pixel(row, col)[0] = static_cast<float>((row + col) % 2);
  }
  const Rectangle part = detail_of(msi, 4).value();
  CHECK(part == Rectangle{32, 16, 12, 12});
  const Cube hsi = gradient(16, 12, 5), reference = gradient(64, 48, 5);
  SceneFigures scene(hsi, msi, reference);
  scene.add("a", gradient(64, 48, 5), {});
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

TEST_CASE("report: sample pixels are the brightest, the median and another that up-sampling misses") {
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

TEST_CASE("report: the spectra shown are those of the sample pixels") {
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

TEST_CASE("report: the overview draws and names every part where it lies") {
  const FigureGroup group =
      overview_figure(Image(32, 64), {{"train", {0, 8, 16, 24}}, {"te<st", {16, 40, 8, 8}}, {"1", {4, 5, 1, 1}}});
  const std::string& svg = group.figures.at(0).svg;
  CHECK(contains(svg, "<rect x=\"80.0\" y=\"0.0\" width=\"240.0\" height=\"160.0\""));
  CHECK(contains(svg, "<circle cx=\"55.0\" cy=\"45.0\""));
  CHECK(contains(svg, ">te&lt;st</text>"));
  CHECK(group.note == "train: rows 0-15, cols 8-31; te<st: rows 16-23, cols 40-47.");
  CHECK(contains(svg, "viewBox=\"0 0 640 320\""));
}

TEST_CASE("report: a response is drawn where it responds") {
  const Tensor srf = Tensor::from({2, 5}, {0.5f, 0.5f, 0, 0, 0, 0, 0, 0, 0, 1});
  const std::string svg = response_figure(srf, {400, 410, 420, 430, 440}).figures.at(0).svg;
  CHECK(contains(svg, ">MSI band 2</text>"));
  CHECK(contains(svg, ">wavelength [nm]</text>"));
  const std::size_t first = svg.find("points=\""), end = svg.find('"', first + 8);
  const std::string points = svg.substr(first, end - first);
  CHECK(std::count(points.begin(), points.end(), ',') == 3);  // two bands and the foot
  CHECK(contains(response_figure(srf, {}).figures.at(0).svg, ">band</text>"));
}
