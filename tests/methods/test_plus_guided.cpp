#include <doctest/doctest.h>

#include <algorithm>

#include "methods/plus_example.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/plus/guided.h"
#include "specfuse/methods/registry.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

PairNoise constant_noise(const Pair& pair, double deviation) {
  return {std::vector<double>(static_cast<std::size_t>(pair.hsi.bands()), deviation),
          std::vector<double>(static_cast<std::size_t>(pair.msi.bands()), deviation)};
}

Cube missing_of(const Pair& pair, const Cube& fused) {
  Cube missing = pair.hsi;
  missing.values = pair.hsi.values.clone();
  add_scaled(missing.values, degrade_spatially(fused, pair.degradation).values, -1.0f);
  return missing;
}

Pair without_noise(const Cube& reference, Degradation degradation) {
  degradation.hsi_snr_db.reset();
  degradation.msi_snr_db.reset();
  return simulate(reference, degradation, 0);
}

}  // namespace

TEST_CASE("plus guided: adds what is missing of the HSI as local injection sharpens it") {
  const Pair pair = plus_pair().input;
  Cube fused = upsample_cubic(pair.hsi, pair.degradation.ratio);
  Pair missing = pair;
  missing.hsi = missing_of(pair, fused);
  Tensor expected = fused.values.clone();
  add_scaled(expected, fuse(*make_method("local_injection"), missing).fused.values, 1.0f);
  add_guided(pair, constant_noise(pair, 0), fused);
  CHECK(relative_gap(fused.values, expected) == 0);
}

TEST_CASE("plus guided: what is missing goes to the pixel where the MSI shows it, where up-sampling spreads it") {
  const TrainingPair example = plus_pair({.coarse_rows = 12, .coarse_cols = 12});
  Cube glint = example.target;
  glint.values = example.target.values.clone();
  const float bright = 3 * max_abs(glint.values);
  std::fill_n(glint.values.data() + (9 * glint.cols() + 13) * glint.bands(), glint.bands(), bright);
  const Pair pair = without_noise(glint, example.input.degradation);
  Cube guided = example.target, spread = example.target;
  guided.values = example.target.values.clone();
  add_guided(pair, constant_noise(pair, 0), guided);
  spread.values = example.target.values.clone();
  add_scaled(spread.values, upsample_cubic(missing_of(pair, spread), pair.degradation.ratio).values, 1.0f);
  const auto error = [&](const Cube& fused) { return squared_distance(fused.values, glint.values); };
  CHECK(error(guided) < 0.5 * error(spread));
}

TEST_CASE("plus guided: does nothing where all that is missing is noise or the pair is small, and needs a response") {
  Pair pair = plus_pair().input;
  Cube fused = upsample_cubic(pair.hsi, pair.degradation.ratio);
  const Tensor before = fused.values.clone();
  add_guided(pair, constant_noise(pair, 1e6), fused);
  CHECK(relative_gap(fused.values, before) == 0);
  for (const auto& [coarse_cols, same] : {std::pair<Index, bool>{5, true}, {6, false}}) {
    const Pair few = plus_pair({.coarse_rows = 3, .coarse_cols = coarse_cols}).input;
    Cube small = upsample_cubic(few.hsi, few.degradation.ratio);
    const Tensor as_it_was = small.values.clone();
    add_guided(few, constant_noise(few, 0), small);
    CHECK((relative_gap(small.values, as_it_was) == 0) == same);
  }
  pair.degradation.srf = Tensor();
  CHECK_THROWS_AS(add_guided(pair, constant_noise(pair, 0), fused), Error);
}
