#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>

#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/networks/tiles.h"
#include "support/example.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

TileSource whole_source_of(const TrainingPair& example, const std::vector<Feed>& feeds,
                           const Normalization& normalization) {
  TileSource source(network_scene(example.input, {}, feeds), feeds, normalization,
                    {0, 0, example.target.rows(), example.target.cols()});
  source.target = normalization.target.apply(example.target.values);
  return source;
}

}  // namespace

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
  TrainingPair example = small_example(1, 2, 2, 1);
  for (Index i = 0; i < 8; ++i) example.input.msi.values[i] = static_cast<float>(i % 4);  // every row is 0 1 2 3
  const TileSource source = whole_source_of(example, {{Input::msi, 11}}, Normalization::of({example}));
  const Tensor windows = cut_tiles({{&source, {0, 0, 2, 4}}}).feeds[0];
  REQUIRE(windows.shape() == Shape{1, 1, 12, 14});
  const float expected[] = {3, 3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0, 0};
  for (Index row = 0; row < 12; ++row) {
    for (Index col = 0; col < 14; ++col) CHECK(windows[row * 14 + col] == expected[col] / 3);
  }
}

TEST_CASE("tiles: a window is centred on its pixels") {
  const TrainingPair example = small_example(4, 5, 7, 2);
  const Normalization normalization = Normalization::of({example});
  const TileSource source = whole_source_of(example, {{Input::msi, 5}, {Input::spectrum}}, normalization);
  const TileBatch batch = cut_tiles({{&source, {3, 4, 2, 3}}, {&source, {0, 0, 2, 3}}});
  const Tensor& windows = batch.feeds[0];
  CHECK(windows.shape() == Shape{2, 2, 6, 7});
  CHECK(batch.feeds[1].shape() == Shape{12, 7});
  const Tensor msi = normalization.msi.apply(example.input.msi.values);
  const Tensor hsi = normalization.hsi.apply(upsample_cubic(example.input.hsi, 2).values);
  const Tensor target = normalization.target.apply(example.target.values);
  // Tile 0, pixel (1, 2) is image pixel (4, 6); its window position is (1 + radius, 2 + radius).
  CHECK(windows[(1 * 6 + 3) * 7 + 4] == msi[(4 * 10 + 6) * 2 + 1]);
  CHECK(batch.feeds[1][5 * 7 + 3] == hsi[(4 * 10 + 6) * 7 + 3]);
  CHECK(batch.target[5 * 7 + 3] == target[(4 * 10 + 6) * 7 + 3]);
  // Tile 1, pixel (0, 0): the corner of its window is mirrored.
  CHECK(windows[2 * 6 * 7] == msi[(1 * 10 + 1) * 2]);
  CHECK_THROWS_AS(cut_tiles({{&source, {7, 0, 2, 2}}}), Error);
}

TEST_CASE("tiles: a stack has the MSI's channels and then those of the up-sampled HSI") {
  const TrainingPair example = small_example(4, 5, 7, 2);
  const Normalization normalization = Normalization::of({example});
  const TileSource source = whole_source_of(example, {{Input::stack, 3}}, normalization);
  const TileBatch batch = cut_tiles({{&source, {2, 5, 1, 1}}, {&source, {0, 0, 1, 1}}});
  const Tensor& windows = batch.feeds[0];
  CHECK(windows.shape() == Shape{2, 9, 3, 3});
  const Tensor msi = normalization.msi.apply(example.input.msi.values);
  const Tensor hsi = normalization.hsi.apply(upsample_cubic(example.input.hsi, 2).values);
  for (Index row = 0; row < 3; ++row) {
    for (Index col = 0; col < 3; ++col) {
      const Index pixel = (1 + row) * 10 + 4 + col, at = row * 3 + col;
      CHECK(windows[1 * 9 + at] == msi[pixel * 2 + 1]);
      CHECK(windows[(2 + 6) * 9 + at] == hsi[pixel * 7 + 6]);
    }
  }
  CHECK(windows[9 * 9 + 2 * 9] == hsi[0]);  // mirrored beyond the corner
  // A part cut out beforehand sees the same surroundings as the whole image.
  const Rectangle part{2, 3, 4, 5};
  const TileSource cut(network_scene(example.input, {}, {{Input::stack, 3}}), {{Input::stack, 3}}, normalization, part);
  const TileBatch same = cut_tiles({{&cut, {0, 2, 1, 1}}});
  for (Index i = 0; i < 9 * 9; ++i) CHECK(same.feeds[0][i] == windows[i]);
}

TEST_CASE("tiles: a pixel brings its MSI values and what the coarse pixel's mean lacks of them") {
  const TrainingPair example = small_example(4, 5, 7, 2);
  const Normalization normalization = Normalization::of({example});
  const TileSource source = whole_source_of(example, {{Input::pixel}}, normalization);
  const TileBatch batch = cut_tiles({{&source, {3, 4, 1, 2}}});
  CHECK(batch.feeds[0].shape() == Shape{2, 4});
  const Cube& msi = example.input.msi;
  const Cube coarse = upsample_cubic(degrade_spatially(msi, example.input.degradation), 2);
  for (Index p = 0; p < 2; ++p) {
    for (Index b = 0; b < 2; ++b) {
      const Index at = (3 * 10 + 4 + p) * 2 + b;
      const float low = normalization.msi.low[b], span = normalization.msi.span[b];
      CHECK(batch.feeds[0][p * 4 + b] == doctest::Approx((msi.values[at] - low) / span));
      CHECK(batch.feeds[0][p * 4 + 2 + b] == doctest::Approx((msi.values[at] - coarse.values[at]) / span));
    }
  }
}

TEST_CASE("tiles: the base estimate is scaled as the target is") {
  const TrainingPair example = small_example(4, 5, 7, 2);
  const Normalization normalization = Normalization::of({example});
  const std::vector<Feed> feeds{{Input::base}};
  const TileSource source(network_scene(example.input, example.target, feeds), feeds, normalization, {0, 0, 8, 10});
  const TileBatch batch = cut_tiles({{&source, {1, 2, 3, 4}}});
  CHECK(batch.feeds[0][0] == normalization.target.apply(example.target.values)[(1 * 10 + 2) * 7]);
  CHECK(source.base.shape() == Shape{8, 10, 7});
}

TEST_CASE("tiles: random places stay inside and reach every place of every source") {
  const TrainingPair example = small_example(2, 3, 7, 2);
  const Normalization normalization = Normalization::of({example});
  std::vector<TileSource> sources;
  for (int i = 0; i < 2; ++i) sources.push_back(whole_source_of(example, {{Input::msi, 3}}, normalization));
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
