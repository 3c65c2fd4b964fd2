#include <cmath>
#include <utility>

#include "specfuse/core/error.h"
#include "specfuse/kernels/conv_cube.h"
#include "specfuse/nn/layers.h"
#include "support/conv_reference.h"
#include "support/op_case.h"
#include "support/plain_loops.h"

namespace specfuse::testing {
namespace {

using Tensors = std::vector<Tensor>;
using Cases = std::vector<OpCase>;

/// What flows into the layers of a case, and the pixels it is of: 17 fill a block of 16 samples and begin another; of
/// an image 2 tiles of 3 x 3, of a cube 2 of 3 x 2 pixels and 4 bands.
const Flow kFeatures{Flow::Kind::features, 5, 1}, kSpectrum{Flow::Kind::spectrum, 3, 9},
    kImage{Flow::Kind::image, 4, 4}, kCube{Flow::Kind::cube, 3, 1};
const std::vector<Flow> kFlows = {kFeatures, kSpectrum, kImage};

Shape shape_of(const Flow& flow) {
  const Index pixels = 17, tiles = 2, side = flow.length + 2;
  if (flow.kind == Flow::Kind::cube) return {tiles, 3, 2, 4, flow.channels};
  if (flow.kind == Flow::Kind::features) return {pixels, flow.channels};
  if (flow.kind == Flow::Kind::spectrum) return {pixels, flow.channels, flow.length};
  return {tiles, flow.channels, side, side};
}

/// The last of these layers, given `in`. Inputs: the value of the layer before, that of the layer that `from` names if
/// there is one, and the parameters.
OpCase layer_case(const Flow& in, const std::vector<std::pair<std::string, LayerDescription>>& layers,
                  const PlainLoops& expected) {
  const LayerPlan plan = plan_layers({layers}, {"model", "", in}).back();
  OpCase of;
  of.name = concat(plan.type, " of ", plan.in.text());
  of.layer_type = plan.type;
  of.values = {shape_of(plan.in)};
  if (plan.from) of.values.push_back(shape_of(in));
  for (const ParameterPlan& parameter : plan.parameters) of.parameters.push_back(parameter.shape);
  of.op = [plan](const std::vector<Variable>& v) {
    const std::ptrdiff_t values = plan.from ? 2 : 1;
    return plan.forward({v[0], plan.from ? v[1] : Variable(), {v.begin() + values, v.end()}});
  };
  of.expected = expected;
  return of;
}

/// The same of a layer that stands alone.
OpCase layer_case(const Flow& in, const std::string& type, const std::vector<FieldSetting>& settings,
                  const PlainLoops& expected) {
  return layer_case(in, {layer("layer", type, settings)}, expected);
}

void add_sums(Cases& cases) {
  cases.push_back(with_relu(layer_case(kSpectrum, "conv1d", {{"maps", 4}, {"kernel", 4}},
                                       [](const Tensors& v) { return conv_sums(v[0], v[1], v[2]); })));
  cases.push_back(layer_case(kSpectrum, "conv1d",
                             {{"maps", 2}, {"padding", 2}, {"dilation", 3}, {"activation", "none"}},
                             [](const Tensors& v) {
                               return conv_sums(v[0], v[1], v[2], {{0, 2}, {1, 3}});
                             }));
  cases.push_back(with_relu(layer_case(kImage, "conv2d", {{"maps", 3}, {"kernel", 2}},
                                       [](const Tensors& v) { return conv_sums(v[0], v[1], v[2]); })));
  cases.push_back(layer_case(kImage, "conv2d", {{"maps", 3}, {"kernel", 2}, {"dilation", 2}, {"activation", "none"}},
                             [](const Tensors& v) {
                               return conv_sums(v[0], v[1], v[2], {{0, 0}, {2, 2}});
                             }));
  for (const Flow& flow : kFlows) {
    // All values of a pixel, which for an image are those of its neighbourhood.
    const PlainLoops sums = [flow](const Tensors& v) {
      const Tensor rows =
          flow.kind == Flow::Kind::image ? patch_rows(v[0], flow.length) : v[0].reshape({v[0].dim(0), flow.size()});
      return linear_sums(rows, v[1], v[2]);
    };
    cases.push_back(layer_case(flow, "linear", {{"units", 4}, {"activation", "none"}}, sums));
    cases.push_back(with_relu(layer_case(flow, "linear", {{"units", 4}}, sums)));
  }
}

/// Over the channels of each position.
Tensor normalized(const Tensor& x, const Tensor& gain, const Tensor& bias) {
  const Index channels = x.dim(1);
  return tensor_of(x.shape(), [&](Index n, Index c, Index h, Index w) {
    double mean = 0, variance = 0;
    for (Index k = 0; k < channels; ++k) mean += at(x, n, k, h, w) / static_cast<double>(channels);
    for (Index k = 0; k < channels; ++k)
      variance += std::pow(at(x, n, k, h, w) - mean, 2) / static_cast<double>(channels);
    return (at(x, n, c, h, w) - mean) / std::sqrt(variance + 1e-5) * gain[c] + bias[c];
  });
}

void add_activations(Cases& cases, const Flow& flow) {
  const PlainLoops same = [](const Tensors& v) { return v[0]; };
  cases.push_back(with_relu(layer_case(flow, "relu", {}, same)));

  cases.push_back(layer_case(flow, "leaky_relu", {{"slope", 0.2}}, [](const Tensors& v) {
    return each(v[0], [](double x) { return x > 0 ? x : 0.2 * x; });
  }));
  cases.back().kinks = same;
  cases.back().accuracy = kCurved;

  cases.push_back(layer_case(flow, "layer_norm", {}, [](const Tensors& v) { return normalized(v[0], v[1], v[2]); }));
  cases.back().accuracy = kCurved;

  if (flow.kind == Flow::Kind::image) {
    const Index images = 8, channels = 30, side = 29, per_value = 8;
    cases.back().timings = {{"layer_norm of 30 channels",
                             {{images, channels, side, side}},
                             {{channels}, {channels}},
                             static_cast<double>(images * channels * side * side * per_value)}};
  }

  cases.push_back(layer_case(flow, "flatten", {}, [flow](const Tensors& v) {
    return flow.kind == Flow::Kind::image ? patch_rows(v[0], flow.length) : v[0].reshape({v[0].dim(0), flow.size()});
  }));
}

/// The channels of a cube lie last.
void add_layers_of_cubes(Cases& cases) {
  const auto convolution = [](Index dilation) {
    return [dilation](const Tensors& v) { return reference::conv_cube_forward(v[0], v[1], v[2], {dilation}); };
  };
  for (const auto& [type, dilation] : {std::pair{"conv1d", 1}, {"conv2d", 1}, {"conv1d", 2}, {"conv2d", 2}}) {
    const OpCase sums =
        layer_case(kCube, type, {{"maps", 4}, {"kernel", 3}, {"dilation", dilation}, {"activation", "none"}},
                   convolution(dilation));
    cases.push_back(sums);
    cases.push_back(with_relu(
        layer_case(kCube, type, {{"maps", 4}, {"kernel", 3}, {"dilation", dilation}}, convolution(dilation))));
  }
  const PlainLoops same = [](const Tensors& v) { return v[0]; };
  cases.push_back(with_relu(layer_case(kCube, "relu", {}, same)));
  cases.push_back(layer_case(kCube, "leaky_relu", {{"slope", 0.2}}, [](const Tensors& v) {
    return each(v[0], [](double x) { return x > 0 ? x : 0.2 * x; });
  }));
  cases.back().kinks = same;
  cases.back().accuracy = kCurved;
  const auto rows = [](const Tensor& x) { return x.reshape({x.size() / x.dim(4), x.dim(4)}); };
  cases.push_back(layer_case(kCube, "layer_norm", {}, [rows](const Tensors& v) {
    return normalized(rows(v[0]), v[1], v[2]).reshape(v[0].shape());
  }));
  cases.back().accuracy = kCurved;

  const auto same_size = layer("before", "conv1d", {{"maps", 3}});
  cases.push_back(
      layer_case(kCube, {same_size, layer("join", "residual")}, [](const Tensors& v) { return sum_of(v[0], v[1]); }));
  cases.push_back(layer_case(kCube, {layer("before", "conv2d", {{"maps", 5}}), layer("join", "concat")},
                             [](const Tensors& v) { return side_by_side(v[0], v[1]); }));
}

/// Layers that take an earlier value beside that of the layer before, which is two shorter.
void add_joins(Cases& cases) {
  for (const auto& [flow, before] : {std::pair{kFeatures, "linear"}, {kSpectrum, "conv1d"}, {kImage, "conv2d"}}) {
    const auto after_conv = [&, in = flow, type = before](const std::string& join,
                                                          const std::vector<FieldSetting>& settings) {
      const FieldSetting width{in.kind == Flow::Kind::features ? "units" : "maps", in.channels};
      return layer_case(in, {layer("before", type, {width}), layer("join", join, settings)}, nullptr);
    };
    const auto middle_of = [](const Tensor& larger, const Tensor& like) {
      const Extents size(like.shape());
      return middle(larger, size.h, size.w);
    };
    const PlainLoops sums = [=](const Tensors& v) { return sum_of(v[0], middle_of(v[1], v[0])); };
    cases.push_back(after_conv("residual", {}));
    cases.back().expected = sums;
    cases.push_back(after_conv("residual", {{"activation", "relu"}}));
    cases.back().expected = sums;
    cases.back() = with_relu(cases.back());

    cases.push_back(after_conv("concat", {}));
    cases.back().expected = [=](const Tensors& v) { return side_by_side(v[0], middle_of(v[1], v[0])); };
    if (flow.kind == Flow::Kind::features) continue;

    cases.push_back(after_conv("skip", {{"from", "input"}}));
    const PlainLoops convolved = [](const Tensors& v) { return conv_sums(v[1], v[2], v[3]); };
    cases.back().expected = [=](const Tensors& v) { return positive_part(sum_of(v[0], positive_part(convolved(v)))); };
    // Where the convolution jumps, and where the sum does.
    cases.back().kinks = [=](const Tensors& v) {
      const Tensor inner = convolved(v);
      return side_by_side(inner, sum_of(v[0], positive_part(inner)));
    };
    cases.back().accuracy = kCurved;
  }
}

}  // namespace

std::vector<OpCase> layer_cases() {
  Cases cases;
  add_sums(cases);
  for (const Flow& flow : kFlows) add_activations(cases, flow);
  add_joins(cases);
  add_layers_of_cubes(cases);
  return cases;
}

}  // namespace specfuse::testing
