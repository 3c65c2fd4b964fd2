#include <cmath>
#include <map>

#include "specfuse/core/error.h"
#include "specfuse/metrics/profiles.h"
#include "support/golden.h"
#include "support/message_of.h"
#include "support/whole_metrics.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

Cube thousandfold(Cube cube) {
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] *= 1000;
  return cube;
}

std::map<std::string, double> scores_of(const std::string& profile, const Cube& reference, const Cube& fused) {
  std::map<std::string, double> scores;
  for (const Score& score : evaluate_profile(profile, reference, fused, 3).values) scores[score.key] = score.value;
  return scores;
}

}  // namespace

TEST_CASE("profiles: every one agrees with NumPy") {
  const std::map<std::string, std::map<std::string, double>> golden{
      {"matlab_hsms",
       {{"psnr_db", 6.021486518}, {"sam_deg", 45.92520056}, {"ergas", 32.81113353}, {"q2n", 0.5016125489}}},
      {"sewar", {{"psnr_db", 6.021486202}, {"sam_rad", 0.8861511316}, {"ergas", 42822.77053}, {"uqi", 0.6224581581}}},
      {"torchmetrics", {{"psnr_db", 5.935058726}, {"sam_rad", 0.8015459593}, {"ergas", 296.8643253}}},
      {"ssrnet", {{"psnr_db", 6.021486202}, {"rmse", 3155.92796}, {"sam_deg", 45.92520056}, {"ergas", 24.73869377}}}};
  const Cube x = thousandfold(golden_image(37, 45, 5)), y = thousandfold(golden_image(37, 45, 5, 50));
  REQUIRE(metric_profiles().size() == golden.size());
  for (const std::string& profile : metric_profiles()) {
    CAPTURE(profile);
    const auto scores = scores_of(profile, x, y);
    REQUIRE(scores.size() == golden.at(profile).size());
    for (const auto& [key, value] : golden.at(profile)) CHECK(scores.at(key) == doctest::Approx(value).epsilon(1e-8));
  }
}

TEST_CASE("profiles: the list names what a profile returns") {
  for (const std::string& profile : metric_profiles()) {
    const Scores scores = evaluate_profile(profile, golden_image(9, 9, 2), golden_image(9, 9, 2, 5), 2);
    const std::vector<MetricInfo> list = profile_metrics(profile);
    REQUIRE(list.size() == scores.values.size());
    for (std::size_t i = 0; i < list.size(); ++i) CHECK(list[i].key == scores.values[i].key);
  }
}

TEST_CASE("profiles: a spectrum of zeros has no angle, and theirs is not left out but where the toolbox does so") {
  Cube x = golden_image(9, 10, 3);
  const Cube y = golden_image(9, 10, 3, 5);
  std::fill_n(x.pixel(2, 2), 3, 0.0f);
  CHECK(std::isnan(scores_of("ssrnet", x, y).at("sam_deg")));
  CHECK(std::isnan(scores_of("torchmetrics", x, y).at("sam_rad")));
  CHECK(std::isfinite(scores_of("matlab_hsms", x, y).at("sam_deg")));
  CHECK(std::isfinite(scores_of("sewar", x, y).at("sam_rad")));
}

TEST_CASE("profiles: sewar passes over windows of mean zero and counts windows of zeros as equal") {
  const Cube zeros(10, 10, 1);
  CHECK(scores_of("sewar", zeros, golden_image(10, 10, 1)).at("ergas") == 0);
  CHECK(scores_of("sewar", zeros, zeros).at("uqi") == 1);
  CHECK(std::isnan(scores_of("sewar", golden_image(8, 12, 1), golden_image(8, 12, 1)).at("uqi")));
}

TEST_CASE("profiles: unknown names and images that cannot be compared are refused") {
  const Cube x = golden_image(9, 9, 2);
  CHECK(message_of<Error>([&] { evaluate_profile("sewer", x, x, 2); }).find("got sewer") != std::string::npos);
  CHECK_THROWS_AS(evaluate_profile("sewar", x, golden_image(9, 9, 1), 2), Error);
  CHECK_THROWS_AS(evaluate_profile("sewar", x, x, 0), Error);
}
