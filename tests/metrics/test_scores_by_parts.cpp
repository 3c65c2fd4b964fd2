#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "metrics/shared/grouped_curve.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/metrics/reliability.h"
#include "specfuse/metrics/scores_by_parts.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

Cube image(Index rows, Index cols, Index bands, const char* name) {
  Cube cube(rows, cols, bands);
  cube.values = random_tensor({rows, cols, bands}, name);
  for (Index i = 0; i < cube.values.size(); ++i) {
    // Means that differ from part to part, and a level that swamps them where sums are not centred.
    cube.values[i] += 50.0f + static_cast<float>(i % bands) + 0.05f * static_cast<float>(i / (bands * cols));
  }
  return cube;
}

void check_close(const Scores& found, const Scores& expected) {
  REQUIRE(found.values.size() == expected.values.size());
  for (std::size_t i = 0; i < found.values.size(); ++i) {
    CAPTURE(found.values[i].key);
    CHECK(found.values[i].key == expected.values[i].key);
    if (std::isnan(expected.values[i].value)) {
      CHECK(std::isnan(found.values[i].value));
    } else {
      CHECK(found.values[i].value == doctest::Approx(expected.values[i].value).epsilon(1e-9));
    }
  }
}

/// What is around a part, as far as there are pixels.
Rectangle seen_of(const PairPart& part, const Rectangle& coarse) {
  return {coarse.row - part.inner.row, coarse.col - part.inner.col, part.pair.hsi.rows(), part.pair.hsi.cols()};
}

struct Parts {
  Scores scores;
  ErrorStatistics errors;
};

Parts by_parts(const Cube& reference, const Cube& fused, Index ratio, Index side) {
  ScoresByParts scores(reference.rows(), reference.cols(), ratio);
  std::vector<Rectangle> parts = parts_of(reference.rows(), reference.cols(), side, ScoresByParts::kUnit);
  std::reverse(parts.begin(), parts.end());
  for (const Rectangle& part : parts) scores.look(crop(reference, part), crop(fused, part), part.row, part.col);
  for (Rectangle part : parts) {
    const Index rows = part.rows, cols = part.cols;
    part.rows = std::min(reference.rows() - part.row, rows + ScoresByParts::kBeyond);
    part.cols = std::min(reference.cols() - part.col, cols + ScoresByParts::kBeyond);
    scores.measure(crop(reference, part), crop(fused, part), rows, cols);
  }
  return {scores.scores(), scores.errors()};
}

void check_same(const ErrorStatistics& found, const ErrorStatistics& expected) {
  CHECK(found.size == expected.size);
  CHECK(found.bin == expected.bin);
  CHECK(found.density == expected.density);
  CHECK(found.brightness == expected.brightness);
  CHECK(found.angle_deg == expected.angle_deg);
  REQUIRE(found.band_rmse.size() == expected.band_rmse.size());
  for (std::size_t b = 0; b < expected.band_rmse.size(); ++b)
    CHECK(found.band_rmse[b] == doctest::Approx(expected.band_rmse[b]).epsilon(1e-9));
}

Pair small_pair(Index ratio, Index rows, Index cols) {
  Pair pair;
  pair.hsi = image(rows, cols, 6, "hsi");
  pair.msi = image(ratio * rows, ratio * cols, 2, "msi");
  pair.degradation.ratio = ratio;
  pair.degradation.psf = make_psf({}, ratio);
  pair.degradation.srf = random_tensor({2, 6}, "srf");
  return pair;
}

}  // namespace

