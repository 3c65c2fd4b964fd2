#include <doctest/doctest.h>

#include <set>

#include "specfuse/report/report_html.h"
#include "support/base64.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("report html: the page is one file with its pictures inside, and every text escaped") {
  ReportContent content;
  content.title = "a <b> & \"c\"";
  content.summary = {"<i>", "second"};
  content.notes = {"note <1>"};
  content.facts = {{"Run <2>", {{"key <3>", "value <4>"}}}};
  Picture image(3, 2);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(50 + 11 * i);
  content.groups = {{"Group <5>", "why <6>", {}, {{"x", "picture <7>", image, ""}}}};
  const std::string html = report_html(content);
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

TEST_CASE("report html: pictures of every length of data survive the page") {
  std::set<std::size_t> remainders;
  for (Index cols = 1; cols < 40; ++cols) {
    Picture image(1, cols);
    // The rest stays black and is packed away, so that the lengths differ by other than threes.
    for (Index i = 0; i < cols; ++i) image.rgb[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i * i * 31);
    ReportContent content;
    content.groups = {{"", "", {}, {{"x", "", image, ""}}}};
    const std::string html = report_html(content), png = encode_png(image), mark = "base64,";
    remainders.insert(png.size() % 3);
    const std::size_t begin = html.find(mark) + mark.size(), end = html.find('"', begin);
    CHECK((end - begin) % 4 == 0);
    CHECK(decode_base64(html.substr(begin, end - begin)) == png);
  }
  CHECK(remainders.size() == 3);
}

TEST_CASE("report html: no picture is alone in its last row where any number of columns prevents it") {
  for (std::size_t pictures = 2; pictures < 40; ++pictures) {
    ReportContent content;
    content.groups = {{"", "", {}, std::vector<Figure>(pictures, {"x", "", Picture(1, 1), ""})}};
    const std::string html = report_html(content), mark = "style=\"--columns:";
    const std::size_t columns = std::stoul(html.substr(html.find(mark) + mark.size()));
    CAPTURE(pictures);
    CHECK(columns >= 3);
    CHECK(pictures % columns != 1);
  }
}

TEST_CASE("report html: a large picture is a small one on the page") {
  ReportContent content;
  Picture image(600, 300);
  image.rgb[0] = 200;
  content.groups = {{"", "", {}, {{"x", "", image, ""}}}};
  const std::string html = report_html(content), mark = "base64,";
  const std::size_t begin = html.find(mark) + mark.size();
  const std::string png = decode_base64(html.substr(begin, html.find('"', begin) - begin));
  CHECK(png == encode_png([] {
          Picture small(256, 128);
          small.rgb[0] = 200;
          return small;
        }()));
}

TEST_CASE("report html: a page with a viewer says what it shows, and holds its copy unless a file does") {
  ReportContent content;
  content.viewer = {R"({"label": "</script><b>"})", "const specfuseCubes = [];\n", ""};
  const std::string inside = report_html(content);
  CHECK(contains(inside, R"(const specfuseScene = {"label": "\u003c/script>\u003cb>"};)"));
  CHECK(contains(inside, "const specfuseCubes = [];"));
  CHECK(contains(inside, "dialog"));
  CHECK_FALSE(contains(inside, "http"));
  content.viewer.file = "beside.js";
  CHECK_FALSE(contains(report_html(content), "const specfuseCubes = [];"));
}

TEST_CASE("report html: other pages are linked where they are there") {
  ReportContent content;
  content.links = {{"Runs <1>", {{"one <2>", "runs/a\"b/report.html", "3 <s>"}, {"two", "", "missing"}}}};
  const std::string html = report_html(content);
  CHECK(contains(html, "<h2>Runs &lt;1&gt;</h2>"));
  CHECK(contains(
      html,
      "<li><a href=\"runs/a&quot;b/report.html\">one &lt;2&gt;</a> <span class=\"faint\">3 &lt;s&gt;</span></li>"));
  CHECK(contains(html, "<li>two <span class=\"faint\">missing</span></li>"));
}

TEST_CASE("report html: groups that lead stand before the tables, and numbers of a group above its figures") {
  ReportContent content;
  content.tables = {{"scores", {{"SAM", "deg"}}, {{"gsa", {{1}}}}}};
  content.groups = {{"Images", "", {}, {}}, {"Quality", "", {}, {{"x", "map", Picture(1, 1), ""}}}};
  content.groups[1].tables = {{"shares", {{"share", "%"}}, {{"no data", {{2}}}}}};
  content.leading = 1;
  const std::string html = report_html(content);
  std::size_t at = 0;
  for (const char* const next : {">Images</h2>", ">Scores</h2>", "SAM (°)", ">Quality</h2>", "no data", ">map<"}) {
    CAPTURE(next);
    at = html.find(next, at);
    CHECK(at != std::string::npos);
  }
}
