#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
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
    plan.forward = [how = activation_of(activation)](const LayerInputs& of) {
      return add(middle_like(of.from, of.x), of.x, how);
    };
    return plan;
  }
};

}  // namespace

LayerType residual_layer() { return layer_type<ResidualLayer>("residual", "adds an earlier layer's value"); }

}  // namespace specfuse
