#include "specfuse/kernels/conv_nhwc.h"

#include <algorithm>
#include <vector>

#include "kernels/simd.h"
#include "kernels/toom_transform.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Floats of transformed inputs that are held at once (64 MB): larger batches go in parts.
constexpr Index kMostHeld = Index{1} << 24;
/// Positions of one task where there is only one point: eight register tiles of AVX-512.
constexpr Index kPositionsOfTask = 96;

Index groups_of(Index channels) { return (channels + kChannelGroup - 1) / kChannelGroup; }

/// A convolution and what is left of it at each point. Points are numbered along the rows first.
struct NhwcWork {
  Index images, in_h, in_w, out_h, out_w;
  ToomAxis down, along;
  NhwcConv part;
  Index part_h, part_out_h, part_out_w;

  Index points() const { return down.points() * along.points(); }
  /// Of one image at one point.
  Index pixels() const { return part_h * part.in_w; }
  Index positions() const { return part_out_h * part_out_w; }
  Index taps() const { return part.kernel_h * part.kernel_w; }
  /// Images that are transformed together.
  Index together() const {
    return std::clamp<Index>(kMostHeld / (points() * pixels() * part.in_channels), 1, std::max<Index>(1, images));
  }
};

NhwcWork nhwc_work(const Tensor& x, const Tensor& weight) {
  SPECFUSE_CHECK(x.shape().rank() == 4 && weight.shape().rank() == 4 && weight.dim(1) == x.dim(3) &&
                     weight.dim(2) <= x.dim(1) && weight.dim(3) <= x.dim(2),
                 "conv_nhwc: expected x [N, H, W, C] and weight [O, C, KH, KW] no larger, got ", x.shape().text(),
                 " and ", weight.shape().text());
  const Index in = x.dim(3), out = weight.dim(0), kernel_h = weight.dim(2), kernel_w = weight.dim(3);
  const Index out_h = x.dim(1) - kernel_h + 1, out_w = x.dim(2) - kernel_w + 1;
  const ToomBlocks2d blocks = toom_blocks_2d({in, out, kernel_h, kernel_w, out_h, out_w});
  const ToomAxis down(blocks.down, kernel_h, out_h), along(blocks.along, kernel_w, out_w);
  const NhwcConv part{in,
                      out,
                      along.length(ToomRole::signal),
                      down.length(ToomRole::taps),
                      along.length(ToomRole::taps),
                      groups_of(in) * kChannelGroup,
                      groups_of(out) * kChannelGroup};
  return {x.dim(0),
          x.dim(1),
          x.dim(2),
          out_h,
          out_w,
          down,
          along,
          part,
          down.length(ToomRole::signal),
          down.length(ToomRole::result),
          along.length(ToomRole::result)};
}

/// Images [images, H, W, channels] of inputs or outputs -> [points, images, windows, windows, step], and back.
struct ImageTransform {
  const NhwcWork& work;
  ToomRole role;
  Index images, w, channels, step;

  ToomSequence down() const { return {work.down, role, {images, w * channels}}; }
  ToomSequence along() const {
    return {work.along, role, {work.down.points() * images * work.down.length(role), channels, step}};
  }
  Shape between() const { return Shape{work.down.points() * images * work.down.length(role) * w * channels}; }

  void expand(const float* plain, float* points) const {
    Tensor half = Tensor::uninitialized(between());
    toom_expand(down(), plain, half.data());
    toom_expand(along(), half.data(), points);
  }
  void contract(const float* points, float* plain) const {
    Tensor half = role == ToomRole::signal ? Tensor(between()) : Tensor::uninitialized(between());
    toom_contract(along(), points, half.data());
    toom_contract(down(), half.data(), plain);
  }
};

/// Which channels of a kernel's weights are SIMD lanes: its outputs for each input, or the other way round.
enum class Lanes { outputs, inputs };

/// Calls body with the place of each weight in [O, C, taps], and in [groups, taps, other channels, kChannelGroup]; on
/// all threads.
template <class Body>
void for_weights(const Shape& shape, Lanes lanes, const Body& body) {
  const Index in = shape[1], taps = shape[2] * shape[3], others = lanes == Lanes::outputs ? in : shape[0];
  parallel_for(shape[0], [&](Index o) {
    for (Index c = 0; c < in; ++c) {
      const Index lane = lanes == Lanes::outputs ? o : c, other = lanes == Lanes::outputs ? c : o;
      for (Index tap = 0; tap < taps; ++tap) {
        body((o * in + c) * taps + tap,
             ((lane / kChannelGroup * taps + tap) * others + other) * kChannelGroup + lane % kChannelGroup);
      }
    }
  });
}

