#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "metrics/shared/grouped_curve.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/metrics/evaluation.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/metrics/profiles.h"
#include "specfuse/metrics/reliability.h"
#include "support/random.h"
#include "support/whole_metrics.h"

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

Evaluation by_parts(const Cube& reference, const Cube& fused, Index ratio, Index side) {
  const Index rows = reference.rows(), cols = reference.cols();
  Evaluator evaluator(rows, cols, ratio, metric_profiles());
  std::vector<Rectangle> parts = parts_of(rows, cols, side, Evaluator::kUnit, Evaluator::kUnit);
  std::reverse(parts.begin(), parts.end());
  for (Index pass = 0; pass < Evaluator::kPasses; ++pass) {
    const Index halo = evaluator.halo(pass);
    for (const Rectangle& part : parts) {
      const Rectangle seen{part.row, part.col, std::min(rows - part.row, part.rows + halo),
                           std::min(cols - part.col, part.cols + halo)};
      evaluator.add(pass, crop(reference, seen), crop(fused, seen), part);
    }
  }
  return evaluator.result();
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

TEST_CASE("parts: every metric of every profile is that of the whole images") {
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
    for (const Index side : {32, 64, 96, 500}) {
      CAPTURE(side);
      const Evaluation parts = by_parts(reference, fused, 4, side);
      check_close(parts.scores, whole);
      CHECK(parts.scores.left_out == whole.left_out);
      for (const auto& each : parts.profiles) {
        CAPTURE(each.first);
        check_close(each.second, evaluate_profile(each.first, reference, fused, 4));
      }
      check_same(parts.errors, error_statistics(reference, fused));
    }
  }
}

TEST_CASE("parts: pixels without data take no part, and windows are those of the largest rectangles of the parts") {
  Cube reference = image(96, 96, 4, "reference"), fused = image(96, 96, 4, "fused");
  reference.valid.assign(96 * 96, 1);
  for (std::size_t i = 0; i < 20 * 96; ++i) reference.valid[i] = i % 96 < 40 ? 0 : 1;
  const Scores whole = evaluate(reference, fused, 4);
  const Evaluation parts = by_parts(reference, fused, 4, 48);
  CHECK(parts.errors.size == error_statistics(reference, fused).size);
  for (std::size_t i = 0; i < whole.values.size(); ++i) {
    const std::string& key = whole.values[i].key;
    if (key == "ssim" || key == "uiqi" || key == "q2n") continue;
    CAPTURE(key);
    CHECK(parts.scores.values[i].value == doctest::Approx(whole.values[i].value).epsilon(1e-9));
  }
  CHECK(parts.scores.left_out.at("pixels without data") == 20 * 40);
  // Of parts of 32 x 32 pixels those of rows 20-31 are left in the first, in the second those of columns 40-63.
  CHECK(parts.scores.left_out.at("pixels outside the largest part with data, by metrics of windows") ==
        20 * 32 + 8 * 32);
}

TEST_CASE("parts: windows that reach into a gap of the next part are left out") {
  Cube reference = image(64, 40, 3, "reference"), fused = image(64, 40, 3, "fused");
  reference.valid.assign(64 * 40, 1);
  std::fill_n(reference.valid.begin() + 32 * 40, 31 * 40, std::uint8_t{0});  // of the lower part one row is left
  const Scores parts = by_parts(reference, fused, 4, 32).scores;
  const Scores upper = evaluate(crop(reference, {0, 0, 32, 40}), crop(fused, {0, 0, 32, 40}), 4);
  int seen = 0;
  for (std::size_t i = 0; i < parts.values.size(); ++i) {
    const std::string& key = parts.values[i].key;
    if (key != "uiqi" && key != "q2n") continue;
    CHECK(parts.values[i].value == doctest::Approx(upper.values[i].value));
    ++seen;
  }
  CHECK(seen == 2);
}

TEST_CASE("parts: one pixel has an error, and none has nothing") {
  Cube reference(1, 1, 2), fused(1, 1, 2);
  for (Index b = 0; b < 2; ++b) fused.values[b] = 3;
  const auto rmse_of = [&] {
    const std::vector<Score> values = evaluate(reference, fused, 4).values;
    return std::find_if(values.begin(), values.end(), [](const Score& score) { return score.key == "rmse"; })->value;
  };
  CHECK(rmse_of() == 3);
  reference.valid = {0};
  CHECK(std::isnan(rmse_of()));
}

