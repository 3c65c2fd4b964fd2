#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>

#include "specfuse/core/rng.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/outliers.h"
#include "support/text.h"

using namespace specfuse;

namespace {

/// In parts of this side.
class Parts : public WholePair {
 public:
  Parts(const Pair& pair, Index side) : WholePair(pair), side_(side) {}
  Index side() const override { return side_; }

 private:
  Index side_;
};

void fill(Cube& cube, std::uint64_t seed) {
  Rng rng(seed);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(rng.uniform(1000, 3000));
}

/// 24 x 24 x 8 and 48 x 48 x 3, values from 1000 to 3000.
Pair pair_of_noise() {
  Pair pair;
  pair.degradation.ratio = 2;
  pair.hsi = Cube(24, 24, 8);
  pair.msi = Cube(48, 48, 3);
  fill(pair.hsi, 1);
  fill(pair.msi, 2);
  return pair;
}

using Spots = std::vector<std::tuple<Index, Index, Index>>;

Spots spots(const std::vector<Outlier>& outliers) {
  Spots spots;
  for (const Outlier& o : outliers) spots.emplace_back(o.row, o.col, o.band);
  return spots;
}

const Rectangle kWhole{0, 0, 24, 24};

}  // namespace

TEST_CASE("outliers: wrapped values are found in either image, whatever the parts are") {
  Pair pair = pair_of_noise();
  CHECK(find_outliers(WholePair(pair)).empty());
  pair.hsi.pixel(0, 5)[3] = 65530;
  pair.hsi.pixel(12, 11)[2] = -32768;
  pair.hsi.pixel(12, 12)[2] = -32768;  // a neighbour, in the next part
  pair.msi.pixel(47, 24)[1] = 65535;
  const PairOutliers found = find_outliers(WholePair(pair));
  CHECK(spots(found.hsi) == Spots{{0, 5, 3}, {12, 11, 2}, {12, 12, 2}});
  CHECK(spots(found.msi) == Spots{{47, 24, 1}});
  CHECK(found.hsi[0].measured == 65530);
  const float around = (pair.hsi.pixel(0, 4)[3] + pair.hsi.pixel(0, 6)[3] + pair.hsi.pixel(1, 4)[3] +
                        pair.hsi.pixel(1, 5)[3] + pair.hsi.pixel(1, 6)[3]) /
                       5;
  CHECK(found.hsi[0].filled == doctest::Approx(around));
  for (const Index side : {2, 6, 12}) {
    const PairOutliers again = find_outliers(Parts(pair, side));
    CHECK(spots(again.hsi) == spots(found.hsi));
    CHECK(spots(again.msi) == spots(found.msi));
    CHECK(again.hsi[1].filled == found.hsi[1].filled);
  }
}

TEST_CASE("outliers: what is bright in both images, around it or in other bands was measured") {
  Pair pair = pair_of_noise();
  pair.hsi.pixel(7, 7)[3] = 65530;  // in the MSI, in the next coarse pixel
  for (Index b = 0; b < 3; ++b) pair.msi.pixel(16, 15)[b] = 40000;
  pair.hsi.pixel(20, 4)[0] = 65530;  // spread by the PSF
  pair.hsi.pixel(20, 5)[0] = 8000;
  pair.hsi.pixel(3, 18)[5] = 65530;  // with a spectrum
  pair.hsi.pixel(3, 18)[6] = 9000;
  CHECK(find_outliers(WholePair(pair)).empty());
  pair.hsi.pixel(20, 5)[0] = 2000;
  pair.hsi.pixel(3, 18)[6] = 2000;
  CHECK(spots(find_outliers(WholePair(pair)).hsi) == Spots{{3, 18, 5}, {20, 4, 0}});
}

TEST_CASE("outliers: pixels without data are none, and have no say") {
  Pair pair = pair_of_noise();
  pair.hsi.pixel(4, 4)[1] = 65535;
  pair.hsi.pixel(9, 9)[1] = 65535;
  pair.hsi.pixel(9, 10)[1] = 9000;
  pair.hsi.valid.assign(24 * 24, 1);
  pair.hsi.valid[4 * 24 + 4] = pair.hsi.valid[9 * 24 + 10] = 0;
  CHECK(spots(find_outliers(WholePair(pair)).hsi) == Spots{{9, 9, 1}});
}

TEST_CASE("outliers: methods get what is filled in, files what was measured") {
  Pair pair = pair_of_noise();
  pair.hsi.pixel(12, 11)[2] = 65535;
  pair.msi.pixel(3, 4)[0] = 65535;
  const Tensor measured = pair.hsi.values.clone();
  const PairOutliers found = find_outliers(WholePair(pair));
  Pair part = crop_pair(pair, {20, 20, 8, 8});
  withhold_outliers(found, {10, 10, 4, 4}, part);
  withhold_outliers(found, kWhole, pair);
  CHECK(pair.hsi.pixel(12, 11)[2] == found.hsi[0].filled);
  CHECK(pair.msi.pixel(3, 4)[0] == found.msi[0].filled);
  CHECK(part.hsi.pixel(2, 1)[2] == found.hsi[0].filled);
  CHECK(spots(part.hsi.outliers) == Spots{{2, 1, 2}});
  CHECK(part.msi.outliers.empty());
  CHECK(spots(crop(pair.hsi, {10, 10, 4, 4}).outliers) == Spots{{2, 1, 2}});
  const Tensor written = with_no_data(pair.hsi);
  CHECK(std::equal(written.data(), written.data() + written.size(), measured.data()));
  CHECK(find_outliers(WholePair(pair)).empty());
}

TEST_CASE("outliers: the result has them as they are, with a large standard deviation") {
  const PairOutliers outliers{{{1, 2, 4, 65535, 2000}}, {{0, 1, 0, 65535, 1500}}};
  Cube fused(4, 6, 5), sigma(4, 6, 5);
  std::fill_n(fused.values.data(), fused.values.size(), 1000.0F);
  std::fill_n(sigma.values.data(), sigma.values.size(), 10.0F);
  mark_outliers(outliers, 2, {0, 0, 4, 6}, fused, &sigma);
  CHECK(fused.pixel(3, 5)[4] == 2000);
  const Tensor written = with_no_data(fused);
  for (Index p = 0; p < 24; ++p) {
    for (Index b = 0; b < 5; ++b) {
      const bool in_hsi = p / 6 >= 2 && p % 6 >= 4 && b == 4;
      CHECK(written[p * 5 + b] == (in_hsi ? 65535 : 1000));
      CHECK(sigma.values[p * 5 + b] == (in_hsi ? 63535 : p == 1 ? 1000 : 10));
    }
  }
  Cube part(2, 2, 5);
  mark_outliers(outliers, 2, {2, 3, 2, 2}, part, nullptr);
  CHECK(spots(part.outliers) == Spots{{0, 1, 4}, {1, 1, 4}});
}

TEST_CASE("outliers: are named and counted") {
  CHECK(outlier_texts({}).empty());
  const auto texts =
      outlier_texts({{{1, 2, 4, 65535, 2}, {1, 3, 4, 65535, 2}, {2, 2, 0, 65535, 2}}, {{7, 8, 0, -9, 1}}});
  REQUIRE(texts.size() == 2);
  CHECK(contains(texts[0], "3 values of the HSI (bands 1, 5; the first 65535 in band 5 at row 1, column 2)"));
  CHECK(contains(texts[1], "1 value of the MSI (band 1; the first -9 in band 1 at row 7, column 8)"));
}
