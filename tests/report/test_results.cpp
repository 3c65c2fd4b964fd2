#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/report/results.h"

using namespace specfuse;

namespace {

MethodResult result_of(const std::string& label, Index seed, double psnr) {
  MethodResult result;
  result.name = result.label = label;
  result.folder = label;
  result.seed = seed;
  result.scores = Scores{{{"psnr_db", psnr}, {"cc", std::numeric_limits<double>::quiet_NaN()}}, {{"zero bands", 2}}};
  result.train_scores = Scores{{{"psnr_db", 99.5}}, {}};
  return result;
}

Results results_of(const std::vector<MethodResult>& methods) {
  const std::string text = R"({"name": "r", "data": {"scene": "s.h5"}, "seeds": [0, 1],
      "methods": [{"name": "bicubic"}, {"name": "linear_injection"}]})";
  return {parse_config(text, "r.json", {}), "whole image", methods, {}, "0123456789abcdef"};
}

}  // namespace

TEST_CASE("results: metrics.json keeps full precision and says null for what is not finite") {
  const Results results = results_of({result_of("bicubic", 1, 1.0 / 3)});
  const Json json = parse_json(metrics_json(results), "metrics.json");
  CHECK(json["experiment"] == "r");
  CHECK(json["config_hash"] == config_hash(results.config));
  CHECK(json["scored_on"] == "whole image");
  const Json& method = json["methods"][0];
  CHECK(method["seed"] == 1);
  CHECK(method["metrics"]["psnr_db"].get<double>() == 1.0 / 3);
  CHECK(method["metrics"]["cc"].is_null());
  CHECK(method["train_metrics"]["psnr_db"] == 99.5);
  CHECK(method["left_out"]["zero bands"] == 2);
}

TEST_CASE("results: without a reference there are no metrics") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.scores.reset();
  const Results results = results_of({result});
  CHECK(parse_json(metrics_json(results), "metrics.json")["methods"][0]["metrics"].is_null());
  CHECK(score_table(results).columns[0].name == "fit");
  CHECK(score_table(results).caption == "Seconds and memory; there is no reference to score against");
}

TEST_CASE("results: scores without a reference and by profiles are in metrics.json and in tables of their own") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.no_reference = Scores{{{"hsi_ergas", 2.5}, {"qnr", 0.75}}, {{"hsi_pixels with zero norm", 3}}};
  result.profiles["ssrnet"] = Scores{{{"rmse", 0.5}}, {}};
  Results results = results_of({result});
  results.config.metric_profiles = {"sewar", "ssrnet"};
  const Json method = parse_json(metrics_json(results), "metrics.json")["methods"][0];
  CHECK(method["no_reference"]["qnr"] == 0.75);
  CHECK(method["no_reference_left_out"]["hsi_pixels with zero norm"] == 3);
  CHECK(method["profiles"]["ssrnet"]["rmse"] == 0.5);

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

TEST_CASE("results: what was estimated is in metrics.json") {
  Results results = results_of({result_of("bicubic", 1, 1)});
  results.estimates[1] = {3.5, Tensor::from({2, 2}, {1, 0, 0.5f, 0.5f}), "box", {2, 3}, {0.5, 0}};
  const Json estimate = parse_json(metrics_json(results), "metrics.json")["estimates"][0];
  CHECK(estimate["seed"] == 1);
  CHECK(estimate["psf_fwhm"] == 3.5);
  CHECK(estimate["srf"][1][0] == 0.5);
  CHECK(estimate["gain"][1] == 3.0);
  CHECK(estimate["offset"][0] == 0.5);
}

TEST_CASE("results: the table has the mean over seeds, and the standard deviation as spread") {
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

TEST_CASE("results: p-values are of the paired test over seeds against the best mean, none for one seed") {
  Results results = results_of({result_of("bicubic", 0, 1), result_of("linear_injection", 0, 1.5),
                                result_of("bicubic", 1, 2), result_of("linear_injection", 1, 1.9),
                                result_of("bicubic", 2, 3), result_of("linear_injection", 2, 3.7)});
  results.config.seeds = {0, 1, 2};
  const Table table = significance_table(results);
  REQUIRE(table.rows.size() == 2);
  CHECK(table.columns[0].name == "psnr_db");
  CHECK(table.rows[0].cells[0].value == doctest::Approx(0.26666666666666655));  // scipy.stats.ttest_rel
  CHECK(std::isnan(table.rows[1].cells[0].value));
  const Json json = parse_json(metrics_json(results), "metrics.json")["paired_t_test_p"];
  CHECK(json["bicubic"]["psnr_db"].get<double>() == table.rows[0].cells[0].value);
  CHECK(json["linear_injection"]["psnr_db"].is_null());
  results.config.seeds = {0};
  CHECK(significance_table(results).rows.empty());
  CHECK(parse_json(metrics_json(results), "metrics.json")["paired_t_test_p"].is_null());
}