/// Weights [groups, KH, KW, run] <-> [points, groups, taps down, taps along, run].
struct WeightTransform {
  const NhwcWork& work;
  Shape shape;
  Lanes lanes;

  Index groups() const { return groups_of(lanes == Lanes::outputs ? shape[0] : shape[1]); }
  Index run() const { return (lanes == Lanes::outputs ? shape[1] : shape[0]) * kChannelGroup; }
  Index plain_size() const { return groups() * shape[2] * shape[3] * run(); }
  Shape expanded_shape() const { return {work.points(), groups() * work.taps() * run()}; }
  ToomSequence down() const { return {work.down, ToomRole::taps, {groups(), shape[3] * run()}}; }
  ToomSequence along() const {
    return {work.along, ToomRole::taps, {work.down.points() * groups() * work.part.kernel_h, run()}};
  }
  Index half_size() const { return along().rows.rows * shape[3] * run(); }

  Tensor expand(const Tensor& weight) const {
    Tensor plain(Shape{plain_size()}), half = Tensor::uninitialized({half_size()});
    for_weights(shape, lanes, [&](Index from, Index to) { plain[to] = weight[from]; });
    Tensor expanded = Tensor::uninitialized(expanded_shape());
    toom_expand(down(), plain.data(), half.data());
    toom_expand(along(), half.data(), expanded.data());
    return expanded;
  }
  void contract(const Tensor& expanded, Tensor& weight) const {
    Tensor plain = Tensor::uninitialized({plain_size()}), half = Tensor::uninitialized({half_size()});
    toom_contract(along(), expanded.data(), half.data());
    toom_contract(down(), half.data(), plain.data());
    for_weights(shape, lanes, [&](Index to, Index from) { weight[to] += plain[from]; });
  }
};

/// Where each position's window starts, in pixels, for this many images of a point.
std::vector<Index> window_starts(const NhwcWork& work, Index images) {
  std::vector<Index> starts;
  for (Index n = 0; n < images; ++n) {
    for (Index row = 0; row < work.part_out_h; ++row) {
      for (Index col = 0; col < work.part_out_w; ++col) {
        starts.push_back(n * work.pixels() + row * work.part.in_w + col);
      }
    }
  }
  return starts;
}

/// dy, zero where ReLU was off, with the gradient of the bias on the way.
Tensor mask_gradient(const Tensor& dy, const Tensor& y, bool relu, Tensor* dbias) {
  const Index channels = dy.dim(3), images = dy.dim(0), size = dy.size() / std::max<Index>(1, images);
  Tensor masked = relu ? Tensor::uninitialized(dy.shape()) : dy;
  std::vector<double> sums(static_cast<std::size_t>(images * channels));
  parallel_for(images, [&](Index n) {
    float* to = masked.data() + n * size;
    const float *from = dy.data() + n * size, *result = y.data() + n * size;
    if (relu) {
      for (Index i = 0; i < size; ++i) to[i] = relu_gradient(from[i], result[i]);
    }
    for (Index i = 0; dbias != nullptr && i < size; i += channels) {
      for (Index o = 0; o < channels; ++o) sums[static_cast<std::size_t>(n * channels + o)] += to[i + o];
    }
  });
  for (Index o = 0; dbias != nullptr && o < channels; ++o) {
    double total = 0;
    for (Index n = 0; n < images; ++n) total += sums[static_cast<std::size_t>(n * channels + o)];
    (*dbias)[o] += static_cast<float>(total);
  }
  return masked;
}

