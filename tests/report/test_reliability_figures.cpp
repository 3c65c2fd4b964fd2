#include <doctest/doctest.h>

#include <cstdio>

#include "specfuse/report/reliability_figures.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("reliability figures: a method that expects its errors lies on the diagonal, and the caption has coverages") {
  const Reliability right{0.6875, 0.9375, {1, 10, 100}, {1, 10, 100}}, poor{0.25, 0.5, {1, 10, 100}, {0, 20, 200}};
  const FigureGroup group = reliability_figures({{"right", 0, right}, {"poor", 3, poor}});
  REQUIRE(group.figures.size() == 1);
  const Figure& figure = group.figures[0];
  CHECK(figure.name == "reliability");
  CHECK(contains(figure.caption, "right: 0.688 of the errors"));
  CHECK(contains(figure.caption, "poor: 0.250 of the errors lie within the intervals for 68 %, 0.500 within those"));
  CHECK(contains(figure.svg, ">expected error</text>"));
  CHECK(contains(figure.svg, "var(--series-3"));
  CHECK(contains(figure.svg, "<g style=\"stroke:var(--ink,#333)\" stroke-dasharray=\"5 4\">"));

  double x[3], y[3];
  const std::size_t first = figure.svg.find("<polyline points=\""),
                    second = figure.svg.find("<polyline points=\"", first + 1);
  const std::size_t diagonal = figure.svg.find("<polyline points=\"", second + 1);
  REQUIRE(diagonal != std::string::npos);
  REQUIRE(std::sscanf(figure.svg.c_str() + diagonal + 18, "%lf,%lf %lf,%lf", &x[0], &y[0], &x[2], &y[2]) == 4);
  REQUIRE(std::sscanf(figure.svg.c_str() + first + 18, "%*f,%*f %lf,%lf", &x[1], &y[1]) == 2);
  const double along = (x[1] - x[0]) / (x[2] - x[0]);
  CHECK(along > 0.3);  // the axes are logarithmic: 10 is half way from 1 to 100
  CHECK((y[1] - y[0]) / (y[2] - y[0]) == doctest::Approx(along).epsilon(0.005));
}
