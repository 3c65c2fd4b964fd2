#include "specfuse/core/fields.h"
#include "specfuse/core/profile.h"
#include "specfuse/nn/layer.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

Variable leaky_relu(const Variable& x, float slope) {
  const ProfileSpan span(__func__);
  Tensor result = Tensor::uninitialized(x.value().shape());
  const float* from = x.value().data();
  float* to = result.data();
  for_each_element(result.size(), [=](Index i) { to[i] = from[i] > 0 ? from[i] : slope * from[i]; });
  return {Stored(result, x.shape(), x.layout()), {x}, [x, slope](const Tensor& grad) {
            const float *values = x.value().data(), *g = grad.data();
            float* out = x.grad_to_add().data();
            for_each_element(grad.size(), [=](Index i) { out[i] += values[i] > 0 ? g[i] : slope * g[i]; });
          }};
}

/// max(x, 0) + slope min(x, 0) (Maas, Hannun and Ng 2013).
struct LeakyReluLayer : CloneableLayer<LeakyReluLayer> {
  double slope = 0.01;
  void describe(FieldVisitor& fields) override { fields("slope", slope, Range{0, 1}, "Of what is negative."); }
  LayerPlan plan(const LayerSite& site) const override {
    LayerPlan plan;
    plan.out = site.in;
    plan.forward = [slope = static_cast<float>(slope)](const LayerInputs& of) { return leaky_relu(of.x, slope); };
    return plan;
  }
};

}  // namespace

LayerType leaky_relu_layer() {
  return layer_type<LeakyReluLayer>("leaky_relu", "x where it is positive, slope times x elsewhere");
}

}  // namespace specfuse
