#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/report/table_text.h"
#include "specfuse/results/metrics_json.h"
#include "specfuse/results/run_folder.h"
#include "specfuse/sweep/sweep_runner.h"
#include "support/temporary_folder.h"
#include "support/text.h"
#include "sweep/sweep_example.h"
#include "sweep/sweep_report.h"

using namespace specfuse;
namespace fs = std::filesystem;

namespace {

/// The text of a metrics.json.
std::string written(const ExperimentResults& results) { return metrics_json(results); }

}  // namespace

TEST_CASE("sweep_report: one row for each point and method, mean and deviation over seeds") {
  const Sweep sweep = parse(R"("grid": {"degrade.psf.type": ["box", "delta"]}, "seeds": [1, 2])");
  const Table table = sweep_table(sweep, all_done(sweep)).table;
  CHECK(table.caption == "s: 4 of 4 runs, mean and standard deviation over seeds");
  CHECK(table.fields == std::vector<std::string>{"degrade.psf.type"});
  REQUIRE(table.rows.size() == 4);
  CHECK(table.rows[2].fields == std::vector<std::string>{"delta"});
  CHECK(table.rows[3].label == "gsa");
  REQUIRE(table.columns[0].key == "psnr_db");
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

TEST_CASE("sweep_report: a run is done, running, failed, cut off or to do") {
  const TemporaryFolder temporary;
  const Sweep sweep = parse_sweep(R"({"name": "s", "sweep": {"grid": {"degrade.ratio": [2, 4]}, "base": {
      "data": {"synthetic": {"rows": 16, "cols": 16, "bands": 60}}, "methods": [{"name": "bicubic"}]}}})",
                                  "s.json", {});
  const SweepRun& run = sweep.runs[0];
  SweepOptions options;
  options.out = temporary.file("out");
  const RunFolder folder(concat(options.out, "/", run.folder()));
  const auto state = [&] {
    const std::string line = plan_sweep(sweep, options), before = concat("1/2  ", run.hash, "  ");
    REQUIRE(line.starts_with(before));
    return line.substr(before.size(), line.find("  ", before.size()) - before.size());
  };
  CHECK(state() == "to do");
  fs::create_directories(folder.kept(""));
  write_text_atomically(folder.kept("a.h5"), "checkpoint");
  CHECK(state() == "cut off");
  folder.record_failure("no room");
  CHECK(state() == "failed");
  const std::string claimed = concat(options.out, "/", run.config_file());
  fs::create_directories(fs::path(claimed).parent_path());
  {
    const FileLock claim(claimed);
    CHECK(state() == "running");
  }
  CHECK(state() == "failed");
  write_text_atomically(folder.published("metrics.json"), written(results_of(sweep.runs[1], 30)));
  CHECK(state() == "failed");
  write_text_atomically(folder.published("metrics.json"), written(results_of(run, 30)));
  CHECK(state() == "done");
}

TEST_CASE("sweep_report: the files are written again from what the runs have left") {
  const TemporaryFolder temporary;
  const std::string out = temporary.file("out");
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [2, 4]})");
  fs::create_directories(out);
  SweepFiles files(sweep, out);
  CHECK(files.write().rows.empty());
  CHECK(contains(read_text(out + "/sweep.html"), "0 of 2 runs done"));
  for (const SweepRun& run : sweep.runs) {
    const RunFolder folder(concat(out, "/", run.folder()));
    folder.record_failure("an earlier call");
    write_text_atomically(folder.path() + "/metrics.json", written(results_of(run, 30)));
  }
  CHECK(files.write().rows.size() == 4);
  CHECK(read_text(out + "/sweep.csv").rfind("degrade.ratio,method,psnr_db,", 0) == 0);
  CHECK(contains(read_text(out + "/sweep.tex"), "\\caption{Scores by ratio"));
  CHECK_FALSE(contains(read_text(out + "/sweep.md"), "failed"));
  CHECK(contains(read_text(out + "/sweep.json"), "\"mean\": 31.0"));
  CHECK(contains(read_text(out + "/sweep.html"), "2 of 2 runs done"));
  const std::string figure = read_text(out + "/figures/degrade.ratio_psnr_db.svg");
  CHECK(contains(figure, "#0072b2"));
  CHECK_FALSE(contains(figure, "var("));
}

TEST_CASE("sweep_report: what an earlier call wrote and this one does not is removed, and nothing else") {
  const TemporaryFolder temporary;
  const std::string out = temporary.file("out"), figures = out + "/figures/";
  const auto write = [&](const Sweep& sweep) {
    for (const SweepRun& run : sweep.runs) {
      fs::create_directories(out + "/runs/" + run.hash);
      write_text_atomically(out + "/runs/" + run.hash + "/metrics.json", written(results_of(run, 30)));
    }
    SweepFiles(sweep, out).write();
  };
  write(parse(R"("grid": {"degrade.ratio": [2, 4], "degrade.psf.type": ["box", "delta"]})"));
  CHECK(fs::exists(figures + "degrade.psf.type_psnr_db.svg"));
  CHECK(contains(read_text(out + "/sweep.json"), "\"figures/degrade.psf.type_psnr_db.svg\""));
  CHECK(contains(read_text(out + "/sweep.json"), "\"sweep.html\""));
  write_text_atomically(figures + "mine.svg", "mine");
  write_text_atomically(temporary.file("elsewhere.svg"), "mine");
  const std::string listed =
      R"({"sweep": "s", "files": ["figures/degrade.psf.type_psnr_db.svg", "figures/../../elsewhere.svg", "sweep.md", 3]})";
  write_text_atomically(out + "/sweep.json", listed);
  write(parse(R"("grid": {"degrade.ratio": [2, 4]})"));
  CHECK_FALSE(fs::exists(figures + "degrade.psf.type_psnr_db.svg"));
  CHECK(fs::exists(figures + "degrade.psf.type_sam_deg.svg"));  // was not in the list
  CHECK(fs::exists(figures + "degrade.ratio_psnr_db.svg"));
  CHECK(fs::exists(figures + "mine.svg"));
  CHECK(fs::exists(temporary.file("elsewhere.svg")));
  CHECK(fs::exists(out + "/sweep.md"));
}

TEST_CASE("sweep_report: the best is the best of one task, be it of methods or of their options") {
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [2, 4], "methods.0.label": ["a", "b"]})");
  const Table table = sweep_table(sweep, all_done(sweep)).table;
  REQUIRE(table.rows.size() == 8);
  for (std::size_t row = 0; row < 8; ++row) CHECK(table.rows[row].group == row / 4);
  const std::string text = table_markdown(table);
  CHECK(count(text, "**") == 2 * 2);  // only psnr_db differs
}
