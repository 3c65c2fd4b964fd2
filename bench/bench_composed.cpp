/// bench_composed [--threads N] [--repeats N]: networks of three convolutions as a configuration describes them, beside
/// the same kernels called by hand: GFLOP/s of plain arithmetic and their ratio, medians in turns.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/kernels/blas.h"
#include "specfuse/kernels/conv_n16.h"
#include "specfuse/kernels/conv_nhwc.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/nn/layers.h"
#include "support/random.h"
#include "timing.h"

using namespace specfuse;
using specfuse::testing::random_tensor;

namespace {

/// The kernels of a layout.
struct Kernels {
  Tensor (*to)(const Tensor& x);
  Tensor (*forward)(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu);
  void (*backward)(const ConvBackward& at, const ConvGradients& gradients);
};

struct Case {
  const char* name;
  const char* layers;
  Flow in;
  Shape input;
  Kernels kernels;
};

std::vector<LayerPlan> plan(const Case& c) {
  Layers layers;
  read_fields(Json::parse(c.layers), "layers", c.name, layers);
  return plan_layers(layers, {"layers", "", c.in});
}

/// Passes through the kernels without anything around them.
class ByHand {
 public:
  ByHand(const Kernels& kernels, const std::vector<Parameter>& parameters) : kernels_(kernels) {
    for (std::size_t i = 0; i < parameters.size(); i += 2) {
      weights_.push_back(parameters[i].value.value());
      biases_.push_back(parameters[i + 1].value.value());
    }
  }

  std::vector<Tensor> forward(const Tensor& x) const {
    std::vector<Tensor> values{kernels_.to(x)};
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      values.push_back(kernels_.forward(values.back(), weights_[i], biases_[i], true));
    }
    return values;
  }

  void backward(const Tensor& x, const Tensor& cotangent) const {
    const std::vector<Tensor> values = forward(x);
    Tensor dy = cotangent;
    for (std::size_t i = weights_.size(); i-- > 0;) {
      Tensor dx, dw(weights_[i].shape()), db(biases_[i].shape());
      if (i > 0) dx = Tensor(values[i].shape());
      kernels_.backward({values[i], weights_[i], values[i + 1], dy, true}, {i > 0 ? &dx : nullptr, &dw, &db});
      dy = dx;
    }
  }

 private:
  Kernels kernels_;
  std::vector<Tensor> weights_, biases_;
};

struct Rates {
  double composed, by_hand;
};

/// The median of each, one after the other in `rounds` turns.
Rates in_turns(int rounds, const std::function<void()>& composed, const std::function<void()>& by_hand) {
  std::vector<double> one, other;
  for (int i = 0; i < rounds; ++i) {
    one.push_back(bench::median_seconds(3, composed));
    other.push_back(bench::median_seconds(3, by_hand));
  }
  return {bench::median(one), bench::median(other)};
}

void print(const char* name, const char* pass, double flops, const Rates& seconds) {
  std::printf("%-28s %-20s %12.1f %12.1f %8.3f\n", name, pass, flops / seconds.composed * 1e-9,
              flops / seconds.by_hand * 1e-9, seconds.by_hand / seconds.composed);
}

void measure(const Case& c, int rounds) {
  const std::vector<LayerPlan> plans = plan(c);
  const Network network(plans);
  for (const Parameter& parameter : network.parameters()) {
    Tensor value = parameter.value.value();
    const Tensor drawn = random_tensor(value.shape(), parameter.name);
    for (Index i = 0; i < value.size(); ++i) value[i] = 0.02f * drawn[i];
  }
  const ByHand by_hand(c.kernels, network.parameters());
  const Tensor x = random_tensor(c.input, "x");
  const Variable input(x);
  Variable once = network.forward(input);
  const Tensor cotangent = random_tensor(once.value().shape(), "cotangent");
  const Tensor same = by_hand.forward(x).back();
  SPECFUSE_CHECK(testing::relative_gap(once.value(), same) == 0, c.name, ": composed and by hand differ");

  // Of plain arithmetic; an image has as many positions as its maps have pixels.
  double flops = 0;
  for (const LayerPlan& layer : plans) {
    const bool image = layer.out.kind == Flow::Kind::image;
    const Index side = image ? c.input[2] - c.in.length + layer.out.length : 1;
    flops += layer.flops * static_cast<double>(c.input[0] * side * side);
  }
  {
    const NoGrad no_grad;
    print(c.name, "forward", flops,
          in_turns(
              rounds, [&] { network.forward(input); }, [&] { by_hand.forward(x); }));
  }
  print(c.name, "forward, backward", 3 * flops,
        in_turns(
            rounds,
            [&] {
              for (Parameter& parameter : network.parameters()) parameter.value.clear_grad();
              network.forward(input).backward(cotangent);
            },
            [&] { by_hand.backward(x, cotangent); }));
}

}  // namespace

int main(int count, char** texts) {
  choose_blas_kernels(texts);
  const bench::Options options(count, texts);
  std::printf("%d threads, %s\n%-28s %-20s %12s %12s %8s\n", options.threads, simd_name().c_str(), "network", "",
              "composed", "by hand", "ratio");
  const Case along{"conv1d 1->20->20->20, 45",
                   R"({"conv": {"type": "conv1d", "maps": 20, "kernel": 45, "repeat": 3}})",
                   {Flow::Kind::spectrum, 1, 162},
                   {512, 1, 162},
                   {to_n16, conv_n16_forward, conv_n16_backward}};
  const Case around{"conv2d 6->30->30->30, 10x10",
                    R"({"conv": {"type": "conv2d", "maps": 30, "kernel": 10, "repeat": 3}})",
                    {Flow::Kind::image, 6, 31},
                    {8, 6, 38, 38},
                    {to_nhwc, conv_nhwc_forward, conv_nhwc_backward}};
  const Case small{"conv2d 66->32->32->32, 3x3",
                   R"({"conv": {"type": "conv2d", "maps": 32, "kernel": 3, "repeat": 3}})",
                   {Flow::Kind::image, 66, 7},
                   {8, 66, 38, 38},
                   {to_nhwc, conv_nhwc_forward, conv_nhwc_backward}};
  for (const Case& c : {along, around, small}) measure(c, options.repeats);
}