TEST_CASE("scores by parts: every measure is that of the whole images") {
  for (const auto& size : {std::pair<Index, Index>{150, 101}, {64, 96}, {129, 33}, {40, 20}, {40, 5}}) {
    const Index rows = size.first, cols = size.second;
    CAPTURE(rows);
    Cube reference = image(rows, cols, 5, "reference"), fused = image(rows, cols, 5, "fused");
    for (Index p = 0; p < reference.pixels(); ++p) {
      reference.values[p * 5 + 3] = 7;  // a constant band
      fused.values[p * 5 + 1] = reference.values[p * 5 + 1] + 0.1f * fused.values[p * 5 + 1];
    }
    for (Index b = 0; b < 5; ++b) fused.values[b] = 0;  // no angle
    const Scores whole = evaluate(reference, fused, 4);
    for (const Index side : {64, 96, 500}) {
      CAPTURE(side);
      const Parts parts = by_parts(reference, fused, 4, side);
      check_close(parts.scores, whole);
      if (rows >= 64 && cols >= 64) CHECK(parts.scores.left_out == whole.left_out);
      check_same(parts.errors, error_statistics(reference, fused));
    }
  }
}

TEST_CASE("scores by parts: pixels without data take no part, and parts with some have no windows") {
  Cube reference = image(96, 96, 4, "reference"), fused = image(96, 96, 4, "fused");
  reference.valid.assign(96 * 96, 1);
  for (std::size_t i = 0; i < 32 * 96; ++i) reference.valid[i] = i % 96 < 40 ? 0 : 1;
  const Scores whole = evaluate(reference, fused, 4);
  const auto [parts, errors] = by_parts(reference, fused, 4, 32);
  CHECK(errors.size == error_statistics(reference, fused).size);
  for (std::size_t i = 0; i < whole.values.size(); ++i) {
    const std::string& key = whole.values[i].key;
    if (key == "ssim" || key == "uiqi" || key == "q2n") continue;
    CAPTURE(key);
    CHECK(parts.values[i].value == doctest::Approx(whole.values[i].value).epsilon(1e-9));
  }
  CHECK(parts.left_out.at("pixels without data") == 32 * 40);
  // Two of nine parts have such pixels; of the windows of others none reaches up.
  CHECK(parts.left_out.at("pixels of parts with some without data, by measures of windows") == 2 * 32 * 32);
}

TEST_CASE("scores by parts: one pixel has an error, and none has nothing") {
  Cube reference(1, 1, 2), fused(1, 1, 2);
  for (Index b = 0; b < 2; ++b) fused.values[b] = 3;
  const auto rmse_of = [&] {
    ScoresByParts scores(1, 1, 4);
    scores.look(reference, fused, 0, 0);
    const std::vector<Score> values = scores.scores().values;
    return std::find_if(values.begin(), values.end(), [](const Score& score) { return score.key == "rmse"; })->value;
  };
  CHECK(rmse_of() == 3);
  reference.valid = {0};
  CHECK(std::isnan(rmse_of()));
}

TEST_CASE("scores by parts: consistency with the inputs is that of the whole image") {
  const Index ratio = 4;
  const Pair pair = small_pair(ratio, 20, 13);
  const Cube fused = image(80, 52, 6, "fused");
  ConsistencyByParts all(pair.degradation);
  for (const Rectangle& coarse : parts_of(20, 13, 6, 1)) {
    const PairPart part = read_part(WholePair(pair), coarse, degrade_margin(pair.degradation));
    all.look(part, crop(fused, fine_part(seen_of(part, coarse), ratio)));
  }
  check_close(all.scores(), consistency(pair, fused));
}

TEST_CASE("scores by parts: quality without a reference is that of the whole image, gaps left out") {
  for (const Index ratio : {3, 4}) {
    CAPTURE(ratio);
    const Index rows = 35, cols = 29, unit = QnrByParts::unit(ratio);
    Pair pair = small_pair(ratio, rows, cols);
    Cube fused = image(ratio * rows, ratio * cols, 6, "fused");
    pair.hsi.valid.assign(static_cast<std::size_t>(rows * cols), 1);
    pair.hsi.valid[5] = 0;
    QnrByParts all;
    for (const Rectangle& coarse : parts_of(rows, cols, 2 * unit, unit)) {
      const PairPart part = read_part(WholePair(pair), coarse, degrade_margin(pair.degradation));
      all.look(part, crop(fused, fine_part(seen_of(part, coarse), ratio)));
    }
    check_close(all.scores(), qnr(pair, fused));
  }
  // The nearest to 32 fine pixels, and two at least.
  CHECK(QnrByParts::unit(4) == 8);
  CHECK(QnrByParts::unit(7) == 5);
  CHECK(QnrByParts::unit(40) == 2);
}

