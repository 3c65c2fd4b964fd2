#include "specfuse/core/error.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// An earlier layer's value added to that of the layer before: x + from, the middle of `from` where it is larger.
struct ResidualLayer : CloneableLayer<ResidualLayer> {
  std::string source = "input", activation = "none";

  void describe(FieldVisitor& fields) override {
    fields("from", source, "The earlier layer, by name, or `input`.");
    describe_activation(fields, activation);
  }
  std::optional<std::string> from() const override { return source; }

  LayerPlan plan(const LayerSite& site) const override {
    const Flow &from = *site.from, &in = site.in;
    site.expect(from.kind == in.kind && from.channels == in.channels && from.length >= in.length &&
                    (from.length - in.length) % 2 == 0,
                "from", concat("a layer whose value is ", in.text(), ", or longer by an even number"), from.text());
    LayerPlan plan;
    plan.out = in;
    plan.forward = [in, how = activation_of(activation)](const LayerInputs& of) {
      if (in.kind == Flow::Kind::features) return add(of.from, of.x, how);
      const Index rank = of.x.shape().rank();
      const Extent size{rank == 4 ? of.x.shape()[2] : 1, of.x.shape()[-1]};
      return add(of.x, crop_centre(of.from, size), how);
    };
    return plan;
  }
};

}  // namespace

LayerType residual_layer() { return layer_type<ResidualLayer>("residual", "adds an earlier layer's value"); }

}  // namespace specfuse
