#include "nn/convolution_options.h"

namespace specfuse {
namespace {

/// Convolution along the spectrum: [P, C, L] -> [P, maps, L - dilation (kernel - 1) + 2 padding], or along the bands of
/// a cube: [N, rows, cols, bands, C] -> [N, rows, cols, bands, maps].
struct Conv1dLayer : CloneableLayer<Conv1dLayer> {
  ConvolutionOptions of{.maps = 20};
  Index padding = 0;

  void describe(FieldVisitor& fields) override {
    of.describe(fields, Range{1, 1024},
                "Taps along the spectrum; without padding each takes one off its length, except the first.");
    fields("padding", padding, Range{0, 1024}, "Zeros before and behind the spectrum.");
  }
  std::optional<Index> repeat() const override { return of.repeats; }

  LayerPlan plan(const LayerSite& site) const override {
    if (site.in.kind == Flow::Kind::cube) {
      site.expect(padding == 0, "padding", "0 for maps of a cube, which keep their size", concat(padding));
      return of.plan_on_cube(site, {of.maps, site.in.channels, of.kernel});
    }
    site.expect_kind(Flow::Kind::spectrum);
    const Index padded = site.in.length + 2 * padding;
    of.expect_fits(site, padded, "positions", "the spectrum");
    LayerPlan plan;
    plan.size_field = "maps";
    plan.out = {Flow::Kind::spectrum, of.maps, padded - of.span() + 1};
    plan.parameters = weight_and_bias(site.name, {of.maps, site.in.channels, of.kernel}, of.zero_init);
    plan.flops = 2.0 * static_cast<double>(plan.out.length * plan.parameters[0].shape.size());
    const ConvOptions options{{0, padding}, {1, of.dilation}, activation_of(of.activation)};
    plan.forward = [options](const LayerInputs& given) {
      return conv1d(given.x, given.parameters[0], given.parameters[1], options);
    };
    return plan;
  }
};

}  // namespace

LayerType conv1d_layer() { return layer_type<Conv1dLayer>("conv1d", "convolution along the spectrum"); }

}  // namespace specfuse
