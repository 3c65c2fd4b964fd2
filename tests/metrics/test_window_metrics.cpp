#include <chrono>
#include <cmath>
#include <limits>

#include "specfuse/metrics/metrics.h"
#include "support/golden.h"
#include "support/score.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

struct Images {
  Cube reference, fused;
};

/// `odd_pair` of golden.py.
Images odd_pair() {
  Images images{golden_image(37, 45, 6), golden_image(37, 45, 6)};
  const Cube other = golden_image(37, 45, 6, 50);
  for (Index i = 0; i < other.values.size(); ++i) images.fused.values[i] += 0.25f * other.values[i];
  std::fill_n(images.reference.pixel(3, 4), 6, 0.0f);
  for (Index p = 0; p < 37 * 45; ++p) images.reference.values[6 * p + 2] = 1.5f;
  return images;
}

const char* const kKeys[] = {"ssim", "uiqi", "q2n"};

void check_scores(const Images& images, const std::array<double, 3>& golden) {
  const Scores scores = evaluate(images.reference, images.fused, 4);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(score(scores, kKeys[i]) == doctest::Approx(golden[i]).epsilon(1e-9));
  }
}

}  // namespace

TEST_CASE("window metrics: they agree with plain loops on odd sizes, a pixel of zeros and a constant band") {
  check_scores(odd_pair(), {0.9388066698, 0.9415024307, 0.936012827});
}

TEST_CASE("window metrics: they agree with plain loops on nine bands, which fill up to sixteen") {
  check_scores({golden_image(32, 33, 9), golden_image(32, 33, 9, 7)}, {0.6298534965, 0.6307939701, 0.6278494214});
}

TEST_CASE("window metrics: bands of zero span are left out and counted") {
  const Images images = odd_pair();
  CHECK(evaluate(images.reference, images.fused, 4).left_out.at("bands with zero span") == 1);
}

TEST_CASE("window metrics: windows of zeros count as they are, not as rounding leaves them") {
  Images images{golden_image(32, 32, 2), golden_image(32, 32, 2, 9)};
  for (Index row = 0; row < 32; ++row) {
    std::fill_n((row < 16 ? images.reference : images.fused).pixel(row, 0), 32 * 2, 0.0f);
  }
  const Scores scores = evaluate(images.reference, images.fused, 4);
  CHECK(score(scores, "uiqi") == doctest::Approx(-0.6091326443).epsilon(1e-9));
  CHECK(score(scores, "q2n") == doctest::Approx(0.6100123077).epsilon(1e-9));

  Images block{golden_image(32, 64, 3), golden_image(32, 64, 3, 9)};
  for (Index i = 0; i < 32 * 32; ++i) block.reference.pixel(i / 32, i % 32)[1] = 0;
  CHECK(score(evaluate(block.reference, block.fused, 4), "q2n") == doctest::Approx(0.341656066).epsilon(1e-9));

  // Both images are zero except in one corner, so most windows compare zeros with zeros, which is perfect.
  Images corner{Cube(64, 64, 1), Cube(64, 64, 1)};
  corner.reference.values[0] = 1e4f;
  corner.fused.values[1] = 1e4f;
  const double windows = 33 * 33;
  CHECK(score(evaluate(corner.reference, corner.fused, 4), "uiqi") ==
        doctest::Approx((windows - 2 - 1.0 / 1023) / windows).epsilon(1e-12));
}

TEST_CASE("window metrics: an identical image scores one") {
  const Images images = odd_pair();
  const Scores scores = evaluate(images.reference, images.reference, 4);
  for (const char* key : kKeys) CHECK(score(scores, key) == doctest::Approx(1).epsilon(1e-12));
}

TEST_CASE("window metrics: an image smaller than the window has none, and says so") {
  const Scores small = evaluate(golden_image(31, 40, 3), golden_image(31, 40, 3, 5), 4);
  CHECK(std::isfinite(score(small, "ssim")));
  CHECK(std::isnan(score(small, "uiqi")));
  CHECK(std::isnan(score(small, "q2n")));
  CHECK(small.left_out == std::map<std::string, Index>{{"images smaller than 32 x 32 pixels", 1}});
  const Scores tiny = evaluate(golden_image(11, 10, 1), golden_image(11, 10, 1, 5), 4);
  CHECK(std::isnan(score(tiny, "ssim")));
  CHECK(tiny.left_out.at("images smaller than 11 x 11 pixels") == 1);
}

TEST_CASE("window metrics: a great offset costs no digits") {
  Images images = odd_pair();
  const double before = score(evaluate(images.reference, images.fused, 4), "ssim");
  // SSIM sees an offset in its comparison of means alone, which it drives towards one.
  for (Cube* cube : {&images.reference, &images.fused}) {
    for (Index i = 0; i < cube->values.size(); ++i) cube->values[i] += 65536;
  }
  const double structure = score(evaluate(images.reference, images.fused, 4), "ssim");
  CHECK(structure > before);
  CHECK(structure < 1);
}

TEST_CASE("window metrics: speed" * doctest::skip()) {
  const Cube x = golden_image(512, 512, 162), y = golden_image(512, 512, 162, 50);
  const auto start = std::chrono::steady_clock::now();
  evaluate(x, y, 4);
  MESSAGE(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << " s");
}
