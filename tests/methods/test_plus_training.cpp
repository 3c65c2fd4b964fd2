#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "methods/plus_example.h"
#include "specfuse/core/error.h"
#include "specfuse/methods/plus/plus_training.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

PlusTrainOptions block_options(Index side, Index bands, Index count) {
  PlusTrainOptions options;
  options.tile = side;
  options.bands = bands;
  options.tiles = count;
  return options;
}

/// One whose targets are the numbers of the values, plus `first`: they tell where a block is from.
PlusExample numbered_example(const PlusScene& scene, float first) {
  PlusInputs inputs(plus_pair(scene).input, quick_inputs(), 0);
  Tensor numbers(inputs.base().shape());
  for (Index i = 0; i < numbers.size(); ++i) numbers[i] = first + static_cast<float>(i);
  return {std::move(inputs), numbers};
}

Rectangle whole_of(const PlusExample& example) { return {0, 0, example.inputs.rows(), example.inputs.cols()}; }

/// Where a value of a numbered example with nine bands is from.
struct Source {
  Index row, col, band;
};
Source source_of(float number, Index cols) {
  const auto i = static_cast<Index>(number);
  return {i / 9 / cols, i / 9 % cols, i % 9};
}

}  // namespace

TEST_CASE("plus training: the target is how far the truth is from the base, in e") {
  const TrainingPair pair = plus_pair();
  const PlusExample example = plus_example(PlusInputs(pair.input, quick_inputs(), 0), pair.target);
  REQUIRE(example.target.shape() == pair.target.values.shape());
  for (Index i = 0; i < example.target.size(); ++i) {
    const float e = example.inputs.scale()[static_cast<std::size_t>(i % 9)];
    REQUIRE(example.target[i] == doctest::Approx((pair.target.values[i] - example.inputs.base()[i]) / e).epsilon(1e-4));
  }
}

TEST_CASE("plus training: blocks come from inside the parts, everywhere, with inputs and targets of the same place") {
  std::vector<PlusExample> examples;
  examples.push_back(numbered_example({}, 0));
  const PlusExample& example = examples.front();
  const Rectangle part{3, 2, 8, 6};
  const Tensor all = example.inputs.cut({whole_of(example), 0, 9});
  const Index channels = example.inputs.channels();
  Rng rng(1, 2);
  std::set<Index> rows, cols, bands;
  for (int draw = 0; draw < 30; ++draw) {
    const PlusBatch batch = draw_batch(examples, {part}, block_options(4, 5, 3), {0, 3}, rng);
    REQUIRE(batch.inputs.shape() == Shape{3, 4, 4, 5, channels});
    REQUIRE(batch.targets.shape() == Shape{3, 4, 4, 5});
    Index off = 0;
    for (Index i = 0; i < batch.targets.size(); ++i) {
      const Source from = source_of(batch.targets[i], example.inputs.cols());
      rows.insert(from.row);
      cols.insert(from.col);
      bands.insert(from.band);
      const auto at = static_cast<Index>(batch.targets[i]);
      for (Index c = 0; c < channels; ++c) off += batch.inputs[i * channels + c] != all[at * channels + c];
    }
    CHECK(off == 0);
  }
  const auto span = [](const std::set<Index>& of) { return std::pair(*of.begin(), *of.rbegin()); };
  CHECK(span(rows) == std::pair<Index, Index>(3, 10));
  CHECK(span(cols) == std::pair<Index, Index>(2, 7));
  CHECK(span(bands) == std::pair<Index, Index>(0, 8));
}

TEST_CASE("plus training: all flips and turns occur, and all examples") {
  std::vector<PlusExample> examples;
  PlusScene other;
  other.seed = 2;
  examples.push_back(numbered_example({}, 0));
  examples.push_back(numbered_example(other, 100000));
  const std::vector<Rectangle> parts{whole_of(examples[0]), whole_of(examples[1])};
  Rng rng(1, 2);
  const PlusBatch batch = draw_batch(examples, parts, block_options(2, 2, 400), {0, 400}, rng);
  std::set<std::array<bool, 4>> seen;
  std::set<bool> of_second;
  for (Index n = 0; n < 400; ++n) {
    const float* const block = batch.targets.data() + n * 8;
    of_second.insert(block[0] >= 100000);
    // Steps from the first value along each axis of the block.
    const float along = block[1] - block[0], right = block[2] - block[0], down = block[4] - block[0];
    const bool turned = std::abs(right) > std::abs(down);
    seen.insert({turned, along < 0, right < 0, down < 0});
  }
  CHECK(seen.size() == 16);
  CHECK(of_second.size() == 2);
}

TEST_CASE("plus training: sides are cut to the smallest part, and the same numbers draw the same blocks") {
  std::vector<PlusExample> examples;
  PlusScene small;
  small.bands = 6;
  examples.push_back(numbered_example({}, 0));
  examples.push_back(numbered_example(small, 0));
  const std::vector<Rectangle> parts{{0, 0, 7, 9}, {2, 1, 9, 5}};
  const auto draw = [&](std::uint64_t seed, const RankShare& share = {0, 4}) {
    Rng rng(seed, 2);
    return draw_batch(examples, parts, block_options(24, 48, 4), share, rng);
  };
  const PlusBatch first = draw(1), again = draw(1), other = draw(2);
  CHECK(first.targets.shape() == Shape{4, 5, 5, 6});
  CHECK(relative_gap(first.inputs, again.inputs) == 0);
  CHECK(relative_gap(first.targets, again.targets) == 0);
  CHECK(relative_gap(first.targets, other.targets) > 0);
  // A share of a batch is that part of the whole one.
  const PlusBatch share = draw(1, {1, 3});
  REQUIRE(share.targets.shape() == Shape{2, 5, 5, 6});
  const Index of_inputs = share.inputs.size() / 2, of_targets = share.targets.size() / 2;
  CHECK(std::equal(share.inputs.data(), share.inputs.data() + share.inputs.size(), first.inputs.data() + of_inputs));
  CHECK(
      std::equal(share.targets.data(), share.targets.data() + share.targets.size(), first.targets.data() + of_targets));
}
