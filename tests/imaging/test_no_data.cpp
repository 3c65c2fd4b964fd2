#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/no_data.h"
#include "support/message_of.h"
#include "support/text.h"

using namespace specfuse;

namespace {

const float kNan = std::numeric_limits<float>::quiet_NaN();

/// One band, these values row by row.
Cube image(Index rows, Index cols, const std::vector<float>& values) {
  Cube cube(rows, cols, 1);
  std::copy(values.begin(), values.end(), cube.values.data());
  return cube;
}

NoData value(double number) {
  NoData no_data;
  no_data.value = number;
  return no_data;
}

Cube random_mask(Index rows, Index cols, double part, std::uint64_t seed) {
  Cube cube(rows, cols, 2);
  Rng rng(seed);
  for (Index i = 0; i < cube.pixels(); ++i) cube.valid.push_back(rng.uniform(0, 1) >= part);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = rng.uniform(1, 2);
  return cube;
}

}  // namespace

TEST_CASE("no data: pixels with the value, with NaN or outside the mask are filled in from their neighbours") {
  Cube cube = image(3, 3, {1, 2, 3, 4, -9, -9, 7, -9, -9});
  mark_no_data(cube, value(-9), {});
  CHECK(cube.valid == std::vector<std::uint8_t>{1, 1, 1, 1, 0, 0, 1, 0, 0});
  CHECK(cube.values[4] == doctest::Approx((1 + 2 + 3 + 4 + 7) / 5.0));
  CHECK(cube.values[5] == doctest::Approx(2.5));
  CHECK(cube.values[7] == doctest::Approx(5.5));
  // The corner has no neighbour with data: it waits for those that were filled.
  CHECK(cube.values[8] == doctest::Approx((3.4 + 2.5 + 5.5) / 3));
  CHECK(with_no_data(cube)[8] == -9);
  CHECK(with_no_data(cube)[6] == 7);

  Cube with_nan = image(1, 3, {1, kNan, 3});
  NoData no_data;
  no_data.nan = true;
  mark_no_data(with_nan, no_data, {});
  CHECK(with_nan.values[1] == 2);
  CHECK(std::isnan(with_no_data(with_nan)[1]));

  Cube masked = image(1, 3, {1, 50, 3});
  mark_no_data(masked, no_data, Tensor::from({1, 3}, {1, 0, 255}));
  CHECK(masked.values[1] == 2);
  CHECK(masked.valid == std::vector<std::uint8_t>{1, 0, 1});
}

TEST_CASE("no data: a pixel is without where any band is, what stood there has no say, and none left is an error") {
  Cube one(1, 2, 2), other(1, 2, 2);
  const std::vector<float> first{1, 2, -9, 5}, second{1, 2, 700, -9};
  std::copy(first.begin(), first.end(), one.values.data());
  std::copy(second.begin(), second.end(), other.values.data());
  mark_no_data(one, value(-9), {});
  mark_no_data(other, value(-9), {});
  for (Index i = 0; i < 4; ++i) CHECK(one.values[i] == other.values[i]);
  CHECK(one.values[2] == 1);
  CHECK(one.values[3] == 2);
  // Zero may have been measured in one band.
  Cube zeros(1, 2, 2);
  const std::vector<float> some{0, 5, 0, 0};
  std::copy(some.begin(), some.end(), zeros.values.data());
  mark_no_data(zeros, value(0), {});
  CHECK(zeros.valid == std::vector<std::uint8_t>{1, 0});
  // Another number that is declared may not.
  zeros.values = Tensor::from({1, 2, 2}, {255, 5, 6, 7});
  zeros.valid.clear();
  mark_no_data(zeros, value(255), {});
  CHECK(zeros.valid == std::vector<std::uint8_t>{0, 1});
  // The least float, as a text has it; one that is marked already stays so.
  zeros.values = Tensor::from({1, 2, 2}, {1, 5, -3.4028235e38f, 7});
  zeros.valid.clear();
  mark_no_data(zeros, value(-3.4e38), {});
  CHECK(zeros.valid == std::vector<std::uint8_t>{1, 0});
  zeros.valid = {0, 1};
  mark_no_data(zeros, value(-9), {});
  CHECK(zeros.valid == std::vector<std::uint8_t>{0, 1});
  Cube none = image(1, 2, {-9, -9});
  CHECK(!mark_no_data(none, value(-9), {}));
  CHECK(none.values[1] == 0);
  Cube whole = image(1, 2, {1, 2});
  CHECK(mark_no_data(whole, value(-9), {}));
  CHECK(whole.valid.empty());
}

