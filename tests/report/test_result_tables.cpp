#include <doctest/doctest.h>

#include <cmath>

#include "report/example_results.h"
#include "specfuse/report/result_tables.h"

using namespace specfuse;

TEST_CASE("result tables: without a reference there are times and memory alone") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.scores.reset();
  const Table table = score_table(results_of({result}));
  CHECK(table.columns[0].name == "fit");
  CHECK(table.caption == "Seconds and memory; there is no reference to score against");
}

TEST_CASE("result tables: scores without a reference and by profiles have tables of their own") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.no_reference = Scores{{{"hsi_ergas", 2.5}, {"qnr", 0.75}}, {}};
  result.profiles["ssrnet"] = Scores{{{"rmse", 0.5}}, {}};
  const ExperimentResults results = results_of({result});
  const Table table = no_reference_table(results);
  REQUIRE(table.columns.size() == 2);
  CHECK(table.columns[0].name == "hsi_ergas");
  CHECK(table.columns[0].better == Better::lower);
  CHECK(table.rows[0].cells[1].value == 0.75);
  CHECK(profile_table(results, "sewar").rows.empty());
  const Table by_profile = profile_table(results, "ssrnet");
  CHECK(by_profile.columns[1].name == "rmse");
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
  CHECK(table.columns[1].name == "coverage_68");
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
  CHECK(table.columns[0].name == "psnr_db");
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
  CHECK(table.columns[0].name == "psnr_db");
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
  CHECK(names() == std::vector<std::string>{"scores", "no_reference", "profile ssrnet", "paired_t_test_p", "train"});
  CHECK(train_table(results).columns.at(0).better != Better::neither);
  CHECK_FALSE(train_table(results).marks_best);
  for (MethodResult& one : results.methods) one.train_scores.reset();
  results.config.seeds = {0};
  CHECK(names() == std::vector<std::string>{"scores", "no_reference", "profile ssrnet"});
}
