#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/report/loss_figures.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("loss figures: a loss chart has a dashed line of the validations alone") {
  const double nan = std::nan("");
  const FigureGroup group = loss_figures({{"a", {1, 2, 3}, {9, 4, 1}, {nan, 5, 2}}, {"b", {1, 2}, {3, 2}, {nan, nan}}});
  const std::string& svg = group.figures.at(0).svg;
  CHECK(contains(svg, ">a (validation)</text>"));
  CHECK_FALSE(contains(svg, ">b (validation)</text>"));
  CHECK(contains(svg, "stroke-dasharray"));
}