TEST_CASE("no data: a part, fewer bands, and a coarser image know where there is none") {
  Cube cube(4, 4, 3);
  cube.valid.assign(16, 1);
  for (const std::size_t pixel : std::vector<std::size_t>{0, 1, 4, 10}) cube.valid[pixel] = 0;
  CHECK(crop(cube, {0, 1, 2, 2}).valid == std::vector<std::uint8_t>{0, 1, 1, 1});
  CHECK(crop(cube, {0, 2, 2, 2}).valid.empty());
  CHECK(crop_bands(cube, 1, 1).valid == cube.valid);
  Degradation degradation;
  degradation.ratio = 2;
  degradation.psf = Tensor::from({2, 2}, {0.25f, 0.25f, 0.25f, 0.25f});
  // Three of four are missing, none, none, and one of four.
  CHECK(degrade_spatially(cube, degradation).valid == std::vector<std::uint8_t>{0, 1, 1, 1});
  cube.valid[0] = 1;  // half is enough
  CHECK(degrade_spatially(cube, degradation).valid == std::vector<std::uint8_t>{1, 1, 1, 1});
  CHECK(degrade_spectrally(cube, Tensor::from({1, 3}, {1, 0, 0})).valid == cube.valid);
}

TEST_CASE("no data: what one image of a pair lacks is taken from the other as well") {
  Pair pair;
  pair.degradation.ratio = 2;
  pair.hsi = image(1, 4, {1, 2, 3, 4});
  pair.msi = image(2, 8,
                   {1, 1, 2, 2, 3, 3, 4, 4,  //
                    1, 1, 2, 2, 3, 3, 4, 4});
  Pair whole = pair;
  share_gaps(whole);
  CHECK(whole.hsi.valid.empty());
  CHECK(whole.msi.valid.empty());

  // The hsi lacks its first pixel; the msi what the last one sees, and one pixel of what the third one does.
  pair.hsi.valid = {0, 1, 1, 1};
  pair.msi.valid = {1, 1, 1, 1, 0, 1, 0, 0,  //
                    1, 1, 1, 1, 1, 1, 0, 0};
  const std::vector<std::uint8_t> before = valid_of_result(pair);
  share_gaps(pair);
  CHECK(pair.hsi.valid == std::vector<std::uint8_t>{0, 1, 1, 0});
  CHECK(pair.msi.valid == std::vector<std::uint8_t>{0, 0, 1, 1, 0, 1, 0, 0,  //
                                                    0, 0, 1, 1, 1, 1, 0, 0});
  CHECK(pair.msi.valid == before);
  CHECK(valid_of_result(pair) == before);
  // Filled in from around: the outer ones from the next, the hole from five neighbours.
  for (const auto& [pixel, value] : std::vector<std::pair<Index, float>>{{0, 2}, {1, 2}, {2, 3}, {3, 3}}) {
    CHECK(pair.hsi.values[pixel] == value);
  }
  CHECK(pair.msi.values[0] == 2);
  CHECK(pair.msi.values[15] == 3);
  CHECK(pair.msi.values[4] == doctest::Approx(13.0 / 5));
}

TEST_CASE("no data: noise has its level from the pixels with data alone") {
  const auto spread = [](float filled) {
    Cube cube(20, 20, 1);
    cube.valid.assign(400, 1);
    for (Index i = 0; i < 400; ++i) cube.values[i] = i < 200 ? filled : 10;
    std::fill_n(cube.valid.begin(), 200, std::uint8_t{0});
    add_noise(cube, 20, 1, 2);
    return cube.values[300] - 10;
  };
  CHECK(spread(1000) == spread(0));
  CHECK(spread(0) != 0);
}

namespace {

/// What is said of an image that is looked at in parts of so many rows.
std::string suspected(const Cube& cube, Index rows) {
  UndeclaredNoData seen;
  for (Index row = 0; row < cube.rows(); row += rows) seen.add(crop(cube, {row, 0, rows, cube.cols()}));
  return seen.text();
}

}  // namespace

