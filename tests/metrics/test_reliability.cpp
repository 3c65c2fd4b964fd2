#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/text.h"
#include "support/whole_metrics.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// Half widths that hold 68 % and 95 % of Laplace errors of scale 1: P(|error| <= w) = 1 - exp(-w).
const double kWidth68 = -std::log(0.32), kWidth95 = -std::log(0.05);

/// A reference of zeros, and a result whose errors follow Laplace's law exactly: the quantiles of even steps, each
/// stretched by a width of its own from 1 to 4.
struct LaplaceCase {
  static constexpr Index kCount = 50, kWidths = 400;
  Cube reference{kWidths, kCount, 1}, fused{kWidths, kCount, 1}, sigma{kWidths, kCount, 1};

  explicit LaplaceCase(double sigma_factor) {
    for (Index row = 0; row < kWidths; ++row) {
      const double width = 1 + 3 * static_cast<double>(row) / kWidths;
      for (Index i = 0; i < kCount; ++i) {
        const double part = (static_cast<double>(i) + 0.5) / static_cast<double>(kCount);
        const double sign = i % 2 == 0 ? 1 : -1;
        fused.pixel(row, i)[0] = static_cast<float>(-sign * width * std::log(1 - part));
        sigma.pixel(row, i)[0] = static_cast<float>(sigma_factor * kWidth68 * width);
      }
    }
  }
  Reliability result() const { return reliability(reference, fused, sigma, kWidth95 / kWidth68); }
};

double laplace_part(double width) { return 1 - std::exp(-width); }

}  // namespace

TEST_CASE("reliability: Laplace errors lie within the right, a half and a double sigma as often as they should") {
  for (const double factor : {1.0, 0.5, 2.0}) {
    CAPTURE(factor);
    const Reliability result = LaplaceCase(factor).result();
    CHECK(result.coverage_68 == doctest::Approx(laplace_part(factor * kWidth68)).epsilon(0.02));
    CHECK(result.coverage_95 == doctest::Approx(laplace_part(factor * kWidth95)).epsilon(0.02));
    REQUIRE(result.expected.size() == 20);
    REQUIRE(result.observed.size() == 20);
    for (std::size_t i = 0; i < 20; ++i) {
      CAPTURE(i);
      CHECK(result.expected[i] == doctest::Approx(factor * result.observed[i]).epsilon(0.05));
      if (i > 0) CHECK(result.expected[i] > result.expected[i - 1]);
    }
  }
}

TEST_CASE("reliability: a group holds the values of its sigma, wherever they are in the image") {
  Cube reference(1, 40, 1), fused(1, 40, 1), sigma(1, 40, 1);
  for (Index i = 0; i < 40; ++i) {
    sigma.values[i] = i % 2 == 0 ? 8 : 1;
    fused.values[i] = i % 2 == 0 ? -4 : 2;
  }
  const Reliability result = reliability(reference, fused, sigma, 2);
  CHECK(result.coverage_68 == 0.5);
  CHECK(result.coverage_95 == 1);  // the end of an interval is a part of it
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(result.expected[i] == (i < 10 ? 1 : 8));
    CHECK(result.observed[i] == (i < 10 ? 2 : 4));
  }
}

TEST_CASE("reliability: equal sigmas are divided in the order of the values, and few values into as many groups") {
  Cube reference(1, 3, 1), fused(1, 3, 1), sigma(1, 3, 1);
  for (Index i = 0; i < 3; ++i) {
    fused.values[i] = static_cast<float>(3 - i);
    sigma.values[i] = 1;
  }
  const Reliability result = reliability(reference, fused, sigma, 2);
  CHECK(result.expected == std::vector<double>{1, 1, 1});
  CHECK(result.observed == std::vector<double>{3, 2, 1});
}

TEST_CASE("reliability: other shapes, and a sigma that is no width, are refused") {
  const Cube image(2, 3, 4);
  Cube sigma = image;
  fill(sigma.values, 1);
  CHECK(contains(message_of<Error>([&] { reliability(image, Cube(2, 4, 3), sigma, 2); }), "got [2, 4, 3]"));
  CHECK(contains(message_of<Error>([&] { reliability(image, image, Cube(3, 2, 4), 2); }), "sigma [3, 2, 4]"));
  for (const float bad : {0.0f, -1.0f, std::numeric_limits<float>::infinity(), std::nanf("")}) {
    CAPTURE(bad);
    sigma.values[23] = bad;
    CHECK(contains(message_of<Error>([&] { reliability(image, image, sigma, 2); }), "expected a sigma above 0, got "));
  }
}

TEST_CASE("reliability: pixels without data take no part") {
  Cube reference(1, 4, 1), fused(1, 4, 1), sigma(1, 4, 1);
  for (Index i = 0; i < 4; ++i) {
    fused.values[i] = i < 2 ? 5 : 0.5f;
    sigma.values[i] = i == 2 ? 0.1f : 1;
  }
  reference.valid = {0, 1, 1, 1};
  fused.valid = {1, 0, 1, 1};
  const Reliability found = reliability(reference, fused, sigma, 2);
  CHECK(found.coverage_68 == 0.5);
  CHECK(found.expected == std::vector<double>{sigma.values[2], 1});
}
