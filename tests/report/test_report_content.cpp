#include <doctest/doctest.h>

#include <algorithm>

#include "specfuse/report/report_content.h"
#include "support/example_results.h"
#include "support/text.h"

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

TEST_CASE("report content: losses are those of the names that methods are shown by") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.training = {{"bicubic", {1, 2}, {4, 2}, {4, 3}}, {"bicubic-fine", {1, 2}, {2, 1}, {2, 1}}};
  ExperimentResults results = results_of({result});
  results.config.methods.front().title = "Cubic splines";
  const ReportContent content = content_of(results);
  REQUIRE(content.groups.size() == 1);
  const std::string& svg = content.groups[0].figures.at(0).svg;
  for (const char* name : {"Cubic splines<", "Cubic splines (validation)<", "Cubic splines-fine<"})
    CHECK(contains(svg, name));
  CHECK_FALSE(contains(svg, "bicubic"));
}

TEST_CASE("report content: what a method decided is among the notes, under its folder") {
  MethodResult result = result_of("bicubic", 1, 1);
  result.folder = "bicubic-seed1";
  result.remarks = "kept still";
  const std::vector<std::string> notes = content_of(results_of({result})).notes;
  CHECK(std::count(notes.begin(), notes.end(), "bicubic-seed1: kept still.") == 1);
}

TEST_CASE("report content: without a reference the notes say what the metrics are worth, and which are missing") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.scores.reset();
  ExperimentResults results = results_of({result});
  const auto says = [&](const std::string& text) {
    const std::vector<std::string> notes = content_of(results).notes;
    return std::any_of(notes.begin(), notes.end(), [&](const std::string& note) { return contains(note, text); });
  };
  CHECK(says("\"reduced\" is the same pair one scale down"));
  CHECK_FALSE(says("a pair that stays in its files"));
  results.config.protocol.type = Protocol::transfer;
  CHECK_FALSE(says("\"reduced\" is"));
  results.config.protocol.type = Protocol::wald;
  results.methods.front().train_scores.reset();
  CHECK_FALSE(says("\"reduced\" is"));
  CHECK(says("Nothing is fused one scale down"));
}

TEST_CASE("report content: the lines under the title say what was fused, when and with what") {
  ExperimentResults results = results_of({result_of("bicubic", 0, 1)});
  results.figures.scene = std::string(100, 'a') + " " + std::string(60, 'b');
  results.figures.sensor = "AVIRIS";
  results.figures.hsi_size = "2 x 3 x 4";
  results.figures.msi_size = "8 x 12 x 6";
  results.environment = R"({"date": "2026-01-02", "version": "7.8"})";
  const std::vector<std::string> lines = content_of(results).summary;
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == std::string(100, 'a') + " …");
  CHECK(lines[1].find("HSI 2 x 3 x 4, MSI 8 x 12 x 6") == 0);
  CHECK(lines[2].find("2026-01-02, specfuse 7.8, configuration ") == 0);
  results.figures.scene = "Paris";
  CHECK(content_of(results).summary[0] == "Paris; AVIRIS");
}

TEST_CASE("report content: of a measured pair it lists what was given for it, and what is of training scenes as such") {
  ExperimentResults results = results_of({result_of("bicubic", 0, 1)});
  results.config.data.scene.reset();
  results.config.data.pair = "p.h5";
  results.config.degrade.snr_db.hsi = 30;
  const auto lists = [&](const std::string& text) {
    const Facts degradation = content_of(results).facts.front();
    return std::any_of(degradation.lines.begin(), degradation.lines.end(),
                       [&](const auto& line) { return contains(line.first + " " + line.second, text); });
  };
  results.config.degrade.srf = {};
  CHECK_FALSE(lists("degrade.srf"));
  results.config.degrade.srf.sensor = "landsat7";
  CHECK(lists("degrade.srf.sensor landsat7"));
  CHECK_FALSE(lists("degrade.snr_db"));
  CHECK_FALSE(lists("training scenes"));
  results.config.protocol.type = Protocol::transfer;
  CHECK(lists("degrade.snr_db.hsi 30"));
  CHECK(lists("and how training scenes are simulated"));
}

TEST_CASE("report content: figures of errors where there are any, and of time where methods can be compared") {
  MethodResult first = result_of("bicubic", 0, 1), second = result_of("linear_injection", 0, 2);
  for (MethodResult* const result : {&first, &second}) {
    result->errors = ErrorStatistics{};
    result->errors->band_rmse = result->band_psnr_db = {1, 2};
    result->scores->values.push_back({"psnr_global_db", 30});
  }
  const auto titles = [](const ReportContent& content) {
    std::vector<std::string> all;
    for (const FigureGroup& group : content.groups) all.push_back(group.title);
    return all;
  };
  const std::vector<std::string> alone{"Error of each band", "Distribution of errors"};
  CHECK(titles(content_of(results_of({first}))) == alone);
  std::vector<std::string> both = alone;
  both.push_back("Time against quality");
  CHECK(titles(content_of(results_of({first, second}))) == both);
}