TEST_CASE("parts: consistency with the inputs is that of the whole image") {
  const Index ratio = 4;
  const Pair pair = small_pair(ratio, 20, 13);
  const Cube fused = image(80, 52, 6, "fused");
  NoReferenceEvaluator all(pair.degradation, 6, false);
  for (const Rectangle& coarse : parts_of(20, 13, 6, 1)) {
    const PairPart part = read_part(WholePair(pair), coarse, degrade_margin(pair.degradation));
    all.add(part, crop(fused, fine_part(seen_of(part, coarse), ratio)));
  }
  check_close(all.scores(), consistency(pair, fused));
}

TEST_CASE("parts: quality without a reference is that of the whole image, gaps left out") {
  for (const Index ratio : {3, 4}) {
    CAPTURE(ratio);
    const Index rows = 35, cols = 29, unit = NoReferenceEvaluator::qnr_unit(ratio);
    Pair pair = small_pair(ratio, rows, cols);
    Cube fused = image(ratio * rows, ratio * cols, 6, "fused");
    pair.hsi.valid.assign(static_cast<std::size_t>(rows * cols), 1);
    pair.hsi.valid[5] = 0;
    NoReferenceEvaluator all(pair.degradation, 6, true);
    for (const Rectangle& coarse : parts_of(rows, cols, 2 * unit, unit)) {
      const PairPart part = read_part(WholePair(pair), coarse, degrade_margin(pair.degradation));
      all.add(part, crop(fused, fine_part(seen_of(part, coarse), ratio)));
    }
    Scores expected = consistency(pair, fused);
    for (const Score& score : qnr(pair, fused).values) expected.values.push_back(score);
    check_close(all.scores(), expected);
  }
  // The nearest to 32 fine pixels, and two at least.
  CHECK(NoReferenceEvaluator::qnr_unit(4) == 8);
  CHECK(NoReferenceEvaluator::qnr_unit(7) == 5);
  CHECK(NoReferenceEvaluator::qnr_unit(40) == 2);
}

TEST_CASE("parts: reliability is that of the whole image") {
  Cube reference = image(50, 41, 3, "reference"), fused = image(50, 41, 3, "fused"), sigma = image(50, 41, 3, "sigma");
  reference.valid.assign(50 * 41, 1);
  std::fill_n(reference.valid.begin() + 300, 77, std::uint8_t{0});
  for (Index i = 0; i < sigma.values.size(); ++i) sigma.values[i] = std::round(sigma.values[i] / 20);  // many are equal
  ReliabilityEvaluator all(50, 41, 3, 1.7);
  std::vector<Rectangle> parts = parts_of(50, 41, 16, 8);
  std::reverse(parts.begin(), parts.end());
  for (const Rectangle& part : parts)
    all.add(crop(reference, part), crop(fused, part), crop(sigma, part), part.row, part.col);
  const Reliability found = all.result(), expected = reliability(reference, fused, sigma, 1.7);
  CHECK(found.coverage_68 == doctest::Approx(expected.coverage_68));
  CHECK(found.coverage_95 == doctest::Approx(expected.coverage_95));
  CHECK(found.expected == expected.expected);
  CHECK(found.observed == expected.observed);
}

TEST_CASE("parts: curves of very many values are drawn through some of them, from all over the image") {
  // 3.5 million values whose errors and widths grow with the column and with the band.
  const Index rows = 500, cols = 700, bands = 10;
  Cube reference(rows, cols, bands), fused(rows, cols, bands), sigma(rows, cols, bands);
  for (Index i = 0; i < sigma.values.size(); ++i) {
    sigma.values[i] = 1 + static_cast<float>(i / bands % cols) + 1000 * static_cast<float>(i % bands);
    fused.values[i] = i % 2 == 0 ? 2 * sigma.values[i] : -2 * sigma.values[i];
  }
  ReliabilityEvaluator all(rows, cols, bands, 2);
  for (const Rectangle& part : parts_of(rows, cols, 96, 8))
    all.add(crop(reference, part), crop(fused, part), crop(sigma, part), part.row, part.col);
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

TEST_CASE("parts: errors of very many pixels are drawn through the same of them as those of the whole image" *
          doctest::test_suite("long")) {
  const Index rows = 1300, cols = 1700;
  Cube reference = image(rows, cols, 1, "reference"), fused = image(rows, cols, 1, "fused");
  check_same(by_parts(reference, fused, 4, 512).errors, error_statistics(reference, fused));
  const auto taken = std::ssize(GroupedCurve(rows, cols, 1).taken_of({0, 0, rows, cols}));
  CHECK(taken <= GroupedCurve::kMostValues);
  CHECK(taken > GroupedCurve::kMostValues / 3);
}
