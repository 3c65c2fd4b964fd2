#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// A value in a computation that remembers how it was made: reverse-mode automatic differentiation.
/// Copies are handles to the same value.
class Variable {
 public:
  /// Receives the gradient of a result and adds to the gradients of its parents; never assigns.
  using Backward = std::function<void(const Tensor& grad)>;

  Variable() = default;
  /// A leaf. `requires_grad` makes `backward` gather its gradient.
  explicit Variable(Tensor value, bool requires_grad = false);
  /// A result. Inside `NoGrad`, or where no parent needs a gradient, it forgets parents and backward at once.
  Variable(Tensor value, std::vector<Variable> parents, Backward backward);

  bool defined() const { return node_ != nullptr; }
  const Tensor& value() const;
  Tensor& value();
  const Shape& shape() const { return value().shape(); }
  bool requires_grad() const;

  /// Gradient of the last `backward`; undefined before. Leaves keep theirs, adding up, until `clear_grad`.
  const Tensor& grad() const;
  /// The gradient to add to: zeros of the value's shape when first asked for.
  Tensor& grad_to_add() const;
  void clear_grad();

  /// Fills the gradients of all leaves this one-element value was made from, and frees the graph behind it:
  /// a second call throws `Error`.
  void backward();
  /// The same for any shape, given the gradient of the value.
  void backward(const Tensor& grad);

 private:
  struct Node;
  std::shared_ptr<Node> node_;
};

/// While one lives, results on this thread store nothing for a backward pass.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

}  // namespace specfuse
