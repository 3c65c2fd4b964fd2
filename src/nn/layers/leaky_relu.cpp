#include <algorithm>

#include "specfuse/core/profile.h"
#include "specfuse/core/threads.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

constexpr Index kGrain = 1 << 15;

Variable leaky_relu(const Variable& x, float slope) {
  const ProfileSpan span(__func__);
  Tensor result = Tensor::uninitialized(x.value().shape());
  parallel_ranges(result.size(), kGrain, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) result[i] = x.value()[i] > 0 ? x.value()[i] : slope * x.value()[i];
  });
  return {Stored(result, x.shape(), x.layout()), {x}, [x, slope](const Tensor& grad) {
            Tensor& out = x.grad_to_add();
            parallel_ranges(grad.size(), kGrain, [&](Index begin, Index end) {
              for (Index i = begin; i < end; ++i) out[i] += x.value()[i] > 0 ? grad[i] : slope * grad[i];
            });
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