/// Gradients of the inputs of some images at all points, from `dy` at all points.
Tensor data_gradient(const NhwcWork& work, const std::vector<Index>& starts, const Tensor& packed, const Tensor& dy) {
  const NhwcConv& g = work.part;
  const Index images = static_cast<Index>(starts.size()) / work.positions(), points = work.points();
  Tensor dx(Shape{points, images * work.pixels() * g.in_step});
  // Only windows of the same image overlap.
  const Index parts = points > 1 ? 1 : images;
  parallel_for(points * parts, [&](Index task) {
    const Index point = task / parts, first = task % parts * (images / parts) * work.positions();
    const NhwcTask at{g, starts.data() + first, images / parts * work.positions()};
    const float* gradient = dy.data() + point * (dy.size() / points) + first * g.out_step;
    for (Index group = 0; group < g.in_step; group += kChannelGroup) {
      simd().nhwc.backward_data(at, gradient,
                                packed.data() + (point * g.in_step + group) * work.taps() * g.out_channels,
                                dx.data() + point * (dx.size() / points) + group);
    }
  });
  return dx;
}

/// Inputs and gradients of some images at all points.
struct ExpandedImages {
  const Tensor &x, &dy;
};

/// Adds to the weight gradients at all points.
void add_weight_gradient(const NhwcWork& work, const std::vector<Index>& starts, const ExpandedImages& held,
                         Tensor& expanded) {
  const Tensor &x = held.x, &dy = held.dy;
  const NhwcConv& g = work.part;
  const Index points = work.points(), size = work.taps() * g.in_channels * kChannelGroup;
  // Each task has its own weights, so there are no partial sums to add up: a group at one point, and one row of the
  // kernel where there is only one point.
  const Index groups = g.out_step / kChannelGroup, rows = points > 1 ? 1 : g.kernel_h;
  NhwcConv some = g;
  some.kernel_h = g.kernel_h / rows;
  const NhwcTask all{some, starts.data(), static_cast<Index>(starts.size())};
  parallel_for(points * groups * rows, [&](Index task) {
    const Index row = task % rows, group = task / rows % groups, point = task / rows / groups;
    Tensor sums = Tensor::uninitialized({size / rows});
    simd().nhwc.backward_weight(all, x.data() + point * (x.size() / points) + row * g.in_w * g.in_channels,
                                dy.data() + point * (dy.size() / points) + group * kChannelGroup, sums.data());
    float* to = expanded.data() + (point * groups + group) * size + row * sums.size();
    for (Index i = 0; i < sums.size(); ++i) to[i] += sums[i];
  });
}

}  // namespace

Tensor to_nhwc(const Tensor& x) {
  SPECFUSE_CHECK(x.shape().rank() == 4, "to_nhwc: expected [N, C, H, W], got ", x.shape().text());
  const Index channels = x.dim(1), pixels = x.dim(2) * x.dim(3);
  Tensor result = Tensor::uninitialized({x.dim(0), x.dim(2), x.dim(3), channels});
  parallel_for(x.dim(0), [&](Index n) {
    const float* from = x.data() + n * channels * pixels;
    float* to = result.data() + n * channels * pixels;
    for (Index p = 0; p < pixels; ++p) {
      for (Index c = 0; c < channels; ++c) *to++ = from[c * pixels + p];
    }
  });
  return result;
}

Tensor from_nhwc(const Tensor& x) {
  SPECFUSE_CHECK(x.shape().rank() == 4, "from_nhwc: expected [N, H, W, C], got ", x.shape().text());
  const Index channels = x.dim(3), pixels = x.dim(1) * x.dim(2);
  Tensor result = Tensor::uninitialized({x.dim(0), channels, x.dim(1), x.dim(2)});
  parallel_for(x.dim(0), [&](Index n) {
    const float* from = x.data() + n * channels * pixels;
    float* to = result.data() + n * channels * pixels;
    for (Index c = 0; c < channels; ++c) {
      for (Index p = 0; p < pixels; ++p) *to++ = from[p * channels + c];
    }
  });
  return result;
}

