#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/report/metrics_json.h"
#include "support/temporary_folder.h"
#include "support/text.h"
#include "sweep/run_folder.h"
#include "sweep/sweep_figures.h"
#include "sweep/sweep_report.h"

using namespace specfuse;
namespace fs = std::filesystem;

namespace {

Sweep parse(const std::string& rest) {
  return parse_sweep(concat(R"({"name": "s", "sweep": {"base": {"data": {"scene": "s.h5"},
      "methods": [{"name": "bicubic"}, {"name": "gsa"}]}, )",
                            rest, "}}"),
                     "s.json", {});
}

/// What a run scores whose methods reach `psnr` and one more.
ExperimentResults results_of(const SweepRun& run, double psnr) {
  ExperimentResults results;
  results.config = run.config;
  results.scored_on = "whole image";
  for (const MethodConfig& method : run.config.methods) {
    MethodResult result;
    result.name = result.label = method.name;
    result.seed = run.config.seeds.front();
    result.scores = Scores{{{"psnr_db", psnr++}, {"sam_deg", std::nan("")}}, {}};
    results.methods.push_back(result);
  }
  return results;
}

/// The outcomes of a sweep whose i-th run scores 10 * i.
std::vector<RunOutcome> all_done(const Sweep& sweep) {
  std::vector<RunOutcome> outcomes;
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    outcomes.push_back({results_of(sweep.runs[i], 10.0 * static_cast<double>(i)), ""});
  }
  return outcomes;
}

/// The text of a metrics.json.
std::string written(const ExperimentResults& results) { return metrics_json(results, result_tables(results)); }

}  // namespace

TEST_CASE("sweep_report: one row for each point and method, mean and deviation over seeds") {
  const Sweep sweep = parse(R"("grid": {"degrade.psf.type": ["box", "delta"]}, "seeds": [1, 2])");
  const Table table = sweep_table(sweep, all_done(sweep)).table;
  CHECK(table.caption == "s: 4 of 4 runs, mean and standard deviation over seeds");
  CHECK(table.fields == std::vector<std::string>{"degrade.psf.type"});
  REQUIRE(table.rows.size() == 4);
  CHECK(table.rows[2].fields == std::vector<std::string>{"delta"});
  CHECK(table.rows[3].label == "gsa");
  REQUIRE(table.columns[0].name == "psnr_db");
  CHECK(table.rows[2].cells[0].value == 25);
  CHECK(table.rows[3].cells[0].value == 26);
  CHECK(table.rows[3].cells[0].spread == doctest::Approx(std::sqrt(50.0)));
}

TEST_CASE("sweep_report: what is not complete is left out and named") {
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [2, 3]}, "seeds": [1, 2])");
  std::vector<RunOutcome> outcomes = all_done(sweep);
  outcomes[1].results.reset();
  outcomes[2] = {std::nullopt, "no | room"};
  outcomes[3].results.reset();
  const SweepTable sheet = sweep_table(sweep, outcomes);
  CHECK(sheet.table.rows.size() == 2);
  CHECK(sheet.table.rows[0].cells[0].value == 0);
  CHECK(std::isnan(sheet.table.rows[0].cells[0].spread));
  const std::string text = sweep_markdown(sweep, outcomes, sheet);
  CHECK(contains(text, "s: 1 of 4 runs"));
  CHECK(contains(text, concat("\n- missing: degrade.ratio=2, seed 2 (", sweep.runs[1].hash, ")\n")));
  CHECK(contains(text, concat("- failed: degrade.ratio=3, seed 1 (", sweep.runs[2].hash, "): no \\| room\n")));
  const std::string json = sweep_json(sweep, outcomes, sheet);
  CHECK(count(json, "\"state\": \"done\"") == 1);
  CHECK(count(json, "\"state\": \"missing\"") == 2);
  CHECK(contains(json, "\"failure\": \"no | room\""));
}

TEST_CASE("sweep_report: a chart for each field and measure, a line for each method and value of other fields") {
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [4, 2, 3], "degrade.psf.type": ["box", "delta"]})");
  const std::vector<Figure> figures = sweep_figures(sweep, sweep_table(sweep, all_done(sweep)));
  REQUIRE(figures.size() == 6);
  CHECK(figures[0].name == "degrade.ratio_psnr_db");
  CHECK(figures[1].name == "degrade.ratio_sam_deg");
  CHECK(figures[3].name == "degrade.psf.type_psnr_db");
  CHECK(count(figures[0].svg, "<polyline") == 4);
  CHECK(count(figures[0].svg, "<circle") == 12);
  CHECK(contains(figures[0].svg, ">gsa, type=delta<"));
  CHECK(count(figures[3].svg, "<polyline") == 6);
  CHECK(contains(figures[3].svg, ">box<"));
  CHECK(contains(figures[3].svg, ">bicubic, ratio=3<"));
}

