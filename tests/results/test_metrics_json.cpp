#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/results/metrics_json.h"
#include "specfuse/results/result_tables.h"
#include "support/example_results.h"

using namespace specfuse;

namespace {

std::string text_of(const ExperimentResults& results) { return metrics_json(results); }

Json json_of(const ExperimentResults& results) { return parse_json(text_of(results), "metrics.json"); }

}  // namespace

TEST_CASE("metrics.json: it keeps full precision and says null for what is not finite") {
  const ExperimentResults results = results_of({result_of("bicubic", 1, 1.0 / 3)});
  const Json json = json_of(results);
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

TEST_CASE("metrics.json: without a reference there are no metrics") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.scores.reset();
  const Json json = json_of(results_of({result}));
  CHECK(json["methods"][0]["metrics"].is_null());
  CHECK(json["scored_on"].is_null());
}

TEST_CASE("metrics.json: scores without a reference and by profiles are in it") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.no_reference = Scores{{{"hsi_ergas", 2.5}, {"qnr", 0.75}}, {{"hsi_pixels with zero norm", 3}}};
  result.profiles["ssrnet"] = Scores{{{"rmse", 0.5}}, {}};
  ExperimentResults results = results_of({result});
  results.config.metric_profiles = {"sewar", "ssrnet"};
  const Json json = json_of(results), method = json["methods"][0];
  CHECK(method["no_reference"]["qnr"] == 0.75);
  CHECK(method["no_reference_left_out"]["hsi_pixels with zero norm"] == 3);
  CHECK(method["profiles"]["ssrnet"]["rmse"] == 0.5);
  CHECK(json["summary"]["profile ssrnet"]["bicubic"]["rmse"]["mean"] == 0.5);
}

TEST_CASE("metrics.json: what a method says of its own error, and what it decided, are in it") {
  MethodResult sure = result_of("bicubic", 0, 1);
  sure.reliability = Reliability{0.75, 0.875, {1, 2}, {1.5, 3}};
  sure.mean_sigma = 0.5;
  sure.remarks = "kept still";
  const Json json = json_of(results_of({sure, result_of("linear_injection", 0, 1)}));
  const Json &method = json["methods"][0], &silent = json["methods"][1];
  CHECK(method["mean_sigma"] == 0.5);
  CHECK(method["reliability"]["coverage_68"] == 0.75);
  CHECK(method["reliability"]["coverage_95"] == 0.875);
  CHECK(method["reliability"]["expected"] == std::vector<double>{1, 2});
  CHECK(method["reliability"]["observed"] == std::vector<double>{1.5, 3});
  CHECK(method["remarks"] == "kept still");
  CHECK(json["summary"]["expected_errors"]["bicubic"]["coverage_68"]["mean"] == 0.75);
  for (const char* const key : {"mean_sigma", "reliability", "remarks"}) CHECK_FALSE(silent.contains(key));
}

TEST_CASE("metrics.json: a score that is infinite stays so, and facts of a pair are read back") {
  MethodResult same = result_of("bicubic", 0, std::numeric_limits<double>::infinity());
  ExperimentResults results = results_of({same});
  results.unseen_bands = "3 of 9 bands, outside of 441 to 942 nm";
  results.quality = QualitySummary{{0.25, 0, 0, 0.5}, {}};
  const Json json = json_of(results);
  CHECK(json["methods"][0]["metrics"]["psnr_db"] == "inf");
  CHECK(json["summary"]["scores"]["bicubic"]["psnr_db"]["mean"] == "inf");
  CHECK(json["quality"]["no_data"] == Json{{"flag", 0}, {"share", 0.5}});
  const ExperimentResults read = read_metrics_json(text_of(results), "m.json", results.config);
  CHECK(std::isinf(read.methods[0].scores->of("psnr_db").value()));
  CHECK(read.unseen_bands == results.unseen_bands);
}

TEST_CASE("metrics.json: what was learned from and is scored is a number, or null where it is not known") {
  MethodResult leaked = result_of("bicubic", 0, 1);
  leaked.learned_share = 0.5;
  const Json json = json_of(results_of({leaked, result_of("linear_injection", 0, 2)}));
  CHECK(json["methods"][0]["learned_from_scored_pixels"] == 0.5);
  CHECK(json["methods"][1]["learned_from_scored_pixels"].is_null());
  CHECK(json["summary"]["scores"]["bicubic"]["learned_from_scored_pixels"]["mean"] == 0.5);
  CHECK(json["summary"]["short"]["bicubic"]["psnr_db"]["mean"] == 1.0);  // by its name, without a mark
}

