#include <algorithm>
#include <cmath>
#include <vector>

#include "specfuse/core/profile.h"
#include "specfuse/core/threads.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

constexpr double kEpsilon = 1e-5;

/// A value in memory as [outer, channels, inner], whatever its layout.
struct Grid {
  Index outer, channels, inner;
  Index at(Index o, Index c, Index i) const { return (o * channels + c) * inner + i; }
};

Grid grid_of(const Variable& x) {
  const bool cube = x.shape().rank() == 5, last = cube || x.layout() == Layout::nhwc;
  const Index channels = x.shape()[cube ? 4 : 1];
  const Index first = last ? x.value().size() / std::max<Index>(1, channels) : x.value().dim(0);
  return {first, channels, x.value().size() / std::max<Index>(1, first * channels)};
}

/// Mean and reciprocal deviation over the channels at one position.
struct Moments {
  double mean = 0, scale = 0;
};

Moments moments_at(const Tensor& x, const Grid& g, Index o, Index i) {
  const auto count = static_cast<double>(g.channels);
  Moments m;
  for (Index c = 0; c < g.channels; ++c) m.mean += x[g.at(o, c, i)];
  m.mean /= count;
  double squares = 0;
  for (Index c = 0; c < g.channels; ++c) squares += std::pow(x[g.at(o, c, i)] - m.mean, 2);
  m.scale = 1 / std::sqrt(squares / count + kEpsilon);
  return m;
}

struct Gradients {
  Tensor *x, *gain, *bias;
};

/// With h = (x - mean) scale and e = gain * grad: dx = scale (e - mean(e) - h mean(e h)), dgain = grad h, dbias = grad.
void add_gradients(const Variable& x, const Tensor& gain, const Tensor& grad, const Gradients& to) {
  const Grid g = grid_of(x);
  // Sums over positions in the order of `outer`, one per channel and outer index, so that they do not depend on
  // threads.
  std::vector<double> gains(static_cast<std::size_t>(g.outer * g.channels)), biases(gains.size());
  parallel_for(g.outer, [&](Index o) {
    for (Index i = 0; i < g.inner; ++i) {
      const Moments m = moments_at(x.value(), g, o, i);
      double sum = 0, along = 0;
      for (Index c = 0; c < g.channels; ++c) {
        const Index at = g.at(o, c, i);
        const double h = (x.value()[at] - m.mean) * m.scale, e = double{gain[c]} * grad[at];
        sum += e;
        along += e * h;
        gains[static_cast<std::size_t>(o * g.channels + c)] += grad[at] * h;
        biases[static_cast<std::size_t>(o * g.channels + c)] += grad[at];
      }
      for (Index c = 0; to.x != nullptr && c < g.channels; ++c) {
        const Index at = g.at(o, c, i);
        const double h = (x.value()[at] - m.mean) * m.scale, e = double{gain[c]} * grad[at];
        (*to.x)[at] += static_cast<float>(m.scale * (e - (sum + h * along) / static_cast<double>(g.channels)));
      }
    }
  });
  const auto add_sums = [&](const std::vector<double>& sums, Tensor* out) {
    for (Index c = 0; out != nullptr && c < g.channels; ++c) {
      double total = 0;
      for (Index o = 0; o < g.outer; ++o) total += sums[static_cast<std::size_t>(o * g.channels + c)];
      (*out)[c] += static_cast<float>(total);
    }
  };
  add_sums(gains, to.gain);
  add_sums(biases, to.bias);
}

Variable layer_norm(const Variable& x, const Variable& gain, const Variable& bias) {
  const ProfileSpan span(__func__);
  const Grid g = grid_of(x);
  Tensor result = Tensor::uninitialized(x.value().shape());
  parallel_for(g.outer, [&](Index o) {
    for (Index i = 0; i < g.inner; ++i) {
      const Moments m = moments_at(x.value(), g, o, i);
      for (Index c = 0; c < g.channels; ++c) {
        const Index at = g.at(o, c, i);
        const double h = (x.value()[at] - m.mean) * m.scale;
        result[at] = static_cast<float>(h * gain.value()[c] + bias.value()[c]);
      }
    }
  });
  return {Stored(result, x.shape(), x.layout()), {x, gain, bias}, [x, gain, bias](const Tensor& grad) {
            const auto wanted = [](const Variable& v) { return v.requires_grad() ? &v.grad_to_add() : nullptr; };
            add_gradients(x, gain.value(), grad, {wanted(x), wanted(gain), wanted(bias)});
          }};
}

/// (x - mean) / sqrt(variance + 1e-5) * gain + bias, mean and variance over the channels of each position (Ba, Kiros
/// and Hinton 2016): so it sees one pixel at a time, and tiles change nothing.
struct LayerNormLayer : CloneableLayer<LayerNormLayer> {
  void describe(FieldVisitor&) override {}
  LayerPlan plan(const LayerSite& site) const override {
    LayerPlan plan;
    plan.out = site.in;
    plan.parameters = {{site.name + ".gain", {site.in.channels}, Role::gain},
                       {site.name + ".bias", {site.in.channels}, Role::bias}};
    plan.forward = [](const LayerInputs& of) { return layer_norm(of.x, of.parameters[0], of.parameters[1]); };
    return plan;
  }
};

}  // namespace

LayerType layer_norm_layer() {
  return layer_type<LayerNormLayer>("layer_norm", "normalisation over the channels of each position");
}

}  // namespace specfuse
