#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/metric.h"
#include "specfuse/core/error.h"
#include "specfuse/metrics/metrics.h"
#include "specfuse/metrics/profiles.h"
#include "support/golden.h"
#include "support/score.h"
#include "support/thread_counts.h"
#include "support/whole_metrics.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// The pair of images that golden.py compares.
Cube golden_fused() {
  Cube fused = golden_image(3, 5, 7);
  const Cube other = golden_image(3, 5, 7, 50);
  for (Index i = 0; i < fused.values.size(); ++i) fused.values[i] += 0.25f * other.values[i];
  return fused;
}

/// What every small image leaves out.
const std::map<std::string, Index> kTooSmall{{"images smaller than 11 x 11 pixels", 1},
                                             {"images smaller than 32 x 32 pixels", 1}};

}  // namespace

TEST_CASE("metrics: every metric agrees with NumPy") {
  const Scores scores = evaluate(golden_image(3, 5, 7), golden_fused(), 4);
  const std::vector<Score> golden{
      {"psnr_db", 16.11574265}, {"psnr_global_db", 16.47285854}, {"psnr_unit_db", 15.63014166}, {"sam_deg", 9.86806404},
      {"ergas", 7.802122541},   {"rmse", 0.938073981},           {"cc", 0.9666129672}};
  for (const Score& expected : golden) {
    CHECK(score(scores, expected.key) == doctest::Approx(expected.value).epsilon(1e-8));
  }
  CHECK(scores.left_out == kTooSmall);
}

TEST_CASE("metrics: the list names what evaluate returns, and which way is better") {
  const Scores scores = evaluate(golden_image(1, 2, 1), golden_image(1, 2, 1, 9), 2);
  const std::vector<MetricInfo> list = metric_list();
  REQUIRE(list.size() == scores.values.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    CHECK(list[i].key == scores.values[i].key);
    if (list[i].key == "sam_deg" || list[i].key == "ergas" || list[i].key == "rmse") CHECK(!list[i].higher_is_better);
    if (list[i].key == "psnr_db" || list[i].key == "ssim" || list[i].key == "cc") CHECK(list[i].higher_is_better);
  }
}

TEST_CASE("metrics: every line of metrics.def names the metric of its file, which says how it is computed") {
  std::vector<std::string> lines;
#define SPECFUSE_METRIC(name) lines.push_back(#name);
#include "metrics/metrics.def"
#undef SPECFUSE_METRIC
  const std::vector<MetricInfo> list = metric_list();
  REQUIRE(lines.size() == list.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(list[i].key == lines[i]);
    CHECK(!list[i].definition.empty());
  }
}

TEST_CASE("metrics: an identical image has infinite PSNR and no error") {
  const Cube image = golden_image(3, 5, 7);
  const Scores scores = evaluate(image, image, 4);
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(score(scores, "psnr_db") == infinity);
  CHECK(score(scores, "psnr_global_db") == infinity);
  CHECK(score(scores, "psnr_unit_db") == infinity);
  CHECK(score(scores, "sam_deg") < 1e-5);
  CHECK(score(scores, "ergas") == 0);
  CHECK(score(scores, "rmse") == 0);
  CHECK(score(scores, "cc") == doctest::Approx(1));
}

TEST_CASE("metrics: bands and pixels that a quotient cannot use are left out and counted") {
  Cube reference(2, 2, 3), fused = golden_image(2, 2, 3);
  const float useful[] = {1, 2, 3, 5};
  for (Index i = 0; i < 4; ++i) {
    reference.values[3 * i + 1] = useful[i];                  // band 0 stays zero
    reference.values[3 * i + 2] = i % 2 == 0 ? -1.0f : 1.0f;  // mean zero
  }
  std::fill_n(fused.pixel(1, 1), 3, 0.0f);
  const Scores scores = evaluate(reference, fused, 4);
  const std::map<std::string, Index> expected{{"bands with zero maximum, or constant and reproduced exactly", 1},
                                              {"bands with zero mean", 2},
                                              {"bands with zero span", 1},
                                              {"bands with zero span in either image", 1},
                                              {"pixels with zero norm", 1}};
  for (const auto& [reason, count] : expected) CHECK(scores.left_out.at(reason) == count);
  CHECK(scores.left_out.size() == expected.size() + kTooSmall.size());
  double squared_error = 0;
  for (Index i = 0; i < 4; ++i) squared_error += std::pow(useful[i] - fused.values[3 * i + 1], 2) / 4;
  CHECK(score(scores, "ergas") == doctest::Approx(25 * std::sqrt(squared_error / (2.75 * 2.75))));
}

TEST_CASE("metrics: a constant band says nothing when reproduced exactly, and counts when it is not") {
  Cube reference = golden_image(3, 5, 2), fused = golden_image(3, 5, 2, 9);
  for (Index i = 0; i < 15; ++i) reference.values[2 * i] = fused.values[2 * i] = 7;
  const Scores exact = evaluate(reference, fused, 4);
  CHECK(exact.left_out.at("bands with zero maximum, or constant and reproduced exactly") == 1);
  CHECK(score(exact, "psnr_db") == band_psnr_db(reference, fused)[1]);
  fused.values[0] = 8;
  const std::vector<double> both = band_psnr_db(reference, fused);
  CHECK(score(evaluate(reference, fused, 4), "psnr_db") == doctest::Approx((both[0] + both[1]) / 2));
}

TEST_CASE("metrics: where nothing is left the value is NaN") {
  const Scores scores = evaluate(Cube(1, 1, 1), Cube(1, 1, 1), 2);
  for (const char* key : {"psnr_db", "psnr_global_db", "psnr_unit_db", "sam_deg", "ergas", "cc"}) {
    CHECK(std::isnan(score(scores, key)));
  }
  CHECK(score(scores, "rmse") == 0);
}

