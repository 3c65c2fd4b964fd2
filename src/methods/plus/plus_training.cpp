#include "specfuse/methods/plus/plus_training.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/core/quantile.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// A part of an image as a tensor with one channel.
Tensor cut_block(const Tensor& image, const Block& block) {
  const auto& [pixels, band, many] = block;
  Tensor result = Tensor::uninitialized({pixels.rows, pixels.cols, many, 1});
  for (Index r = 0; r < pixels.rows; ++r) {
    for (Index c = 0; c < pixels.cols; ++c) {
      const Index from = ((pixels.row + r) * image.dim(1) + pixels.col + c) * image.dim(2) + band;
      std::copy_n(image.data() + from, many, result.data() + (r * pixels.cols + c) * many);
    }
  }
  return result;
}

/// Calls visit(value, truth, e) for every value of a part of the image; `values` [part.rows, part.cols, bands].
template <class Visit>
void for_each_truth(const Tensor& values, const PlusExample& example, const Rectangle& part, const Visit& visit) {
  const PlusInputs& inputs = example.inputs;
  const Index bands = inputs.bands();
  for (Index i = 0; i < values.size(); ++i) {
    const Index b = i % bands, pixel = i / bands;
    const Index row = part.row + pixel / part.cols, col = part.col + pixel % part.cols;
    const Index at = (row * inputs.cols() + col) * bands + b;
    const float e = inputs.scale()[static_cast<std::size_t>(b)];
    visit(values[i], inputs.base()[at] + e * example.target[at], e);
  }
}

}  // namespace

PlusExample plus_example(PlusInputs inputs, const Cube& truth) {
  Tensor target = Tensor::uninitialized(truth.values.shape());
  const float *y = truth.values.data(), *base = inputs.base().data();
  float* const to = target.data();
  const std::vector<float>& scale = inputs.scale();
  for_each_element(target.size(), [=, &scale](Index i) {
    to[i] = (y[i] - base[i]) / scale[static_cast<std::size_t>(i) % scale.size()];
  });
  return {std::move(inputs), target};
}

void move_to_disk(PlusExample& example, const std::string& folder) {
  example.inputs.move_to_disk(folder);
  example.target = example.target.on_disk(folder);
}

PlusTrainOptions::PlusTrainOptions() {
  learning_rate = 3e-3;
  steps = 3000;
  tile = 24;
  tiles = 3;
  weight_decay = 0.01;
}

void PlusTrainOptions::describe(FieldVisitor& fields) {
  TrainOptions::describe(fields);
  fields("bands", bands, Range{1, 1024}, "Bands of a training block, whose other sides are `tile` pixels.");
  fields(
      "calibration", calibration, Range{0, 1},
      "The widths of intervals come from errors on scenes apart: each half of the training pairs is fused by a "
      "network that learned from the other half, in this part of `steps`; in three pairs of four they hold what they "
      "say. 0: from errors on what was learned.");
}

PlusBatch draw_batch(const std::vector<PlusExample>& examples, const std::vector<Rectangle>& parts,
                     const PlusTrainOptions& options, const RankShare& share, Rng& rng) {
  Index side = options.tile, bands = options.bands;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    side = std::min({side, parts[i].rows, parts[i].cols});
    bands = std::min(bands, examples[i].inputs.bands());
  }
  const Index channels = examples.front().inputs.channels(), size = side * side * bands;
  const Index count = share.end - share.begin;
  PlusBatch batch{Tensor::uninitialized({count, side, side, bands, channels}),
                  Tensor::uninitialized({count, side, side, bands})};
  for (Index n = 0; n < options.tiles; ++n) {
    const auto which = static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(examples.size())));
    const PlusExample& example = examples[which];
    const Rectangle& part = parts[which];
    const auto place = [&](Index extent, Index wanted) { return rng.below(extent - wanted + 1); };
    const Index row = part.row + place(part.rows, side), col = part.col + place(part.cols, side);
    const Block block{{row, col, side, side}, place(example.inputs.bands(), bands), bands};
    const auto coin = [&] { return rng.below(2) == 1; };
    const Flips flips{coin(), coin(), coin(), coin()};
    const Index to = n - share.begin;
    if (to < 0 || to >= count) continue;
    const Tensor inputs = flipped(example.inputs.cut(block), flips);
    std::copy_n(inputs.data(), size * channels, batch.inputs.data() + to * size * channels);
    const Tensor target = flipped(cut_block(example.target, block), flips);
    std::copy_n(target.data(), size, batch.targets.data() + to * size);
  }
  return batch;
}

double misses(const Tensor& values, const PlusExample& example, const Rectangle& part) {
  double sum = 0;
  for_each_truth(values, example, part, [&](float value, float truth, float e) {
    const double off = (value - truth) / e;
    sum += off * off;
  });
  return std::sqrt(sum / static_cast<double>(values.size()));
}

Widths widths_of(const Refined& refined, const PlusExample& example, const Rectangle& part) {
  std::vector<float> ratios;
  const float* error = refined.error.data();
  for_each_truth(refined.fused, example, part,
                 [&](float value, float truth, float) { ratios.push_back(std::abs(value - truth) / *error++); });
  Widths widths;
  widths.of_68 = quantile(ratios, 0.68);
  widths.of_95 = quantile(ratios, 0.95);
  return widths;
}

}  // namespace specfuse
