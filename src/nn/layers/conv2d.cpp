#include "specfuse/core/error.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// Convolution over the neighbourhood without padding, so that tiles share what their pixels have in common:
/// [N, C, H, W] -> [N, maps, H - dilation (kernel - 1), W - dilation (kernel - 1)].
struct Conv2dLayer : CloneableLayer<Conv2dLayer> {
  Index maps = 30, kernel = 3, dilation = 1;
  std::string activation = "relu";
  bool zero_init = false;
  std::optional<Index> repeats;

  void describe(FieldVisitor& fields) override {
    fields("maps", maps, Range{1, 65536}, "Feature maps it makes.");
    fields("kernel", kernel, Range{1, 128},
           "Side of the kernel; each takes one less off the side of the neighbourhood.");
    fields("dilation", dilation, Range{1, 128}, "Distance of neighbouring taps.");
    describe_activation(fields, activation);
    fields("zero_init", zero_init, "Whether its weights start at 0 instead of as `train.init` says.");
    fields("repeat", repeats, Range{1, 64},
           "So many of them in turn, called NAME1, NAME2 and on; null: one, called NAME.");
  }
  std::optional<Index> repeat() const override { return repeats; }

  LayerPlan plan(const LayerSite& site) const override {
    site.expect_kind(Flow::Kind::image);
    const Index span = dilation * (kernel - 1) + 1;
    site.expect(span <= site.in.length, "kernel",
                concat("at most the ", site.in.length, " pixels of the neighbourhood's side that are left"),
                concat(kernel, dilation > 1 ? concat(" taps over ", span, " pixels") : std::string(" taps")));
    LayerPlan plan;
    plan.size_field = "maps";
    plan.out = {Flow::Kind::image, maps, site.in.length - span + 1};
    plan.parameters = weight_and_bias(site.name, {maps, site.in.channels, kernel, kernel}, zero_init);
    plan.flops = 2.0 * static_cast<double>(plan.parameters[0].shape.size());
    Conv2dOptions options;
    options.dilation = {dilation, dilation};
    options.activation = activation_of(activation);
    plan.forward = [options](const LayerInputs& of) {
      return conv2d(of.x, of.parameters[0], of.parameters[1], options);
    };
    return plan;
  }
};

}  // namespace

LayerType conv2d_layer() { return layer_type<Conv2dLayer>("conv2d", "convolution over the neighbourhood"); }

}  // namespace specfuse