Tensor conv_nhwc_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu) {
  const NhwcWork work = nhwc_work(x, weight);
  const NhwcConv& g = work.part;
  SPECFUSE_CHECK(bias.shape() == Shape{g.out_channels}, "conv_nhwc: expected a bias [", g.out_channels, "], got ",
                 bias.shape().text());
  const Tensor packed = WeightTransform{work, weight.shape(), Lanes::outputs}.expand(weight);
  const Index points = work.points();
  Tensor y = Tensor::uninitialized({x.dim(0), work.out_h, work.out_w, g.out_channels});
  for (Index first = 0; first < work.images; first += work.together()) {
    const Index images = std::min(work.together(), work.images - first);
    const std::vector<Index> starts = window_starts(work, images);
    const auto positions = static_cast<Index>(starts.size());
    Tensor inputs = Tensor::uninitialized({points, images * work.pixels() * g.in_channels});
    Tensor outputs = Tensor::uninitialized({points, positions * g.out_step});
    const ImageTransform signal{work, ToomRole::signal, images, work.in_w, g.in_channels, 0};
    const ImageTransform result{work, ToomRole::result, images, work.out_w, g.out_channels, g.out_step};
    signal.expand(x.data() + first * work.in_h * work.in_w * g.in_channels, inputs.data());
    const Index parts = points > 1 ? 1 : (positions + kPositionsOfTask - 1) / kPositionsOfTask;
    parallel_for(points * parts, [&](Index task) {
      const Index point = task / parts, begin = task % parts * positions / parts;
      const NhwcTask at{g, starts.data() + begin, (task % parts + 1) * positions / parts - begin};
      for (Index group = 0; group < g.out_step; group += kChannelGroup) {
        simd().nhwc.forward(at, inputs.data() + point * (inputs.size() / points),
                            packed.data() + (point * g.out_step + group) * work.taps() * g.in_channels,
                            outputs.data() + (point * positions + begin) * g.out_step + group);
      }
    });
    result.contract(outputs.data(), y.data() + first * work.out_h * work.out_w * g.out_channels);
  }
  parallel_for(x.dim(0) * work.out_h, [&](Index row) {
    float* values = y.data() + row * work.out_w * g.out_channels;
    for (Index col = 0; col < work.out_w; ++col, values += g.out_channels) {
      for (Index o = 0; o < g.out_channels; ++o) {
        const float value = values[o] + bias[o];
        values[o] = relu && value < 0.0f ? 0.0f : value;  // NaN stays
      }
    }
  });
  return y;
}

void conv_nhwc_backward(const ConvBackward& at, const ConvGradients& gradients) {
  const auto& [x, weight, y, dy, relu] = at;
  const NhwcWork work = nhwc_work(x, weight);
  const NhwcConv& g = work.part;
  SPECFUSE_CHECK(dy.shape() == y.shape() && y.shape() == Shape({x.dim(0), work.out_h, work.out_w, g.out_channels}),
                 "conv_nhwc: expected a gradient of shape ", y.shape().text(), ", got ", dy.shape().text());
  const Tensor masked = mask_gradient(dy, y, relu, gradients.bias);
  const WeightTransform by_outputs{work, weight.shape(), Lanes::outputs},
      by_inputs{work, weight.shape(), Lanes::inputs};
  const Tensor packed = gradients.x != nullptr ? by_inputs.expand(weight) : Tensor();
  Tensor weights = gradients.weight != nullptr ? Tensor(by_outputs.expanded_shape()) : Tensor();
  const Index x_size = work.in_h * work.in_w * g.in_channels, y_size = work.out_h * work.out_w * g.out_channels;
  for (Index first = 0; first < work.images; first += work.together()) {
    const Index images = std::min(work.together(), work.images - first);
    const std::vector<Index> starts = window_starts(work, images);
    Tensor outputs(Shape{work.points(), static_cast<Index>(starts.size()) * g.out_step});
    const ImageTransform result{work, ToomRole::result, images, work.out_w, g.out_channels, g.out_step};
    result.expand(masked.data() + first * y_size, outputs.data());
    if (gradients.x != nullptr) {
      const ImageTransform signal{work, ToomRole::signal, images, work.in_w, g.in_channels, g.in_step};
      signal.contract(data_gradient(work, starts, packed, outputs).data(), gradients.x->data() + first * x_size);
    }
    if (gradients.weight != nullptr) {
      const ImageTransform signal{work, ToomRole::signal, images, work.in_w, g.in_channels, 0};
      Tensor inputs = Tensor::uninitialized({work.points(), images * work.pixels() * g.in_channels});
      signal.expand(x.data() + first * x_size, inputs.data());
      add_weight_gradient(work, starts, {inputs, outputs}, weights);
    }
  }
  if (gradients.weight != nullptr) by_outputs.contract(weights, *gradients.weight);
}

}  // namespace specfuse
