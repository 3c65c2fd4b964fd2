#include <doctest/doctest.h>

#include <regex>
#include <set>

#include "specfuse/core/error.h"
#include "specfuse/report/input_figures.h"
#include "specfuse/report/line_chart.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/report_html.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("palette: a page defines each colour that it or a chart uses, for light and dark") {
  Chart chart{"x", "y", {}, false};
  for (int i = 0; i < 9; ++i) chart.series.push_back({"s", {0, 1}, {0, 1}, false, i});
  chart.series.push_back({"ink", {0, 1}, {0, 1}, false, kInk});
  ReportContent content;
  content.groups = {{"", "", {"", "", {}, heat_bar(1, "")}, {{"x", "", {}, line_chart(chart)}}}};
  const std::string html = report_html(content);
  const std::regex used("var\\(--([a-z0-9-]+)(,(#[0-9a-f]+))?\\)");
  std::set<std::string> names;
  for (std::sregex_iterator at(html.begin(), html.end(), used), end; at != end; ++at) {
    if (contains((*at)[1], "columns")) continue;  // no colours
    names.insert((*at)[1]);
    CAPTURE((*at)[0]);
    CHECK(count(html, " --" + (*at)[1].str() + ": #") == 2);
    if ((*at)[3].matched) CHECK(contains(html, " --" + (*at)[1].str() + ": " + (*at)[3].str() + ";"));
  }
  CHECK(names.size() == 5 + kSeriesColours.size());
  const std::string dark = html.substr(html.find("prefers-color-scheme: dark"));
  CHECK(contains(dark, std::string(" --ink: ") + kInkColour.dark + ";"));
}

TEST_CASE("palette: a chart for other programs has the light colours and no variables") {
  const Chart chart{"x", "y", {{"s", {0, 1}, {0, 1}, false, 1}}, false};
  const std::string svg = with_light_colours(line_chart(chart));
  CHECK_FALSE(contains(svg, "var("));
  CHECK(contains(svg, concat("stroke:", kSeriesColours[1].light, "\"")));
  CHECK(count(svg, "</svg>") == 1);
}