TEST_CASE("sweep_report: fields of a list vary together, a field of one value has no chart, seeds make bars") {
  const Sweep sweep = parse(R"("seeds": [0, 1], "grid": {"degrade.boundary": ["circular"]},
      "list": [{"degrade.ratio": 2, "degrade.psf.fwhm": 1}, {"degrade.ratio": 4, "degrade.psf.fwhm": 50}])");
  const std::vector<Figure> figures = sweep_figures(sweep, sweep_table(sweep, all_done(sweep)));
  REQUIRE(figures.size() == 6);
  CHECK(figures[3].name == "degrade.psf.fwhm_psnr_db");
  CHECK(count(figures[3].svg, "<polyline") == 2);
  CHECK(contains(figures[3].svg, ">gsa, boundary=circular<"));
  CHECK(contains(figures[3].svg, ">50<"));
  const Sweep single = parse(R"("grid": {"degrade.ratio": [2, 4]})");
  const std::string bare = sweep_figures(single, sweep_table(single, all_done(single))).front().svg;
  const auto bars = [](const std::string& svg) { return count(svg.substr(svg.find("fill=\"none\"")), "<line"); };
  CHECK(bars(figures[0].svg) == 4 * 3);
  CHECK(bars(bare) == 0);
}

TEST_CASE("sweep_report: a run is done when its metrics are whole and of the same experiment") {
  const TemporaryFolder temporary;
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [2, 4]})");
  const SweepRun& run = sweep.runs[0];
  const std::string out = temporary.file("out");
  const RunFolder folder(out, run.hash);
  const auto state = [&] { return folder.state(run.config); };
  CHECK(state() == "to do");
  fs::create_directories(folder.path() + "/.resume");
  CHECK(state() == "cut off");
  folder.record_failure("no room");
  CHECK(state() == "failed");
  CHECK(folder.failure() == "no room");
  fs::create_directories(out + "/configs");
  {
    const Claim claim(folder.config_path());
    CHECK(claim.held());
    CHECK_FALSE(Claim(folder.config_path()).held());
    CHECK(state() == "running");
    claim.write("long text");
    claim.write("text");
    CHECK(read_text(folder.config_path()) == "text");
  }
  CHECK(state() == "failed");
  const std::string file = folder.path() + "/metrics.json", whole = written(results_of(run, 30));
  write_text_atomically(file, whole.substr(0, whole.size() - 20));
  CHECK(state() == "failed");
  write_text_atomically(file, written(results_of(sweep.runs[1], 30)));
  CHECK(state() == "failed");
  for (const char* const wrong : {"{}", "[]", "null", "\"x\""}) {
    write_text_atomically(file, wrong);
    CHECK(state() == "failed");
  }
  write_text_atomically(file, whole);
  CHECK(state() == "done");
  const ExperimentResults read = folder.results(run.config).value();
  CHECK(read.methods.at(1).scores->values.at(0).value == 31);
  CHECK(std::isnan(read.methods.at(1).scores->values.at(1).value));
  CHECK(read.methods.at(1).label == "gsa");
  CHECK(read.scored_on == "whole image");
}

TEST_CASE("sweep_report: the files are written again from what the runs have left") {
  const TemporaryFolder temporary;
  const std::string out = temporary.file("out");
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [2, 4]})");
  fs::create_directories(out);
  CHECK(write_sweep(sweep, out).rows.empty());
  for (const SweepRun& run : sweep.runs) {
    const RunFolder folder(out, run.hash);
    folder.record_failure("an earlier call");
    write_text_atomically(folder.path() + "/metrics.json", written(results_of(run, 30)));
  }
  CHECK(write_sweep(sweep, out).rows.size() == 4);
  CHECK(read_text(out + "/sweep.csv").rfind("degrade.ratio,method,psnr_db,", 0) == 0);
  CHECK(contains(read_text(out + "/sweep.tex"), "\\begin{tabular}{llr"));
  CHECK_FALSE(contains(read_text(out + "/sweep.md"), "failed"));
  CHECK(contains(read_text(out + "/sweep.json"), "\"mean\": 31.0"));
  CHECK(fs::exists(out + "/figures/degrade.ratio_psnr_db.svg"));
}

TEST_CASE("sweep_report: values that lie close together leave the axis to round numbers") {
  const auto axis = [](const char* values) {
    const Sweep sweep = parse(concat("\"grid\": {\"degrade.psf.fwhm\": ", values, "}"));
    return sweep_figures(sweep, sweep_table(sweep, all_done(sweep))).front().svg;
  };
  CHECK(contains(axis("[7, 1.13, 3]"), ">1.13<"));
  CHECK_FALSE(contains(axis("[7, 1.13, 1.2]"), ">1.13<"));
  CHECK(contains(axis("[1.13, 1.2, 90]"), ">10<"));
}
