#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>

#include "methods/small.h"
#include "specfuse/core/error.h"
#include "specfuse/networks/tiles.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("normalization: training bands reach from 0 to 1, and undo is the inverse") {
  TrainingPair example = small_example(3, 5, 7, 2);
  for (Index p = 0; p < example.target.pixels(); ++p) example.target.values[p * 7 + 3] = 42;  // a constant band
  const Normalization normalization = Normalization::of({example});
  Tensor scaled = normalization.target.apply(example.target.values);
  for (const Index band : {0, 3, 6}) {
    float least = 1e9f, most = -1e9f;
    for (Index i = band; i < scaled.size(); i += 7) {
      least = std::min(least, scaled[i]);
      most = std::max(most, scaled[i]);
    }
    CHECK(least == 0.0f);
    CHECK(most == (band == 3 ? 0.0f : 1.0f));
  }
  normalization.target.undo(scaled);
  CHECK(relative_gap(scaled, example.target.values) < 1e-6);

  Checkpoint checkpoint;
  normalization.write(checkpoint);
  CHECK(relative_gap(Normalization::read(checkpoint).msi.span, normalization.msi.span) == 0);
  checkpoint.tensors.erase("normalization/hsi.low");
  CHECK_THROWS_WITH_AS(Normalization::read(checkpoint), doctest::Contains("normalization/hsi.low"), DataError);
}

TEST_CASE("tiles: the margin mirrors the image, beyond its own size if it must") {
  const Tensor image = Tensor::from({1, 3, 1}, {1, 2, 3});
  const Tensor planes = planes_with_margin(image, {0, 0, 1, 3}, 4);
  CHECK(planes.shape() == Shape{1, 9, 11});
  const float expected[] = {3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1};
  for (Index row = 0; row < 9; ++row) {
    for (Index col = 0; col < 11; ++col) REQUIRE(planes[row * 11 + col] == expected[col]);
  }
}

TEST_CASE("tiles: a window is centred on its pixels") {
  const TrainingPair example = small_example(4, 5, 7, 2);
  const Normalization normalization = Normalization::of({example});
  const TileSource source(example, normalization, 2);
  const TileBatch batch = cut_tiles({{&source, {3, 4, 2, 3}}, {&source, {0, 0, 2, 3}}});
  CHECK(batch.windows.shape() == Shape{2, 2, 6, 7});
  CHECK(batch.spectra.shape() == Shape{12, 7});
  const Tensor msi = normalization.msi.apply(example.input.msi.values);
  const Tensor target = normalization.target.apply(example.target.values);
  // Tile 0, pixel (1, 2) is image pixel (4, 6); its window position is (1 + radius, 2 + radius).
  CHECK(batch.windows[(1 * 6 + 3) * 7 + 4] == msi[(4 * 10 + 6) * 2 + 1]);
  CHECK(batch.target[5 * 7 + 3] == target[(4 * 10 + 6) * 7 + 3]);
  // Tile 1, pixel (0, 0): the corner of its window is mirrored.
  CHECK(batch.windows[2 * 6 * 7] == msi[(1 * 10 + 1) * 2]);
  CHECK_THROWS_AS(cut_tiles({{&source, {7, 0, 2, 2}}}), Error);
}

TEST_CASE("tiles: random places stay inside and reach every place of every source") {
  const TrainingPair example = small_example(2, 3, 7, 2);
  const Normalization normalization = Normalization::of({example});
  std::vector<TileSource> sources;
  for (int i = 0; i < 2; ++i) sources.emplace_back(example, normalization, 1);
  Rng rng(0, 1);
  std::set<std::array<Index, 3>> seen;
  for (const TilePlace& place : random_places(sources, 2, 2000, rng)) {
    CHECK(place.part.row + 2 <= 4);
    CHECK(place.part.col + 2 <= 6);
    seen.insert({place.source - sources.data(), place.part.row, place.part.col});
  }
  CHECK(seen.size() == 2 * 3 * 5);
  CHECK_THROWS_WITH_AS(random_places(sources, 5, 1, rng), doctest::Contains("at most 4"), ConfigError);
}
