#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "specfuse/core/error.h"
#include "support/golden.h"
#include "support/thread_counts.h"
#include "support/whole_metrics.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

std::map<std::string, double> map_of(const Scores& scores) {
  std::map<std::string, double> map;
  for (const Score& score : scores.values) map[score.key] = score.value;
  return map;
}

/// The inputs that golden.py holds against the fused image golden_image(69, 72, 5, 9).
Pair golden_pair() {
  Pair pair{golden_image(23, 24, 5), golden_image(69, 72, 2, 50), {}};
  pair.degradation.ratio = 3;
  pair.degradation.psf = Tensor(Shape{3, 3});
  for (Index i = 0; i < 9; ++i) pair.degradation.psf[i] = 1.0f / 9;
  pair.degradation.srf = Tensor::from({2, 5}, {1, 0, 0, 0, 0, 0, 0.25f, 0.25f, 0.25f, 0.25f});
  return pair;
}

}  // namespace

TEST_CASE("no reference: consistency agrees with NumPy") {
  const std::map<std::string, double> golden{{"hsi_relative_rmse", 0.5249192673}, {"hsi_psnr_db", 10.32996293},
                                             {"hsi_sam_deg", 28.19334564},        {"hsi_ergas", 20.12271338},
                                             {"msi_relative_rmse", 0.7278354484}, {"msi_psnr_db", 7.771094678},
                                             {"msi_sam_deg", 31.05339472},        {"msi_ergas", 27.87537599}};
  const auto scores = map_of(consistency(golden_pair(), golden_image(69, 72, 5, 9)));
  REQUIRE(scores.size() == golden.size());
  // The PSF, the SRF and the images degraded with them are float32.
  for (const auto& [key, value] : golden) CHECK(scores.at(key) == doctest::Approx(value).epsilon(1e-6));
}

TEST_CASE("no reference: qnr and its parts agree with NumPy") {
  const auto scores = map_of(qnr(golden_pair(), golden_image(69, 72, 5, 9)));
  REQUIRE(scores.size() == 3);
  CHECK(scores.at("d_lambda") == doctest::Approx(0.03076803735).epsilon(1e-6));
  CHECK(scores.at("d_s") == doctest::Approx(0.1185639867).epsilon(1e-6));
  CHECK(scores.at("qnr") == doctest::Approx(0.8543159572).epsilon(1e-6));
}

TEST_CASE("no reference: the map and the bands are those of the scores") {
  const Pair pair = golden_pair();
  NoReferenceEvaluator evaluator(pair.degradation, 5, false);
  const Cube map = evaluator.add({pair, {0, 0, 23, 24}}, golden_image(69, 72, 5, 9));
  const auto scores = map_of(evaluator.scores());
  REQUIRE(map.pixels() == 23 * 24);
  for (const Index input : {0, 1}) {
    const std::string prefix = input == 0 ? "hsi_" : "msi_";
    const std::vector<double> psnr = evaluator.band_psnr_db()[static_cast<std::size_t>(input)];
    REQUIRE(psnr.size() == (input == 0 ? 5 : 2));
    CHECK(std::accumulate(psnr.begin(), psnr.end(), 0.0) / static_cast<double>(psnr.size()) ==
          doctest::Approx(scores.at(prefix + "psnr_db")));
    const Tensor& values = input == 0 ? pair.hsi.values : pair.msi.values;
    double squares = 0, power = 0;
    for (Index i = 0; i < map.pixels(); ++i) squares += std::pow(double{map.values[2 * i + input]}, 2);
    for (Index i = 0; i < values.size(); ++i) power += std::pow(double{values[i]}, 2);
    CHECK(std::sqrt(squares / static_cast<double>(map.pixels()) / (power / static_cast<double>(values.size()))) ==
          doctest::Approx(scores.at(prefix + "relative_rmse")).epsilon(1e-6));
  }
}

