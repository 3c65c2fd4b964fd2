#include <doctest/doctest.h>

#include <algorithm>

#include "run/scene_warnings.h"
#include "specfuse/core/error.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/random.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// Two MSI bands, each the mean of two of four bands, of one value everywhere in each image.
Pair pair_of(float hsi, float msi) {
  Pair pair;
  pair.hsi = Cube(2, 3, 4);
  pair.msi = Cube(4, 6, 2);
  fill(pair.hsi.values, hsi);
  fill(pair.msi.values, msi);
  pair.degradation.ratio = 2;
  pair.degradation.psf = Tensor::from({2, 2}, {0.25F, 0.25F, 0.25F, 0.25F});
  pair.degradation.srf = Tensor::from({2, 4}, {0.5F, 0.5F, 0, 0, 0, 0, 0.5F, 0.5F});
  return pair;
}

}  // namespace

TEST_CASE("scene warnings: a response that makes of the HSI what is not of the MSI's size") {
  const auto warning = [](const Pair& pair) { return warning_of_response(pair, "/srf of a.h5"); };
  Pair pair = pair_of(10, 10);
  CHECK(warning(pair).empty());
  CHECK(warning(pair_of(10, 6.7F)).empty());
  CHECK(warning(pair_of(6.7F, 10)).empty());
  CHECK(contains(warning(pair_of(10, 6.6F)),
                 "the response (/srf of a.h5) makes of the HSI, in band 1 of the MSI, what has "
                 "a root mean square of 10 where the MSI has 6.6; its rows sum to 1:"));
  CHECK(contains(warning(pair_of(6.6F, 10)), "a root mean square of 6.6 where the MSI has 10;"));
  CHECK(contains(warning(pair_of(-6.6F, -10)), "a root mean square of 6.6 where the MSI has 10;"));
  // Weights that count bands; the worst band is named.
  for (Index b = 4; b < 8; ++b) pair.degradation.srf.data()[b] *= 4;
  CHECK(contains(warning(pair),
                 "in band 2 of the MSI, what has a root mean square of 40 where the MSI has 10; its rows sum "
                 "to 1 to 4:"));
  pair.degradation.srf = {};
  CHECK(warning(pair).empty());
}

TEST_CASE("scene warnings: rows of the response in another order than the MSI's bands") {
  Pair pair = pair_of(10, 10);
  for (Index p = 0; p < pair.hsi.pixels(); ++p) {
    for (Index b = 0; b < 2; ++b) pair.hsi.values.data()[p * 4 + b] = 9;
  }
  for (Index p = 0; p < pair.msi.pixels(); ++p) pair.msi.values.data()[p * 2] = 9;
  CHECK(warning_of_response(pair, "degrade.srf").empty());
  pair.degradation.srf = Tensor::from({2, 4}, {0, 0, 0.5F, 0.5F, 0.5F, 0.5F, 0, 0});
  CHECK(contains(warning_of_response(pair, "degrade.srf"),
                 "the response (degrade.srf) makes of the HSI, in band 1 of the MSI, what is like its band 2: are the "
                 "rows of the response in the order of the MSI's bands?"));
  // What is as much like the one as like the other does not tell.
  fill(pair.msi.values, 9.5F);
  CHECK(warning_of_response(pair, "degrade.srf").empty());
}

TEST_CASE("scene warnings: a response is judged where both images have data") {
  Pair pair = pair_of(10, 10);
  pair.hsi.valid = {0, 1, 1, 1, 1, 1};
  std::fill_n(pair.hsi.values.data(), 4, 1000.0F);
  CHECK(warning_of_response(pair, "degrade.srf").empty());
  for (const Index row : {0, 1}) std::fill_n(pair.msi.pixel(row, 0), 4, 1000.0F);
  CHECK(warning_of_response(pair, "degrade.srf").empty());
  for (const Index row : {0, 1}) std::fill_n(pair.msi.pixel(row, 0), 4, 10.0F);
  pair.hsi.valid.clear();
  CHECK(!warning_of_response(pair, "degrade.srf").empty());
  pair.msi.valid.assign(24, 0);
  pair.msi.valid[0] = 1;  // less than half of a coarse pixel
  CHECK(warning_of_response(pair, "degrade.srf").empty());
}

TEST_CASE("scene warnings: dark images have no size to compare") {
  CHECK(warning_of_response(pair_of(0, 10), "degrade.srf").empty());
  CHECK(warning_of_response(pair_of(10, 0), "degrade.srf").empty());
}

TEST_CASE("scene warnings: images whose units are a hundredfold apart are refused, whatever a few pixels hold") {
  const std::string kNotThrown = "nothing was thrown";
  const auto fails = [](const Pair& pair) {
    return message_of<ConfigError>([&] { check_units(pair, "a.h5", false); });
  };
  for (const float apart : {1.0F, 90.0F, 0.011F}) CHECK(fails(pair_of(10, 10 * apart)) == kNotThrown);
  CHECK(
      fails(pair_of(0.25F, 2500)) ==
      "data: expected both images of a.h5 in the same units, got an HSI of 0.25 where the MSI has 2500 (medians, under "
      "the response); degrade.estimate.gain finds the factor of each MSI band");
  CHECK(contains(message_of<ConfigError>([&] { check_units(pair_of(0.25F, 2500), "a.h5", true); }),
                 "a.h5: nothing in the HSI explains the MSI"));
  CHECK(contains(fails(pair_of(2500, 0.25F)), "got an HSI of 2500 where the MSI has 0.25"));
  // A response that holds the factor explains it.
  Pair pair = pair_of(0.25F, 2500);
  for (Index i = 0; i < pair.degradation.srf.size(); ++i) pair.degradation.srf[i] *= 1e4F;
  CHECK(fails(pair) == kNotThrown);
  pair.degradation.srf = {};
  CHECK(contains(fails(pair), "where the MSI has 2500 (medians); "));
  CHECK(fails(pair_of(0, 2500)) == kNotThrown);
  pair = pair_of(10, 10);
  std::fill_n(pair.hsi.values.data(), 8, 1e9F);
  std::fill_n(pair.msi.values.data(), 8, -1e9F);
  CHECK(fails(pair) == kNotThrown);
  pair = pair_of(10, 1e5F);
  pair.hsi.valid.assign(6, 0);
  CHECK(fails(pair) == kNotThrown);
}
