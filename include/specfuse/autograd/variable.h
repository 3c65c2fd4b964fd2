#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "specfuse/autograd/layout.h"
#include "specfuse/core/error.h"

namespace specfuse {

/// Thrown where a NaN or an infinity comes up, while `detect_anomaly()`.
struct Anomaly : Error {
  using Error::Error;
};

/// A value in a computation that remembers how it was made: reverse-mode automatic differentiation.
/// Copies are handles to the same value.
class Variable {
 public:
  /// Receives the gradient of a result, in its layout, and adds to the gradients of its parents; never assigns.
  using Backward = std::function<void(const Tensor& grad)>;
  /// Is given each leaf once its gradient is whole.
  using LeafDone = std::function<void(const Variable& leaf)>;

  Variable() = default;
  /// A leaf. `requires_grad` makes `backward` gather its gradient.
  explicit Variable(Stored value, bool requires_grad = false);
  /// A result. Inside `NoGrad`, or where no parent needs a gradient, it forgets parents and backward at once.
  /// `operation` is the function that makes it, for `set_detect_anomaly`.
  Variable(Stored value, std::vector<Variable> parents, Backward backward,
           const char* operation = __builtin_FUNCTION());

  bool defined() const { return node_ != nullptr; }
  /// The elements, in the shape of the layout.
  const Tensor& value() const;
  Tensor& value();
  /// What the value means, whatever its layout.
  const Shape& shape() const;
  Layout layout() const;
  bool requires_grad() const;

  /// Gradient of the last `backward`, in the layout of the value; undefined before. Leaves keep theirs, adding up,
  /// until `clear_grad`.
  const Tensor& grad() const;
  /// The gradient to add to: zeros of the value's shape when first asked for.
  Tensor& grad_to_add() const;
  void clear_grad();
  /// What to call it where an anomaly is reported, such as the name of a parameter.
  void set_name(const std::string& name) const;

  /// Fills the gradients of all leaves this one-element value was made from, and frees the graph behind it:
  /// a second call throws `Error`.
  void backward();
  /// The same for any shape, given the gradient of the value in its layout.
  void backward(const Tensor& grad, const LeafDone& leaf_done = {});

 private:
  struct Node;
  static std::string layer_of(const std::vector<Variable>& parents);
  static void check_forward(const Tensor& value, const std::vector<Variable>& parents, const char* operation);
  static void check_backward(const Node& node);

  std::shared_ptr<Node> node_;
};

/// While set, every operation looks at its value and at the gradients it passes on, and the first that makes a NaN or
/// an infinity out of finite numbers throws `Anomaly` with its name, its shapes and the nearest named variable before
/// it. Slow while on; off at the start, and then without cost.
void set_detect_anomaly(bool on);
bool detect_anomaly();

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
