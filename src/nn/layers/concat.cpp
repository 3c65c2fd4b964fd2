#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// The channels of an earlier layer's value behind those of the layer before; the middle of it where it is larger.
struct ConcatLayer : CloneableLayer<ConcatLayer> {
  std::string source = "input";

  void describe(FieldVisitor& fields) override { fields("from", source, "The earlier layer, by name, or `input`."); }
  std::optional<std::string> from() const override { return source; }

  LayerPlan plan(const LayerSite& site) const override {
    const Flow &from = *site.from, &in = site.in;
    site.expect(from.kind == in.kind && from.length >= in.length && (from.length - in.length) % 2 == 0, "from",
                concat("a layer whose value is as long as ", in.text(), ", or longer by an even number"), from.text());
    LayerPlan plan;
    plan.out = {in.kind, in.channels + from.channels, in.length};
    plan.forward = [](const LayerInputs& of) { return concat_channels(of.x, middle_like(of.from, of.x)); };
    return plan;
  }
};

}  // namespace

LayerType concat_layer() { return layer_type<ConcatLayer>("concat", "an earlier layer's channels behind these"); }

}  // namespace specfuse
