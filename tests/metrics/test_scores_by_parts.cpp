#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "specfuse/imaging/pair_parts.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/metrics/no_reference.h"
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

Scores by_parts(const Cube& reference, const Cube& fused, Index ratio, Index side) {
  ScoresByParts scores(ratio);
  const std::vector<Rectangle> parts = parts_of(reference.rows(), reference.cols(), side, ScoresByParts::kUnit);
  for (const Rectangle& part : parts) scores.look(crop(reference, part), crop(fused, part));
  for (Rectangle part : parts) {
    const Index rows = part.rows, cols = part.cols;
    part.rows = std::min(reference.rows() - part.row, rows + ScoresByParts::kBeyond);
    part.cols = std::min(reference.cols() - part.col, cols + ScoresByParts::kBeyond);
    scores.measure(crop(reference, part), crop(fused, part), rows, cols);
  }
  return scores.scores();
}

}  // namespace

TEST_CASE("scores by parts: every measure is that of the whole images") {
  for (const auto& size : {std::pair<Index, Index>{150, 101}, {64, 96}, {129, 33}, {40, 20}}) {
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
      const Scores parts = by_parts(reference, fused, 4, side);
      check_close(parts, whole);
      if (rows >= 64 && cols >= 64) CHECK(parts.left_out == whole.left_out);
    }
  }
}

TEST_CASE("scores by parts: pixels without data take no part, and parts with some have no windows") {
  Cube reference = image(96, 96, 4, "reference"), fused = image(96, 96, 4, "fused");
  reference.valid.assign(96 * 96, 1);
  for (std::size_t i = 0; i < 32 * 96; ++i) reference.valid[i] = i % 96 < 40 ? 0 : 1;
  const Scores whole = evaluate(reference, fused, 4), parts = by_parts(reference, fused, 4, 32);
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

TEST_CASE("scores by parts: consistency with the inputs is that of the whole image") {
  const Index ratio = 4;
  Pair pair;
  pair.hsi = image(20, 13, 6, "hsi");
  pair.msi = image(80, 52, 2, "msi");
  pair.degradation.ratio = ratio;
  pair.degradation.psf = make_psf({}, ratio);
  pair.degradation.srf = random_tensor({2, 6}, "srf");
  const Cube fused = image(80, 52, 6, "fused");
  const Index margin = degrade_margin(pair.degradation);
  ConsistencyByParts all(pair.degradation);
  for (const Rectangle& coarse : parts_of(20, 13, 6, 1)) {
    const PairPart part = read_part(WholePair(pair), coarse, margin);
    const Rectangle seen{coarse.row - part.inner.row, coarse.col - part.inner.col, part.pair.hsi.rows(),
                         part.pair.hsi.cols()};
    all.look(crop_pair(pair, fine_part(coarse, ratio)), crop(fused, fine_part(seen, ratio)),
             fine_part(part.inner, ratio));
  }
  check_close(all.scores(), consistency(pair, fused));
}
