#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "specfuse/results/result_tables.h"
#include "support/example_results.h"
#include "support/text.h"

using namespace specfuse;

namespace {

std::vector<std::string> keys_of(const Table& table) {
  std::vector<std::string> keys;
  for (const Table::Column& column : table.columns) keys.push_back(column.file_name());
  return keys;
}

/// A result without a reference, with scores of the pair one scale down.
MethodResult measured_result(Index seed) {
  MethodResult result = result_of("bicubic", seed, 1);
  result.scores.reset();
  result.fit_seconds = 1;
  result.fuse_seconds = 0.5;
  result.no_reference = Scores{{{"hsi_psnr_db", 30}, {"hsi_ergas", 2.5}, {"msi_psnr_db", 40}, {"qnr", 0.75}}, {}};
  result.train_scores = Scores{{{"psnr_db", 25}, {"sam_deg", 3}, {"ergas", 4}, {"ssim", 0.5}, {"cc", 0.25}}, {}};
  return result;
}

}  // namespace

TEST_CASE("result tables: without a reference there are consistency, qnr and the scores one scale down") {
  ExperimentResults results = results_of({measured_result(0)});
  const std::vector<std::string> all = keys_of(score_table(results));
  for (const char* key : {"hsi_ergas", "qnr", "reduced_cc", "fit_seconds", "peak_memory_mb"}) {
    CHECK(std::count(all.begin(), all.end(), key) == 1);
  }
  const Table table = short_table(results);
  CHECK(keys_of(table) == std::vector<std::string>{"hsi_psnr_db", "msi_psnr_db", "qnr", "reduced_psnr_db",
                                                   "reduced_sam_deg", "reduced_ergas", "reduced_ssim", "seconds"});
  CHECK(table.rows[0].cells[1].value == 40);
  CHECK(table.rows[0].cells[3].value == 25);
  CHECK(table.rows[0].cells[7].value == 1.5);
  CHECK(table.columns[2].marks_best);
  CHECK_FALSE(table.columns[3].marks_best);  // what it was trained on
  CHECK(contains(table.caption, "There is no reference"));
  CHECK(contains(table.caption, "one scale down"));
  // What a method was trained on is another scene.
  results.config.protocol.type = Protocol::transfer;
  CHECK(keys_of(short_table(results)) == std::vector<std::string>{"hsi_psnr_db", "msi_psnr_db", "qnr", "seconds"});
  CHECK_FALSE(contains(short_table(results).caption, "one scale down"));
  CHECK_FALSE(result_tables(results).train.rows.empty());
  results.config.protocol.type = Protocol::wald;
  results.config.seeds = {0, 1};
  CHECK(significance_table(results).rows.empty());
  results.methods[0].train_scores.reset();
  CHECK(keys_of(short_table(results)) == std::vector<std::string>{"hsi_psnr_db", "msi_psnr_db", "qnr", "seconds"});
}

TEST_CASE("result tables: the short table has the metrics that were chosen, in their order") {
  ExperimentResults results = results_of({result_of("bicubic", 0, 1)});
  CHECK(keys_of(short_table(results)).back() == "seconds");
  CHECK(keys_of(short_table(results)).size() == 5);
  results.config.report.metrics = {"ergas", "psnr_db"};
  CHECK(keys_of(short_table(results)) == std::vector<std::string>{"ergas", "psnr_db", "seconds"});
}

TEST_CASE("result tables: what was found of the sensors has rows for the PSF and for each MSI band") {
  ExperimentResults results = results_of({result_of("bicubic", 0, 1)});
  CHECK(estimate_table(results).rows.empty());
  Estimate one;
  one.psf_fwhm = {3, 5};
  results.estimates[0] = one;
  CHECK(keys_of(estimate_table(results)) == std::vector<std::string>{"down", "right"});
  one.srf = Tensor::from({2, 4}, {0.5f, 0.5f, 0, 0, 0, 0.2f, 0.6f, 0.2f});
  one.srf_shape = "box";
  results.estimates[0] = one;
  one.psf_fwhm = {4, 5};
  results.estimates[1] = one;
  const Table table = estimate_table(results);
  REQUIRE(table.rows.size() == 3);
  CHECK(keys_of(table) == std::vector<std::string>{"down", "right", "first_band", "last_band"});
  CHECK(table.rows[0].label == "full width of the PSF at half maximum");
  CHECK(table.rows[0].cells[0].value == 3.5);
  CHECK(table.rows[0].cells[0].spread == doctest::Approx(std::sqrt(0.5)));
  CHECK(table.rows[0].cells[1].value == 5);
  CHECK(table.rows[1].cells[2].value == 1);
  CHECK(table.rows[1].cells[3].value == 2);
  CHECK(table.rows[2].label == "MSI band 2");
  CHECK(table.rows[2].cells[2].value == 3);
  CHECK(table.rows[2].cells[3].value == 3);
  CHECK(contains(table.caption, "responses: fitted bands with hard edges"));
}

