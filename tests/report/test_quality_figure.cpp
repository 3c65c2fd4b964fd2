#include <doctest/doctest.h>

#include "specfuse/report/quality_figure.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("quality figure: shares in a table, and a map of the worst where anything speaks against a pixel") {
  QualitySummary quality;
  quality.map = Tensor::from({1, 2}, {0, 0});
  FigureGroup group = quality_figure(quality);
  CHECK(group.figures.empty());
  REQUIRE(group.tables.size() == 1);
  CHECK(group.tables[0].rows.size() == kQualityClasses.size());
  quality.shares = {0, 0, 0, 0.5};
  quality.map = Tensor::from({1, 2}, {0, 4});
  group = quality_figure(quality);
  CHECK(group.tables[0].rows[3].label == "no data");
  CHECK(group.tables[0].rows[3].cells[1].value == 50);
  REQUIRE(group.figures.size() == 1);
  const Picture& map = group.figures[0].image;
  CHECK(map.pixel(0, 0)[0] != map.pixel(0, map.cols - 1)[0]);
  CHECK(contains(group.colour_bar.svg, ">outlier withheld</text>"));
}
