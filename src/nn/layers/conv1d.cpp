#include "specfuse/core/error.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// Convolution along the spectrum: [P, C, L] -> [P, maps, L - dilation (kernel - 1) + 2 padding].
struct Conv1dLayer : CloneableLayer<Conv1dLayer> {
  Index maps = 20, kernel = 3, padding = 0, dilation = 1;
  std::string activation = "relu";
  bool zero_init = false;
  std::optional<Index> repeats;

  void describe(FieldVisitor& fields) override {
    fields("maps", maps, Range{1, 65536}, "Feature maps it makes.");
    fields("kernel", kernel, Range{1, 1024},
           "Taps along the spectrum; without padding each takes one off its length, except the first.");
    fields("padding", padding, Range{0, 1024}, "Zeros before and behind the spectrum.");
    fields("dilation", dilation, Range{1, 1024}, "Distance of neighbouring taps.");
    describe_activation(fields, activation);
    fields("zero_init", zero_init, "Whether its weights start at 0 instead of as `train.init` says.");
    fields("repeat", repeats, Range{1, 64},
           "So many of them in turn, called NAME1, NAME2 and on; null: one, called NAME.");
  }
  std::optional<Index> repeat() const override { return repeats; }

  LayerPlan plan(const LayerSite& site) const override {
    site.expect_kind(Flow::Kind::spectrum);
    const Index span = dilation * (kernel - 1) + 1, padded = site.in.length + 2 * padding;
    site.expect(span <= padded, "kernel", concat("at most the ", padded, " positions of the spectrum that are left"),
                concat(kernel, dilation > 1 ? concat(" taps over ", span, " positions") : std::string(" taps")));
    LayerPlan plan;
    plan.size_field = "maps";
    plan.out = {Flow::Kind::spectrum, maps, padded - span + 1};
    plan.parameters = weight_and_bias(site.name, {maps, site.in.channels, kernel}, zero_init);
    plan.flops = 2.0 * static_cast<double>(plan.out.length * plan.parameters[0].shape.size());
    const Conv1dOptions options{1, padding, dilation, activation_of(activation)};
    plan.forward = [options](const LayerInputs& of) {
      return conv1d(of.x, of.parameters[0], of.parameters[1], options);
    };
    return plan;
  }
};

}  // namespace

LayerType conv1d_layer() { return layer_type<Conv1dLayer>("conv1d", "convolution along the spectrum"); }

}  // namespace specfuse
