#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "estimate/field_pair.h"
#include "estimate/sharp_factor.h"
#include "specfuse/estimate/harmonise.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/tensor/math.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

Pair harmonised(const Pair& pair) {
  Pair result = pair;
  harmonise(harmony_of(WholePair(pair)), result);
  return result;
}

/// The first pair with noise, made once.
const Pair& changed_and_harmonised() {
  static const Pair pair = harmonised(changed(simulated({})));
  return pair;
}

/// Root mean square of the difference in a part.
double error_in(const Cube& one, const Cube& other, const Rectangle& part) {
  const Cube a = crop(one, part), b = crop(other, part);
  double sum = 0;
  for (Index i = 0; i < a.values.size(); ++i) sum += std::pow(double{a.values[i]} - double{b.values[i]}, 2);
  return std::sqrt(sum / static_cast<double>(a.values.size()));
}

Pair exact() {
  Setting setting;
  setting.snr_db = {};
  return simulated(setting);
}

}  // namespace

TEST_CASE("harmonise: an exact pair stays as it is to the bit, and noise changes next to nothing") {
  const Pair pair = exact(), same_pair = harmonised(pair);
  CHECK(same(same_pair.msi.values, pair.msi.values));
  CHECK(same(same_pair.hsi.values, pair.hsi.values));
  const Tensor& off = same_pair.disagreement.values;
  CHECK(*std::max_element(off.data(), off.data() + off.size()) < 0.01f);
  const Pair noisy = simulated({}), after = harmonised(noisy);
  CHECK(relative_l2(after.msi.values, pair.msi.values) < 1.002 * relative_l2(noisy.msi.values, pair.msi.values));
}

TEST_CASE(
    "harmonise: an area that changed follows the HSI again, up to its edges, and no pixel of the HSI is touched") {
  for (const std::optional<double> snr_db : {std::optional<double>(), std::optional<double>(35)}) {
    CAPTURE(snr_db.has_value());
    Setting setting;
    setting.snr_db = snr_db;
    const Pair before = simulated(setting), pair = changed(before),
               after = snr_db ? changed_and_harmonised() : harmonised(pair);
    const Rectangle around = with_margin(kChangedPart, 8, pair.msi);
    CHECK(error_in(after.msi, before.msi, around) < error_in(pair.msi, before.msi, around) / 5);
    CHECK(error_in(after.msi, before.msi, kChangedPart) < error_in(pair.msi, before.msi, kChangedPart) / 5);
    const Rectangle inside{3, 3, 26, 26};
    CHECK(same(crop(after.hsi, inside).values, crop(pair.hsi, inside).values));
    // The map shows it, and nothing else: in units of noise, and of the MSI, where a pixel lies in it as a whole.
    CHECK(after.disagreement.pixel(13, 16)[1] == doctest::Approx(1 - 1 / 1.3).epsilon(0.1));
    CHECK(after.disagreement.pixel(13, 16)[0] > 20);
    CHECK(after.disagreement.pixel(25, 5)[0] < 4);
  }
}

TEST_CASE("harmonise: a part with its halo is the same as the whole") {
  Setting setting;
  const Pair pair = changed(simulated(setting));
  const Harmony harmony = harmony_of(WholePair(pair));
  Pair whole = pair;
  harmonise(harmony, whole);
  const Index halo = harmony_halo(pair.degradation);
  // Areas that changed are looked at as far as the part shows them: here all of it or nothing.
  for (const Rectangle& part : {Rectangle{7, 11, 13, 11}, Rectangle{22, 4, 8, 12}}) {
    PairPart seen = read_part(WholePair(pair), part, halo);
    harmonise(harmony, seen.pair);
    const Rectangle fine = fine_part(part, pair.degradation.ratio);
    CHECK(relative_l2(seen.inner_of_fine(seen.pair.msi).values, crop(whole.msi, fine).values) < 1e-6);
    CHECK(same(seen.inner_of_coarse(seen.pair.disagreement).values, crop(whole.disagreement, part).values));
  }
}

TEST_CASE("harmonise: at the edges what the HSI sees beyond the MSI does not change the MSI") {
  // The scene goes on beyond a crop of it, which the HSI saw and the MSI does not show.
  const Pair pair = exact();
  const Pair part = crop_pair(pair, {32, 32, 64, 64}), after = harmonised(part);
  CHECK(relative_l2(after.msi.values, part.msi.values) < 1e-3);
  const Rectangle inside{3, 3, 10, 10};
  CHECK(same(crop(after.hsi, inside).values, crop(part.hsi, inside).values));
  // The HSI at the edge comes nearer to what the MSI shows there.
  const Cube seen = degrade_spatially(part.msi, part.degradation);
  const auto gap = [&](const Pair& one) {
    return relative_l2(degrade_spectrally(one.hsi, one.degradation.srf).values, seen.values);
  };
  CHECK(gap(after) < gap(part) / 3);
}