TEST_CASE("scores by parts: reliability is that of the whole image") {
  Cube reference = image(50, 41, 3, "reference"), fused = image(50, 41, 3, "fused"), sigma = image(50, 41, 3, "sigma");
  reference.valid.assign(50 * 41, 1);
  std::fill_n(reference.valid.begin() + 300, 77, std::uint8_t{0});
  for (Index i = 0; i < sigma.values.size(); ++i) sigma.values[i] = std::round(sigma.values[i] / 20);  // many are equal
  ReliabilityByParts all(50, 41, 3, 1.7);
  std::vector<Rectangle> parts = parts_of(50, 41, 16, 8);
  std::reverse(parts.begin(), parts.end());
  for (const Rectangle& part : parts)
    all.look(crop(reference, part), crop(fused, part), crop(sigma, part), part.row, part.col);
  const Reliability found = all.result(), expected = reliability(reference, fused, sigma, 1.7);
  CHECK(found.coverage_68 == doctest::Approx(expected.coverage_68));
  CHECK(found.coverage_95 == doctest::Approx(expected.coverage_95));
  CHECK(found.expected == expected.expected);
  CHECK(found.observed == expected.observed);
}

TEST_CASE("scores by parts: curves of very many values are drawn through some of them, from all over the image") {
  // 3.5 million values whose errors and widths grow with the column and with the band.
  const Index rows = 500, cols = 700, bands = 10;
  Cube reference(rows, cols, bands), fused(rows, cols, bands), sigma(rows, cols, bands);
  for (Index i = 0; i < sigma.values.size(); ++i) {
    sigma.values[i] = 1 + static_cast<float>(i / bands % cols) + 1000 * static_cast<float>(i % bands);
    fused.values[i] = i % 2 == 0 ? 2 * sigma.values[i] : -2 * sigma.values[i];
  }
  ReliabilityByParts all(rows, cols, bands, 2);
  for (const Rectangle& part : parts_of(rows, cols, 96, 8))
    all.look(crop(reference, part), crop(fused, part), crop(sigma, part), part.row, part.col);
  const Reliability found = all.result(), whole = reliability(reference, fused, sigma, 2);
  CHECK(found.coverage_68 == 0);
  CHECK(found.coverage_95 == 1);
  CHECK(found.expected == whole.expected);
  CHECK(found.observed == whole.observed);
  REQUIRE(found.expected.size() == 20);
  for (std::size_t group = 0; group < 20; ++group) {
    // Half of the columns of one band each.
    const double least = 1 + 1000.0 * static_cast<double>(group / 2) + 350.0 * static_cast<double>(group % 2);
    CHECK(found.expected[group] == doctest::Approx(least + 174.5).epsilon(1e-3));
    CHECK(found.observed[group] == doctest::Approx(2 * (least + 0.68 * 350)).epsilon(1e-2));
  }
}

TEST_CASE(
    "scores by parts: errors of very many pixels are drawn through the same of them as those of the whole image") {
  const Index rows = 1300, cols = 1700;
  Cube reference = image(rows, cols, 1, "reference"), fused = image(rows, cols, 1, "fused");
  check_same(by_parts(reference, fused, 4, 512).errors, error_statistics(reference, fused));
  const auto taken = std::ssize(GroupedCurve(rows, cols, 1).taken_of({0, 0, rows, cols}));
  CHECK(taken <= GroupedCurve::kMostValues);
  CHECK(taken > GroupedCurve::kMostValues / 3);
}
