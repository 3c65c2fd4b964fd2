#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "support/random.h"
#include "support/whole_metrics.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// A reference of zeros with one pixel each, and errors of sizes 1 ... 2000 in turned order, of both signs.
struct CountedErrors {
  static constexpr Index kCount = 2000;
  Cube reference{40, 50, 1}, fused{40, 50, 1};
  CountedErrors() {
    for (Index i = 0; i < kCount; ++i) {
      fused.values[i] = static_cast<float>((i * 7 % kCount + 1) * (i % 2 == 0 ? 1 : -1));
    }
  }
};

}  // namespace

TEST_CASE("error_statistics: of the sizes 1 to 2000 every share is where it has to be") {
  const CountedErrors counted;
  const ErrorStatistics result = error_statistics(counted.reference, counted.fused);
  const std::array<double, 6> expected{1000, 1800, 1900, 1980, 1998, 2000};
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(result.size[i] == doctest::Approx(expected[i]).epsilon(0.004));
  CHECK(result.size.back() == 2000);
  CHECK(result.band_rmse.at(0) == doctest::Approx(std::sqrt(2001.0 * 4001 / 6)));
  CHECK(result.brightness.empty());  // a spectrum of zeros has no angle
}

TEST_CASE("error_statistics: the histogram is a density over decades and holds all errors that are not zero") {
  const CountedErrors counted;
  const ErrorStatistics result = error_statistics(counted.reference, counted.fused);
  REQUIRE(result.bin.size() == result.density.size());
  double total = 0;
  for (std::size_t i = 0; i < result.bin.size(); ++i) {
    // Four bins to each power of two: 1, 1.25, 1.5, 1.75.
    const double power = std::exp2(std::floor(std::log2(result.bin[i]))),
                 quarter = std::floor(result.bin[i] / power * 4);
    const double low = power * quarter / 4, high = power * (quarter + 1) / 4;
    CHECK(result.bin[i] == doctest::Approx(std::sqrt(low * high)));
    total += result.density[i] * std::log10(high / low);
    if (low >= 64 && high <= 2000) {
      CHECK(result.density[i] * std::log10(high / low) == doctest::Approx(100 * (high - low) / 2000));
    }
  }
  CHECK(total == doctest::Approx(100));
  Cube same(2, 2, 3), one_off(2, 2, 3);
  for (Index i = 0; i < 12; ++i) one_off.values[i] = 1;  // where a bin begins
  CHECK(error_statistics(same, one_off).bin.size() == 1);
  const ErrorStatistics none = error_statistics(same, same);
  CHECK(none.bin.empty());
  CHECK(none.size == std::array<double, 6>{});
}

TEST_CASE("error_statistics: angles are medians of pixels of like brightness, the darkest first") {
  // Forty pixels of brightness 40 ... 1, each turned away from its reference by as many degrees as it is bright; two in
  // a group, of which the upper is the median.
  Cube reference(4, 10, 2), fused(4, 10, 2);
  for (Index i = 0; i < 40; ++i) {
    const double bright = static_cast<double>(40 - i), angle = bright * std::numbers::pi / 180;
    reference.values[2 * i] = static_cast<float>(bright * std::sqrt(2.0));
    fused.values[2 * i] = static_cast<float>(3 * std::cos(angle));
    fused.values[2 * i + 1] = static_cast<float>(3 * std::sin(angle));
  }
  const ErrorStatistics result = error_statistics(reference, fused);
  REQUIRE(result.brightness.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(result.brightness[i] == doctest::Approx(2.0 * static_cast<double>(i) + 1.5));
    CHECK(result.angle_deg[i] == doctest::Approx(2.0 * static_cast<double>(i) + 2).epsilon(1e-5));
  }
}

TEST_CASE("error_statistics: pixels without data take no part, and threads change nothing") {
  Cube reference(30, 31, 7), fused(30, 31, 7);
  reference.values = random_tensor({30, 31, 7}, "reference");
  fused.values = random_tensor({30, 31, 7}, "fused");
  const ErrorStatistics whole = error_statistics(reference, fused);
  const int before = threads();
  set_threads(3);
  const ErrorStatistics again = error_statistics(reference, fused);
  set_threads(before);
  CHECK(whole.size == again.size);
  CHECK(whole.density == again.density);
  CHECK(whole.angle_deg == again.angle_deg);
  Cube larger(31, 31, 7), more(31, 31, 7);
  for (Index i = 0; i < larger.values.size(); ++i) {
    larger.values[i] = i < reference.values.size() ? reference.values[i] : 1e6f;
    more.values[i] = i < reference.values.size() ? fused.values[i] : 0;
  }
  larger.valid.assign(31 * 31, 1);
  std::fill(larger.valid.begin() + 30 * 31, larger.valid.end(), 0);
  const ErrorStatistics masked = error_statistics(larger, more);
  CHECK(masked.size == whole.size);
  for (std::size_t b = 0; b < 7; ++b) CHECK(masked.band_rmse[b] == doctest::Approx(whole.band_rmse[b]).epsilon(1e-12));
  CHECK(masked.brightness == whole.brightness);
}
