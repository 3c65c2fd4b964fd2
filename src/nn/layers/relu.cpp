#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// max(x, 0).
struct ReluLayer : CloneableLayer<ReluLayer> {
  void describe(FieldVisitor&) override {}
  LayerPlan plan(const LayerSite& site) const override {
    LayerPlan plan;
    plan.out = site.in;
    plan.forward = [](const LayerInputs& of) { return relu(of.x); };
    return plan;
  }
};

}  // namespace

LayerType relu_layer() { return layer_type<ReluLayer>("relu", "max(x, 0)"); }

}  // namespace specfuse