TEST_CASE("result tables: a shift with its standard error, and gains without a response") {
  ExperimentResults results = results_of({result_of("bicubic", 0, 1)});
  Estimate one;
  one.shift = {0.5, -0.25};
  one.shift_error = {0.01, 0.02};
  results.estimates[0] = one;
  const Table table = estimate_table(results);
  CHECK(keys_of(table) == std::vector<std::string>{"down", "right"});
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].label == "shift of the MSI");
  CHECK(table.rows[0].cells[0].value == 0.5);
  CHECK(table.rows[0].cells[1].value == -0.25);
  CHECK(table.rows[1].cells[1].value == 0.02);
  one.shift.reset();
  one.gain = {2, 3};
  one.offset = {0.5, 0};
  // With the first estimate having neither.
  results.estimates[1] = one;
  const Table both = estimate_table(results);
  CHECK(keys_of(both) == std::vector<std::string>{"down", "right", "gain", "offset"});
  REQUIRE(both.rows.size() == 4);
  CHECK(both.rows[0].cells[0].value == 0.5);
  CHECK(both.rows[3].label == "MSI band 2");
  CHECK(both.rows[3].cells[2].value == 3);
}

TEST_CASE("result tables: scores without a reference and by profiles have tables of their own") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.no_reference = Scores{{{"hsi_ergas", 2.5}, {"qnr", 0.75}}, {}};
  result.profiles["ssrnet"] = Scores{{{"rmse", 0.5}}, {}};
  const ExperimentResults results = results_of({result});
  const Table table = no_reference_table(results);
  REQUIRE(table.columns.size() == 2);
  CHECK(table.columns[0].name == "HSI ERGAS");
  CHECK(table.columns[0].better == Better::lower);
  CHECK(table.rows[0].cells[1].value == 0.75);
  CHECK(profile_table(results, "sewar").rows.empty());
  const Table by_profile = profile_table(results, "ssrnet");
  CHECK(by_profile.columns[1].name == "RMSE");
  CHECK(by_profile.rows[0].cells[1].value == 0.5);
}

TEST_CASE("result tables: expected errors have a row for each method that gives any, and coverage with a reference") {
  MethodResult first = result_of("linear_injection", 0, 1), second = result_of("linear_injection", 1, 1);
  first.mean_sigma = 2;
  first.reliability = Reliability{0.5, 0.75, {}, {}};
  second.mean_sigma = 4;
  second.reliability = Reliability{0.75, 1, {}, {}};
  const Table table = expected_error_table(results_of({result_of("bicubic", 0, 1), first, second}));
  REQUIRE(table.rows.size() == 1);
  CHECK(table.rows[0].label == "linear_injection");
  REQUIRE(table.columns.size() == 3);
  CHECK(table.columns[1].key == "coverage_68");
  CHECK(table.rows[0].cells[0].value == 3);
  CHECK(table.rows[0].cells[0].spread == doctest::Approx(std::sqrt(2.0)));
  CHECK(table.rows[0].cells[1].value == 0.625);
  CHECK(table.rows[0].cells[2].value == 0.875);
  for (MethodResult* const result : {&first, &second}) {
    result->scores.reset();
    result->reliability.reset();
  }
  const Table alone = expected_error_table(results_of({first, second}));
  CHECK(alone.columns.size() == 1);
  CHECK(alone.rows.at(0).cells[0].value == 3);
  CHECK(expected_error_table(results_of({result_of("bicubic", 0, 1)})).rows.empty());
}

TEST_CASE("result tables: the scores are means over seeds, with the standard deviation as spread") {
  const Table table = score_table(
      results_of({result_of("bicubic", 0, 30), result_of("linear_injection", 0, 7), result_of("bicubic", 1, 34)}));
  REQUIRE(table.rows.size() == 2);
  CHECK(table.columns[0].key == "psnr_db");
  CHECK(table.rows[0].label == "bicubic");
  CHECK(table.rows[0].cells[0].value == 32);
  CHECK(table.rows[0].cells[0].spread == doctest::Approx(std::sqrt(8.0)));
  CHECK(table.rows[1].cells[0].value == 7);
  CHECK(std::isnan(table.rows[1].cells[0].spread));
}

TEST_CASE("result tables: p-values are of the paired test over seeds against the best mean, none for one seed") {
  ExperimentResults results = results_of({result_of("bicubic", 0, 1), result_of("linear_injection", 0, 1.5),
                                          result_of("bicubic", 1, 2), result_of("linear_injection", 1, 1.9),
                                          result_of("bicubic", 2, 3), result_of("linear_injection", 2, 3.7)});
  results.config.seeds = {0, 1, 2};
  const Table table = significance_table(results);
  REQUIRE(table.rows.size() == 2);
  CHECK(table.columns[0].key == "psnr_db");
  CHECK(table.rows[0].cells[0].value == doctest::Approx(0.26666666666666655));  // scipy.stats.ttest_rel
  CHECK(std::isnan(table.rows[1].cells[0].value));
  results.config.seeds = {0};
  CHECK(significance_table(results).rows.empty());
}

TEST_CASE("result tables: those with rows are named in the order of the report") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.profiles["ssrnet"] = Scores{{{"rmse", 0.5}}, {}};
  ExperimentResults results = results_of({result, result_of("bicubic", 1, 2)});
  results.config.metric_profiles = {"sewar", "ssrnet"};
  const auto names = [&] {
    std::vector<std::string> all;
    const ResultTables tables = result_tables(results);
    for (const auto& [name, table] : tables.named()) all.push_back(name);
    return all;
  };
  CHECK(names() ==
        std::vector<std::string>{"scores", "short", "no_reference", "profile ssrnet", "paired_t_test_p", "train"});
  CHECK(train_table(results).columns.at(0).better != Better::neither);
  CHECK_FALSE(train_table(results).columns.at(0).marks_best);
  for (MethodResult& one : results.methods) one.train_scores.reset();
  results.config.seeds = {0};
  CHECK(names() == std::vector<std::string>{"scores", "short", "no_reference", "profile ssrnet"});
}