TEST_CASE("metrics: maps and per-band values average to the scores") {
  const Cube reference = golden_image(3, 5, 7), fused = golden_fused();
  const Scores scores = evaluate(reference, fused, 4);
  double psnr = 0, angle = 0, squares = 0;
  for (const double value : band_psnr_db(reference, fused)) psnr += value / 7;
  const Tensor angles = sam_map_deg(reference, fused), errors = error_map(reference, fused);
  REQUIRE(angles.shape() == Shape{3, 5});
  REQUIRE(errors.shape() == Shape{3, 5});
  for (Index i = 0; i < 15; ++i) {
    angle += double{angles[i]} / 15;
    squares += double{errors[i]} * double{errors[i]} / 15;
  }
  CHECK(psnr == doctest::Approx(score(scores, "psnr_db")));
  CHECK(angle == doctest::Approx(score(scores, "sam_deg")));
  CHECK(std::sqrt(squares) == doctest::Approx(score(scores, "rmse")));
}

TEST_CASE("metrics: a cosine that rounds above one is an angle of zero") {
  const Cube image = golden_image(40, 40, 7);
  Cube brighter = golden_image(40, 40, 7);
  for (Index i = 0; i < brighter.values.size(); ++i) brighter.values[i] *= 2;
  const Tensor angles = sam_map_deg(image, brighter);
  for (Index i = 0; i < angles.size(); ++i) REQUIRE(angles[i] < 1e-5f);
}

TEST_CASE("metrics: the map of angles is NaN where a norm is zero") {
  const Tensor angles = sam_map_deg(Cube(1, 1, 2), golden_image(1, 1, 2));
  CHECK(std::isnan(angles[0]));
}

TEST_CASE("metrics: values do not depend on the number of threads") {
  const Cube reference = golden_image(133, 40, 21), fused = golden_image(133, 40, 21, 11);
  const auto same = [](const Scores& x, const Scores& y) {
    return std::equal(x.values.begin(), x.values.end(), y.values.begin(), y.values.end(),
                      [](const Score& a, const Score& b) { return a.key == b.key && a.value == b.value; });
  };
  CHECK(same_for_any_threads([&] { return evaluate(reference, fused, 4); }, same));
  for (const std::string& profile : metric_profiles()) {
    CAPTURE(profile);
    CHECK(same_for_any_threads([&] { return evaluate_profile(profile, reference, fused, 4); }, same));
  }
}

TEST_CASE("metrics: unequal shapes, empty images, bad ratios and values that are not finite are refused") {
  const Cube image = golden_image(2, 2, 2);
  Cube broken = golden_image(2, 2, 2);
  broken.values[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(evaluate(image, golden_image(2, 2, 1), 4), Error);
  CHECK_THROWS_AS(evaluate(image, broken, 4), Error);
  CHECK_THROWS_AS(evaluate(broken, image, 4), Error);
  CHECK_THROWS_AS(evaluate(image, image, 0), Error);
  CHECK_THROWS_AS(evaluate(Cube(), Cube(), 4), Error);
  CHECK_THROWS_AS(band_psnr_db(image, broken), Error);
  CHECK_THROWS_AS(sam_map_deg(image, broken), Error);
  CHECK_THROWS_AS(error_map(image, broken), Error);
}

TEST_CASE("metrics: pixels without data take no part, and windows are those of the largest part with data") {
  Cube reference = golden_image(40, 50, 3), fused = golden_image(40, 50, 3, 7);
  for (Index i = 0; i < fused.values.size(); ++i) {
    fused.values[i] = reference.values[i] + 0.1f * fused.values[i];
  }
  reference.valid.assign(2000, 1);
  fused.valid.assign(2000, 1);
  // The first twelve columns of one, two pixels of the other beside them.
  for (std::size_t i = 0; i < 2000; ++i) {
    if (i % 50 < 12) reference.valid[i] = 0;
  }
  fused.valid[12] = fused.valid[62] = 0;
  Cube x(1, 40 * 38 - 2, 3), y(1, 40 * 38 - 2, 3);
  Index at = 0;
  for (Index i = 0; i < 2000; ++i) {
    if (!reference.is_valid(i) || !fused.is_valid(i)) continue;
    for (Index b = 0; b < 3; ++b) {
      x.values[3 * at + b] = reference.values[3 * i + b];
      y.values[3 * at + b] = fused.values[3 * i + b];
    }
    ++at;
  }
  REQUIRE(at == x.cols());
  const Scores masked = evaluate(reference, fused, 2), pixels = evaluate(x, y, 2);
  Cube reference_part = crop(reference, {0, 13, 40, 37}), fused_part = crop(fused, {0, 13, 40, 37});
  const Scores windows = evaluate(reference_part, fused_part, 2);
  for (const Metric& metric : metrics()) {
    CHECK(score(masked, metric.info.key) == score(metric.halo > 0 ? windows : pixels, metric.info.key));
  }
  CHECK(masked.left_out.at("pixels without data") == 482);
  CHECK(masked.left_out.at("pixels outside the largest part with data, by metrics of windows") == 520);
  CHECK(band_psnr_db(reference, fused) == band_psnr_db(x, y));
  CHECK(std::isnan(error_map(reference, fused).data()[12]));
  CHECK(std::isnan(sam_map_deg(reference, fused).data()[0]));
  CHECK_FALSE(std::isnan(sam_map_deg(reference, fused).data()[13]));
  // What is filled in makes no difference.
  for (Index b = 0; b < 3; ++b) fused.values[b] = 1000;
  CHECK(score(evaluate(reference, fused, 2), "psnr_db") == score(masked, "psnr_db"));
}