TEST_CASE("sharp factor: a smooth bump stays smooth, a rectangle gets its edges" * doctest::test_suite("long")) {
  const Pair pair = crop_pair(exact(), {24, 40, 64, 64});
  const Rectangle all{0, 0, 64, 64};
  // Errors of the sharpened factor and of the cubic one; the MSI has to be multiplied by `truth` to be as it was.
  const auto errors = [&](const auto& truth) {
    Cube factor(64, 64, 6), other = pair.msi;
    other.values = pair.msi.values.clone();
    for (Index i = 0; i < factor.values.size(); ++i)
      other.values[i] /= factor.values[i] = static_cast<float>(truth(i / 6 / 64, i / 6 % 64));
    const Cube wanted = degrade_spatially(pair.msi, pair.degradation), low = degrade_spatially(other, pair.degradation);
    Cube coarse = wanted;
    coarse.values = wanted.values.clone();
    for (Index i = 0; i < coarse.values.size(); ++i) coarse.values[i] /= low.values[i];
    const Cube smooth = upsample_cubic(coarse, pair.degradation);
    return std::array{error_in(sharpen_factor(other, wanted, pair.degradation, smooth), factor, all),
                      error_in(smooth, factor, all)};
  };
  const auto [of_bump, cubic_of_bump] = errors([](Index row, Index col) {
    const double square = std::pow(static_cast<double>(row) - 28, 2) + std::pow(static_cast<double>(col) - 26, 2);
    return 1 - 0.3 * std::exp(-square / (2 * 10 * 10));
  });
  CHECK(of_bump < 2.5 * cubic_of_bump);
  const auto [of_rectangle, cubic_of_rectangle] = errors([](Index row, Index col) {
    constexpr Rectangle part{12, 12, 32, 28};
    return row >= part.row && row < part.row + part.rows && col >= part.col && col < part.col + part.cols ? 1 / 1.3 : 1;
  });
  CHECK(of_rectangle < 0.7 * cubic_of_rectangle);
}

TEST_CASE("changed areas: each is named with its place and size, small ones and noise are not") {
  Cube map(20, 30, 2);
  const auto change = [&](const Rectangle& part, float by) {
    for (Index i = 0; i < part.rows * part.cols; ++i) {
      float* const value = map.pixel(part.row + i / part.cols, part.col + i % part.cols);
      value[0] = 10;
      value[1] = by;
    }
  };
  for (Index p = 0; p < map.pixels(); ++p) map.values[2 * p] = 2, map.values[2 * p + 1] = 0.5f;
  CHECK(changed_areas(map).empty());  // within noise, however large
  change({2, 3, 1, 3}, 0.3f);
  CHECK(changed_areas(map).empty());
  change({5, 6, 3, 4}, 0.3f);
  change({8, 10, 2, 2}, 0.3f);  // touch at corners
  change({10, 8, 2, 2}, 0.3f);
  change({15, 20, 2, 4}, 0.05f);
  const std::vector<std::string> texts = changed_areas(map);
  REQUIRE(texts.size() == 1);
  CHECK(contains(texts[0], "disagree by 30 % in 20 connected coarse pixels (rows 5-11, cols 6-11)"));
  CHECK(contains(changed_areas(map, 3)[0], "30 % in 180 connected coarse pixels (rows 15-35, cols 18-35)"));
  for (Index i = 0; i < 4; ++i) change({0, 10 + 5 * i, 2, 2 + i % 2}, 0.2f);
  REQUIRE(changed_areas(map).size() == 4);
  CHECK(changed_areas(map).back() == "they disagree in 2 smaller areas of 8 coarse pixels, too");
  const Pair& after = changed_and_harmonised();
  REQUIRE(changed_areas(after.disagreement).size() == 1);
  // Fine rows 36-67 and columns 52-79 are coarse rows 9-16 and columns 13-19.
  CHECK(contains(changed_areas(after.disagreement)[0], "(rows 9-16, cols 13-19)"));
}

TEST_CASE("widen sigma: what the residual leaves open is the least, and a change counts where it is") {
  Harmony harmony;
  harmony.fine_error = {5, 2, 0};
  Cube map(2, 1, 2), fused(4, 2, 3), sigma(4, 2, 3);
  map.pixel(0, 0)[0] = 3.5f, map.pixel(0, 0)[1] = 0.2f;
  map.pixel(1, 0)[0] = 2.5f, map.pixel(1, 0)[1] = 0.2f;
  fill(fused.values, 50.0f);
  fill(sigma.values, 3.0f);
  widen_sigma(harmony, map, fused, sigma);
  // 15 % of the disagreement of 20 % of 50.
  const double least[] = {5, 3, 3};
  for (Index b = 0; b < 3; ++b) {
    for (Index row = 0; row < 4; ++row)
      CHECK(sigma.pixel(row, 1)[b] == doctest::Approx(std::hypot(least[b], row < 2 ? 1.5 : 0)));
  }
}
