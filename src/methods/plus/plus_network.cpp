#include "specfuse/methods/plus/plus_network.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/networks/tiles.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

constexpr Index kMaps = 32, kOutputs = 2;
/// Keeps the size of the error finite, in units of e, where inputs are far from all that was seen.
constexpr float kLargestLog = 20;

/// A tile of the part that is refined, and that with its halo.
struct Tile {
  Rectangle pixels, around, part;
};

/// Puts what the network made of `around`, [rows, cols, bands, 2], into the part.
void write_tile(const PlusInputs& inputs, const Tile& tile, const Tensor& made, Refined& result) {
  const auto& [pixels, around, part] = tile;
  const Index bands = inputs.bands();
  const std::vector<float>& scale = inputs.scale();
  for (Index r = 0; r < pixels.rows; ++r) {
    for (Index c = 0; c < pixels.cols; ++c) {
      const Index row = pixels.row + r, col = pixels.col + c;
      const Index to = ((row - part.row) * part.cols + col - part.col) * bands;
      const float* moved = made.data() + ((row - around.row) * around.cols + col - around.col) * bands * kOutputs;
      const float* base = inputs.base().data() + (row * inputs.cols() + col) * bands;
      for (Index b = 0; b < bands; ++b, moved += kOutputs) {
        const float e = scale[static_cast<std::size_t>(b)];
        result.fused[to + b] = base[b] + e * moved[0];
        result.error[to + b] = e * std::exp(std::clamp(moved[1], -kLargestLog, kLargestLog));
      }
    }
  }
}

}  // namespace

Layers plus_layers() {
  Layers layers;
  const auto add = [&](const char* name, const char* type, const std::vector<FieldSetting>& settings) {
    layers.items.push_back(layer(name, type, settings));
  };
  add("first", "conv1d", {{"maps", kMaps}, {"kernel", 7}, {"activation", "relu"}});
  std::string before = "first";
  const auto block = [&](const char* name, const char* type, Index kernel, Index dilation) {
    add(name, type, {{"maps", kMaps}, {"kernel", kernel}, {"dilation", dilation}, {"activation", "relu"}});
    const std::string sum = concat("add_", name);
    add(sum.c_str(), "residual", {{"from", before}});
    before = sum;
  };
  block("across1", "conv2d", 3, 1);
  block("along1", "conv1d", 7, 1);
  block("across2", "conv2d", 3, 2);
  block("along2", "conv1d", 7, 1);
  block("across3", "conv2d", 3, 4);
  add("out", "conv1d", {{"maps", kOutputs}, {"kernel", 1}, {"activation", "none"}, {"zero_init", true}});
  return layers;
}

PlusNetwork::PlusNetwork(const Layers& layers, Index channels, const std::string& path)
    : plans_(plan_layers(layers, {path, "", {Flow::Kind::cube, channels, 1}})), network_(plans_) {
  const Flow wanted{Flow::Kind::cube, kOutputs, 1};
  SPECFUSE_CHECK_AS(ConfigError, !plans_.empty() && plans_.back().out == wanted, path,
                    ": expected 2 maps from the last layer, got ", plans_.empty() ? "none" : plans_.back().out.text());
}

Index PlusNetwork::reach() const {
  Index reach = 0;
  for (const LayerPlan& plan : plans_) reach += plan.reach;
  return reach;
}

Tensor PlusNetwork::mean_over_flips(const Tensor& seen, bool flips) const {
  std::vector<Flips> views{{}};
  if (flips) views.insert(views.end(), {{.rows = true}, {.cols = true}, {.rows = true, .cols = true}});
  Tensor sum({seen.dim(0), seen.dim(1), seen.dim(2), kOutputs});
  for (const Flips& view : views) {
    const Tensor turned = flipped(seen, view);
    const Tensor made =
        forward(Variable(turned.reshape({1, seen.dim(0), seen.dim(1), seen.dim(2), seen.dim(3)}))).value();
    add_scaled(sum, flipped(made.reshape(sum.shape()), view), 1 / static_cast<float>(views.size()));
  }
  return sum;
}

Refined PlusNetwork::refine(const PlusInputs& inputs, const Rectangle& part, const RefineOptions& options) const {
  SPECFUSE_CHECK(inputs.channels() == plans_.front().in.channels, "refine: expected ", plans_.front().in.channels,
                 " channels, got ", inputs.channels());
  const NoGrad no_grad;
  Cube image;
  image.values = inputs.base();
  const Shape shape{part.rows, part.cols, inputs.bands()};
  Refined result{Tensor::uninitialized(shape), Tensor::uninitialized(shape)};
  for_each_tile(part.rows, part.cols, options.tile, [&](const Rectangle& pixels) {
    const Rectangle there{part.row + pixels.row, part.col + pixels.col, pixels.rows, pixels.cols};
    const Tile tile{there, with_margin(there, reach(), image), part};
    const Tensor made = mean_over_flips(inputs.cut({tile.around, 0, inputs.bands()}), options.flips);
    write_tile(inputs, tile, made, result);
  });
  join_tiles(options.tile, result.fused);
  join_tiles(options.tile, result.error);
  return result;
}

Tensor flipped(const Tensor& x, const Flips& flips) {
  const Index rows = x.dim(0), cols = x.dim(1), bands = x.dim(2), channels = x.dim(3);
  Tensor result = Tensor::uninitialized(flips.turned ? Shape{cols, rows, bands, channels} : x.shape());
  parallel_for(rows, [&](Index r) {
    for (Index c = 0; c < cols; ++c) {
      const Index from_row = flips.rows ? rows - 1 - r : r, from_col = flips.cols ? cols - 1 - c : c;
      const float* const from = x.data() + (from_row * cols + from_col) * bands * channels;
      float* const to = result.data() + (flips.turned ? c * rows + r : r * cols + c) * bands * channels;
      if (!flips.bands) {
        std::copy_n(from, bands * channels, to);
        continue;
      }
      for (Index b = 0; b < bands; ++b) std::copy_n(from + (bands - 1 - b) * channels, channels, to + b * channels);
    }
  });
  return result;
}

}  // namespace specfuse
