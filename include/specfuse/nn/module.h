#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/autograd/variable.h"

namespace specfuse {

/// A trained value of a network.
struct Parameter {
  /// Path in the network, such as "hsi.conv1.weight".
  std::string name;
  Variable value;
  /// Biases learn at their own rate and do not decay.
  bool is_bias = false;
};

/// A part of a network: owns parameters and applies a function to one input.
class Module {
 public:
  virtual ~Module() = default;
  virtual Variable forward(const Variable& x) const = 0;
  /// Handles to the parameters, in a fixed order. Names start with `prefix`.
  virtual std::vector<Parameter> parameters(const std::string& prefix) const = 0;
};

/// Modules one after the other; parameter names carry the position: "<prefix>0.weight".
class Sequential : public Module {
 public:
  explicit Sequential(std::vector<std::unique_ptr<Module>> modules) : modules_(std::move(modules)) {}
  Variable forward(const Variable& x) const override;
  std::vector<Parameter> parameters(const std::string& prefix) const override;

 private:
  std::vector<std::unique_ptr<Module>> modules_;
};

/// max(x, 0).
class ReLU : public Module {
 public:
  Variable forward(const Variable& x) const override;
  std::vector<Parameter> parameters(const std::string&) const override { return {}; }
};

}  // namespace specfuse
