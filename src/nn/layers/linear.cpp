#include "specfuse/core/fields.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// Fully connected: all values that flow in -> [P, units].
struct LinearLayer : CloneableLayer<LinearLayer> {
  std::optional<Index> units;
  std::string activation = "relu";
  bool zero_init = false;

  void describe(FieldVisitor& fields) override {
    fields("units", units, Range{1, 65536}, Label{"units"},
           "Values it makes; null: as many as flow into the first of these layers, or, in the last layer of `fusion`, "
           "as many as there are bands.");
    describe_activation(fields, activation);
    fields("zero_init", zero_init, "Whether its weights start at 0 instead of as `train.init` says.");
  }

  LayerPlan plan(const LayerSite& site) const override {
    site.expect_no_cube();
    site.expect(units || site.units > 0, "units", "a number", "null");
    const Index outputs = units.value_or(site.units);
    LayerPlan plan;
    plan.size_field = "units";
    plan.out = {Flow::Kind::features, outputs, 1};
    plan.parameters = weight_and_bias(site.name, {outputs, site.in.size()}, zero_init);
    plan.flops = 2.0 * static_cast<double>(plan.parameters[0].shape.size());
    plan.forward = [in = site.in, outputs, how = activation_of(activation)](const LayerInputs& of) {
      const Variable &weight = of.parameters[0], &bias = of.parameters[1];
      if (in.kind == Flow::Kind::image) {
        // Over every neighbourhood of a tile it is a convolution whose kernel is as large.
        const Variable kernel = reshape(weight, {outputs, in.channels, in.length, in.length});
        return patches_to_rows(conv2d(of.x, kernel, bias, {.activation = how}), 1);
      }
      return linear(rows_of(of.x), weight, bias, how);
    };
    return plan;
  }
};

}  // namespace

LayerType linear_layer() { return layer_type<LinearLayer>("linear", "fully connected"); }

}  // namespace specfuse