TEST_CASE("no data: what was most likely not measured is suspected, and what may have been is not") {
  const auto suspect = [](float filled, Index pixels, Index bands = 4) {
    Cube cube(10, 10, bands);
    for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(i % 37);
    std::fill_n(cube.values.data(), pixels * bands, filled);
    const std::string text = suspected(cube, 10);
    CHECK(suspected(cube, 1) == text);
    CHECK(suspected(cube, 5) == text);
    return text;
  };
  CHECK(suspect(-9999, 12) == "-9999 in all bands of 12 of 100 pixels, which looks like no data");
  CHECK(contains(suspect(-32768, 1), "-32768 in all bands of 1 of"));
  CHECK(contains(suspect(-3.4028235e38f, 1), "looks like no data"));
  CHECK(contains(suspect(9.96921e36f, 1), "looks like no data"));
  CHECK(contains(suspect(65535, 1), "65535 in all bands of 1 of 100"));
  CHECK(suspect(65535, 1, 2).empty());  // a few bands may be saturated together
  CHECK(suspect(-5, 12).empty());       // reflectance a little below zero
  CHECK(suspect(0, 12).empty());
  Cube one_band_only(10, 10, 4);
  one_band_only.values[3] = -9999;
  CHECK(suspected(one_band_only, 10) == "-9999 in band 4 of 1 of 100 pixels, which looks like no data");
  one_band_only.values[3] = -999;
  CHECK(suspected(one_band_only, 10).find("-999 in band 4 of 1 of 100") == 0);
  CHECK(suspected(one_band_only, 10) == suspected(one_band_only, 2));
  one_band_only = Cube(10, 11, 4);  // less than one in a hundred
  one_band_only.values[3] = -999;
  CHECK(suspected(one_band_only, 10).empty());
  one_band_only.values[3] = -1e20f;
  CHECK(suspected(one_band_only, 10).find("-1e+20 in band 4 of 1 of 110") == 0);
  // The lowest value counts, wherever it stands, and the share of saturated pixels is of all.
  Cube two(10, 20, 4);
  for (Index i = 0; i < two.values.size(); ++i) two.values[i] = 7;
  std::fill_n(two.values.data(), 4, -100.0f);
  std::fill_n(two.values.data() + 4 * 100, 8, -9999.0f);
  CHECK(suspected(two, 1) == "-9999 in all bands of 2 of 200 pixels, which looks like no data");
  std::fill_n(two.values.data(), two.values.size(), 7.0f);
  std::fill_n(two.values.data(), 4, 65535.0f);
  CHECK(suspected(two, 1).empty());
  std::fill_n(two.values.data() + 4 * 150, 4, 65535.0f);
  CHECK(suspected(two, 1) == "65535 in all bands of 2 of 200 pixels, which looks like no data");
}

TEST_CASE("no data: the pixels that both images have, and the largest rectangle of them") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Cube a = random_mask(7, 6, 0.15, seed), b = random_mask(7, 6, 0.1, seed + 100);
    const Cube kept = valid_pixels(a, b);
    Index count = 0;
    for (Index i = 0; i < 42; ++i) {
      if (!a.is_valid(i) || !b.is_valid(i)) continue;
      CHECK(kept.values[2 * count] == a.values[2 * i]);
      ++count;
    }
    CHECK(kept.pixels() == count);
    const Rectangle best = largest_valid_part(a, b);
    Index most = 0;
    const auto all_valid = [&](const Rectangle& part) {
      for (Index r = part.row; r < part.row + part.rows; ++r) {
        for (Index c = part.col; c < part.col + part.cols; ++c) {
          if (!a.is_valid(6 * r + c) || !b.is_valid(6 * r + c)) return false;
        }
      }
      return true;
    };
    for (Index row = 0; row < 7; ++row) {
      for (Index col = 0; col < 6; ++col) {
        for (Index rows = 1; row + rows <= 7; ++rows) {
          for (Index cols = 1; col + cols <= 6; ++cols) {
            if (all_valid({row, col, rows, cols})) most = std::max(most, rows * cols);
          }
        }
      }
    }
    CHECK(best.rows * best.cols == most);
    CHECK(all_valid(best));
  }
  const Cube whole = random_mask(3, 3, 0, 1);
  CHECK(largest_valid_part(whole, whole) == Rectangle{0, 0, 3, 3});
}
