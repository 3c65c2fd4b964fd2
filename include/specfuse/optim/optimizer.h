#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "specfuse/nn/parameter.h"

namespace specfuse {

/// Changes parameters along their gradients. A parameter without a gradient is left alone.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  virtual void step(double learning_rate) = 0;
  void clear_grads();
  /// What the optimiser remembers of each parameter: "<memory>/<parameter>" -> tensor, shared, not copied.
  std::map<std::string, Tensor> memory() const;
  /// Number of steps taken, and its setting when resuming.
  std::uint64_t steps() const { return steps_; }
  /// Copies remembered tensors back. Throws `Error` naming what is missing or of another shape.
  void restore(const std::map<std::string, Tensor>& memory, std::uint64_t steps);

 protected:
  /// With memories of these names, at first zeros.
  Optimizer(std::vector<Parameter> parameters, const std::vector<std::string>& memories);

  std::vector<Parameter> parameters_;
  /// Name and one tensor a parameter.
  std::vector<std::pair<std::string, std::vector<Tensor>>> memories_;
  std::uint64_t steps_ = 0;
};

struct SgdOptions {
  double momentum = 0.9;
  double weight_decay = 5e-4;
  /// Biases learn at this multiple of the rate, and do not decay.
  double bias_rate = 2.0;
};

/// Stochastic gradient descent as Caffe has it: v = momentum v + rate (g + decay w); w -= v.
class Sgd : public Optimizer {
 public:
  Sgd(std::vector<Parameter> parameters, const SgdOptions& options)
      : Optimizer(std::move(parameters), {"velocity"}), options_(options) {}
  void step(double learning_rate) override;

 private:
  SgdOptions options_;
};

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  /// Decoupled, on weights only.
  double weight_decay = 0.05;
};

/// AdamW (Loshchilov and Hutter 2019, algorithm 2):
/// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate (m^ / (sqrt(v^) + eps) + decay w), ^ being bias-corrected.
class AdamW : public Optimizer {
 public:
  AdamW(std::vector<Parameter> parameters, const AdamWOptions& options)
      : Optimizer(std::move(parameters), {"mean", "square"}), options_(options) {}
  void step(double learning_rate) override;

 private:
  AdamWOptions options_;
};

/// Scales all gradients by one factor so that their common Euclidean norm is at most `limit`; returns the norm before.
double clip_gradient_norm(const std::vector<Parameter>& parameters, double limit);

}  // namespace specfuse
