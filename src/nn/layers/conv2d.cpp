#include "nn/convolution_options.h"

namespace specfuse {
namespace {

/// Convolution over the neighbourhood without padding, so that tiles share what their pixels have in common:
/// [N, C, H, W] -> [N, maps, H - dilation (kernel - 1), W - dilation (kernel - 1)]. Across the pixels of a cube zeros
/// keep the size: [N, rows, cols, bands, C] -> [N, rows, cols, bands, maps].
struct Conv2dLayer : CloneableLayer<Conv2dLayer> {
  ConvolutionOptions of{.maps = 30};

  void describe(FieldVisitor& fields) override {
    of.describe(fields, Range{1, 128},
                "Side of the kernel in taps; each except the first takes one off the side of the neighbourhood.");
  }
  std::optional<Index> repeat() const override { return of.repeats; }

  LayerPlan plan(const LayerSite& site) const override {
    if (site.in.kind == Flow::Kind::cube) {
      return of.plan_on_cube(site, {of.maps, site.in.channels, of.kernel, of.kernel});
    }
    site.expect_kind(Flow::Kind::image);
    of.expect_fits(site, site.in.length, "pixels", "the neighbourhood's side");
    LayerPlan plan;
    plan.size_field = "maps";
    plan.out = {Flow::Kind::image, of.maps, site.in.length - of.span() + 1};
    plan.parameters = weight_and_bias(site.name, {of.maps, site.in.channels, of.kernel, of.kernel}, of.zero_init);
    plan.flops = 2.0 * static_cast<double>(plan.parameters[0].shape.size());
    const ConvOptions options{{0, 0}, {of.dilation, of.dilation}, activation_of(of.activation)};
    plan.forward = [options](const LayerInputs& given) {
      return conv2d(given.x, given.parameters[0], given.parameters[1], options);
    };
    return plan;
  }
};

}  // namespace

LayerType conv2d_layer() { return layer_type<Conv2dLayer>("conv2d", "convolution over the neighbourhood"); }

}  // namespace specfuse
