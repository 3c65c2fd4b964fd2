#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// All values of a pixel as one vector; for images those of its neighbourhood.
struct FlattenLayer : CloneableLayer<FlattenLayer> {
  void describe(FieldVisitor&) override {}
  LayerPlan plan(const LayerSite& site) const override {
    LayerPlan plan;
    plan.out = {Flow::Kind::features, site.in.size(), 1};
    plan.forward = [in = site.in](const LayerInputs& of) {
      if (in.kind == Flow::Kind::image) return patches_to_rows(of.x, in.length);
      return in.kind == Flow::Kind::spectrum ? reshape(of.x, {of.x.shape()[0], in.size()}) : of.x;
    };
    return plan;
  }
};

}  // namespace

LayerType flatten_layer() { return layer_type<FlattenLayer>("flatten", "all values of a pixel as one vector"); }

}  // namespace specfuse
