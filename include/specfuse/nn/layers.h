#pragma once

#include "specfuse/autograd/ops.h"
#include "specfuse/nn/module.h"

namespace specfuse {

/// A weight and a bias, both zero until an initialiser sets them.
class WeightedModule : public Module {
 public:
  /// "<prefix>weight" and "<prefix>bias".
  std::vector<Parameter> parameters(const std::string& prefix) const override;
  const Variable& weight() const { return weight_; }
  const Variable& bias() const { return bias_; }

 protected:
  explicit WeightedModule(const Shape& weight);

 private:
  Variable weight_, bias_;
};

/// [P, inputs] -> [P, outputs].
class Linear : public WeightedModule {
 public:
  Linear(Index inputs, Index outputs) : WeightedModule({outputs, inputs}) {}
  Variable forward(const Variable& x) const override { return linear(x, weight(), bias()); }
};

/// [N, inputs, L] -> [N, outputs, L'].
class Conv1d : public WeightedModule {
 public:
  Conv1d(Index inputs, Index outputs, Index kernel, const Conv1dOptions& options = {})
      : WeightedModule({outputs, inputs, kernel}), options_(options) {}
  Variable forward(const Variable& x) const override { return conv1d(x, weight(), bias(), options_); }

 private:
  Conv1dOptions options_;
};

/// [N, inputs, H, W] -> [N, outputs, H', W'].
class Conv2d : public WeightedModule {
 public:
  Conv2d(Index inputs, Index outputs, Extent kernel, const ConvOptions& options = {})
      : WeightedModule({outputs, inputs, kernel.h, kernel.w}), options_(options) {}
  Variable forward(const Variable& x) const override { return conv2d(x, weight(), bias(), options_); }

 private:
  ConvOptions options_;
};

}  // namespace specfuse