TEST_CASE("no reference: the reference of a simulated pair is consistent with it") {
  Degradation degradation = golden_pair().degradation;
  const Cube reference = golden_image(69, 72, 5, 9);
  const auto scores = map_of(consistency(simulate(reference, degradation, 0), reference));
  for (const char* key : {"hsi_relative_rmse", "hsi_ergas", "msi_relative_rmse", "msi_ergas"})
    CHECK(scores.at(key) == 0);
}

TEST_CASE("no reference: without a response there is nothing to hold against the msi") {
  Pair pair = golden_pair();
  pair.degradation.srf = {};
  const auto scores = map_of(consistency(pair, golden_image(69, 72, 5, 9)));
  CHECK(scores.size() == 4);
  CHECK(scores.count("hsi_ergas") == 1);
}

TEST_CASE("no reference: the list names what both return, in order") {
  std::vector<Score> all = consistency(golden_pair(), golden_image(69, 72, 5)).values;
  const std::vector<Score> more = qnr(golden_pair(), golden_image(69, 72, 5)).values;
  all.insert(all.end(), more.begin(), more.end());
  const std::vector<MetricInfo> list = no_reference_list();
  REQUIRE(list.size() == all.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    CHECK(list[i].key == all[i].key);
    const std::string& key = list[i].key;
    CHECK(list[i].higher_is_better == (key == "qnr" || key == "hsi_psnr_db" || key == "msi_psnr_db"));
  }
}

TEST_CASE("no reference: a block with a gap anywhere takes no part in qnr") {
  const auto qnr_without = [](Index row, Index col) {
    Pair pair = golden_pair();
    pair.hsi.valid.assign(static_cast<std::size_t>(pair.hsi.pixels()), 1);
    pair.hsi.valid[static_cast<std::size_t>(row * pair.hsi.cols() + col)] = 0;
    return map_of(qnr(pair, golden_image(69, 72, 5, 9))).at("qnr");
  };
  // Blocks are of 11 coarse pixels a side.
  const double without_first = qnr_without(0, 0);
  CHECK(without_first != map_of(qnr(golden_pair(), golden_image(69, 72, 5, 9))).at("qnr"));
  CHECK(without_first == qnr_without(0, 10));
  CHECK(without_first == qnr_without(10, 0));
  CHECK(without_first == qnr_without(10, 10));
  CHECK(without_first != qnr_without(11, 11));
}

TEST_CASE("no reference: pixels that a metric leaves out are counted by input") {
  Pair pair = golden_pair();
  std::fill_n(pair.hsi.pixel(1, 1), 5, 0.0f);
  CHECK(consistency(pair, golden_image(69, 72, 5)).left_out ==
        std::map<std::string, Index>{{"hsi_pixels with zero norm", 1}});
}

TEST_CASE("no reference: no block fits into a small image, and a single band has no spectral distortion") {
  Pair pair = golden_pair();
  pair.hsi = golden_image(10, 10, 5);
  pair.msi = golden_image(30, 30, 2);
  CHECK(std::isnan(map_of(qnr(pair, golden_image(30, 30, 5))).at("qnr")));
  pair = golden_pair();
  pair.hsi = golden_image(23, 24, 1);
  pair.degradation.srf = {};
  CHECK(map_of(qnr(pair, golden_image(69, 72, 1, 3))).at("d_lambda") == 0);
}

TEST_CASE("no reference: values do not depend on the number of threads") {
  const auto make = [] { return map_of(qnr(golden_pair(), golden_image(69, 72, 5, 9))); };
  CHECK(same_for_any_threads(make, std::equal_to<>()));
}

TEST_CASE("no reference: a fused image of another size is refused") {
  CHECK_THROWS_AS(consistency(golden_pair(), golden_image(69, 72, 4)), Error);
  CHECK_THROWS_AS(qnr(golden_pair(), golden_image(68, 72, 5)), Error);
  CHECK_THROWS_AS(qnr(golden_pair(), Cube()), Error);
}
