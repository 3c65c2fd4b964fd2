#include <doctest/doctest.h>

#include <algorithm>

#include "report/example_results.h"
#include "specfuse/report/report_content.h"

using namespace specfuse;

namespace {

ReportContent content_of(const ExperimentResults& results) {
  return report_content(results, result_tables(results), {});
}

}  // namespace

TEST_CASE("report content: reliability is of the first seed, in the colour of the method's place") {
  const MethodResult silent = result_of("bicubic", 0, 1), silent_later = result_of("bicubic", 1, 1);
  MethodResult sure = result_of("linear_injection", 0, 2), later = sure;
  sure.reliability = Reliability{0.75, 0.875, {1, 2}, {1, 2}};
  later.seed = 1;
  later.reliability = Reliability{0.125, 0.25, {1, 2}, {1, 2}};
  const ReportContent content = content_of(results_of({silent, sure, silent_later, later}));
  REQUIRE(content.groups.size() == 1);
  const Figure& figure = content.groups[0].figures.at(0);
  CHECK(figure.caption ==
        "linear_injection: 0.750 of the errors lie within the intervals for 68 %, 0.875 within those for 95 %.");
  CHECK(figure.svg.find("var(--series-1") != std::string::npos);
  CHECK(content_of(results_of({silent, silent_later})).groups.empty());
}

TEST_CASE("report content: what a method decided is among the notes, under its folder") {
  MethodResult result = result_of("bicubic", 1, 1);
  result.folder = "bicubic-seed1";
  result.remarks = "kept still";
  const std::vector<std::string> notes = content_of(results_of({result})).notes;
  CHECK(std::count(notes.begin(), notes.end(), "bicubic-seed1: kept still.") == 1);
}
