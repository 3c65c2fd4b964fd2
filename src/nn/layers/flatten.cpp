#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// All values of a pixel as one vector; for images those of its neighbourhood.
struct FlattenLayer : CloneableLayer<FlattenLayer> {
  void describe(FieldVisitor&) override {}
  LayerPlan plan(const LayerSite& site) const override {
    site.expect_no_cube();
    LayerPlan plan;
    plan.out = {Flow::Kind::features, site.in.size(), 1};
    plan.forward = [in = site.in](const LayerInputs& of) {
      return in.kind == Flow::Kind::image ? patches_to_rows(of.x, in.length) : rows_of(of.x);
    };
    return plan;
  }
};

}  // namespace

LayerType flatten_layer() { return layer_type<FlattenLayer>("flatten", "all values of a pixel as one vector"); }

}  // namespace specfuse