TEST_CASE("metrics.json: what was assumed of the sensors, found and used is in it") {
  ExperimentResults results = results_of({result_of("bicubic", 1, 1)});
  Estimate& given = results.estimates[1];
  given.psf_fwhm = {3.5, 4};
  given.psf = Tensor::from({2, 2}, {0.5f, 0.25f, 0.25f, 0});
  given.srf = Tensor::from({2, 2}, {1, 0, 0.5f, 0.5f});
  given.srf_shape = "box";
  given.gain = {2, 3};
  given.offset = {0.5, 0};
  given.shift = {0.5, -0.25};
  given.shift_error = {0.01, 0.02};
  given.field.emplace(std::array{64.0, 48.0}, std::array{std::vector{0.5, 0.25}, std::vector{0.0, -0.75}});
  given.findings = {{"psf", "box", "Gaussian", true, "it leaves 1 %"},
                    {"gain", "none", "as assumed", false, "it agrees"}};
  const Json estimate = json_of(results)["estimates"][0];
  CHECK(estimate["shift"] == std::vector<double>{0.5, -0.25});
  CHECK(estimate["shift_error"] == std::vector<double>{0.01, 0.02});
  CHECK(estimate["shift_field"] ==
        Json{{"rows", 64.0}, {"cols", 48.0}, {"down", {0.5, 0.25}}, {"right", {0.0, -0.75}}});
  CHECK(estimate["seed"] == 1);
  CHECK(estimate["psf_fwhm"] == std::vector<double>{3.5, 4});
  CHECK(estimate["psf"] == std::vector<std::vector<double>>{{0.5, 0.25}, {0.25, 0}});
  CHECK(estimate["srf"][1][0] == 0.5);
  CHECK(estimate["gain"][1] == 3.0);
  CHECK(estimate["offset"][0] == 0.5);
  CHECK(estimate["findings"][0] ==
        Json{{"what", "psf"}, {"told", "box"}, {"found", "Gaussian"}, {"used", "found"}, {"why", "it leaves 1 %"}});
  CHECK(estimate["findings"][1]["used"] == "told");
  // It comes back when results are read, gains without a response as well.
  results.estimates[1].srf = {};
  const Json alone = json_of(results)["estimates"][0];
  CHECK_FALSE(alone.contains("srf"));
  CHECK(alone["gain"] == std::vector<double>{2, 3});
}

TEST_CASE("metrics.json: p-values are in it, and not among the means") {
  ExperimentResults results = results_of({result_of("bicubic", 0, 1), result_of("linear_injection", 0, 1.5),
                                          result_of("bicubic", 1, 2), result_of("linear_injection", 1, 2.7)});
  const Json json = json_of(results);
  CHECK(json["paired_t_test_p"]["bicubic"]["psnr_db"].get<double>() ==
        significance_table(results).rows[0].cells[0].value);
  CHECK(json["paired_t_test_p"]["linear_injection"]["psnr_db"].is_null());
  CHECK_FALSE(json["summary"].contains("paired_t_test_p"));
  CHECK(json["summary"]["scores"]["bicubic"]["psnr_db"]["std"].is_number());
  results.config.seeds = {0};
  CHECK(json_of(results)["paired_t_test_p"].is_null());
}

TEST_CASE("metrics.json: what is read back is what was written, as far as a sweep needs it") {
  MethodResult result = result_of("bicubic", 1, 1.0 / 3);
  result.fit_seconds = 0.125;
  result.fuse_seconds = 1e-3;
  result.peak_memory_mb = 70.5;
  result.no_reference = Scores{{{"qnr", 0.75}}, {}};
  MethodResult unscored = result_of("linear_injection", 0, 1);
  unscored.scores.reset();
  result.learned_share = 0.25;
  const ExperimentResults written = results_of({result, unscored});
  const ExperimentResults read = read_metrics_json(text_of(written), "m.json", written.config);
  CHECK(read.scored_on == written.scored_on);
  CHECK(read.data_hash == written.data_hash);
  REQUIRE(read.methods.size() == 2);
  CHECK(read.methods[0].label == "bicubic");
  CHECK(read.methods[0].seed == 1);
  CHECK(read.methods[0].fit_seconds == 0.125);
  CHECK(read.methods[0].fuse_seconds == 1e-3);
  CHECK(read.methods[0].peak_memory_mb == 70.5);
  CHECK(read.methods[0].scores.value().values.at(0).value == 1.0 / 3);
  CHECK(std::isnan(read.methods[0].scores->values.at(1).value));
  CHECK(read.methods[0].no_reference.values.at(0).key == "qnr");
  CHECK_FALSE(read.methods[1].scores);
  CHECK(read.methods[0].learned_share == 0.25);
  CHECK((read.leaked("bicubic") && !read.leaked("linear_injection")));
}

TEST_CASE("metrics.json: what is cut off, of another experiment or no results at all is refused") {
  const ExperimentResults results = results_of({result_of("bicubic", 1, 1)});
  ExperimentResults other = results;
  other.config.degrade.ratio = 8;
  const auto refused = [&](const std::string& text, const char* reason) {
    CAPTURE(text.size());
    CHECK_THROWS_WITH_AS(read_metrics_json(text, "m.json", results.config), doctest::Contains(reason), DataError);
  };
  const std::string whole = text_of(results);
  refused(whole.substr(0, whole.size() - 20), "m.json: not valid JSON");
  refused(text_of(other), "m.json: expected the configuration ");
  for (const char* const wrong : {"{}", "[]", "null", "\"x\""}) refused(wrong, "m.json: expected the results");
}
