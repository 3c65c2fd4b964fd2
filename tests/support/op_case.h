#pragma once

#include <functional>
#include <string>
#include <vector>

#include "specfuse/autograd/ops.h"

namespace specfuse::testing {

/// How well a case has to hold. Gaps are relative to the largest value, or the largest difference quotient.
struct Accuracy {
  /// Between the value and the plain loops.
  double value = 2e-6;
  /// Step of the central differences, and their gap to the gradients.
  float step = 0.1f;
  double gradient = 1e-5;
};

/// For functions that are linear in each input: differences are exact for any step, and a long one rounds least.
inline constexpr Accuracy kBilinear{};
/// For curved functions and those with a kink: the step has to stay small, and rounding counts for more.
inline constexpr Accuracy kCurved{2e-6, 1e-3f, 5e-4};

/// A function of some inputs, and the same by plain loops.
using Op = std::function<Variable(const std::vector<Variable>&)>;
using PlainLoops = std::function<Tensor(const std::vector<Tensor>&)>;

/// Larger shapes of the same inputs to time, and what plain arithmetic would cost: a multiply-add counts as two.
struct Timing {
  std::string name;
  std::vector<Shape> values, parameters;
  double flops = 0;
};

/// An operation on inputs of these shapes: one entry drives the comparison with plain loops, the gradient check and
/// the timing.
struct OpCase {
  std::string name;
  /// Inputs that may come in any layout of their rank, and behind them those that are always plain.
  std::vector<Shape> values, parameters;
  Op op;
  PlainLoops expected;
  Accuracy accuracy = kBilinear;
  /// What has to stay away from 0, because the gradient jumps there; none: nothing.
  PlainLoops kinks{};
  std::vector<Timing> timings{};
  /// The type of layer it covers, if any.
  std::string layer_type{};
};

/// The case followed by ReLU, whose kink lies where the value was 0.
OpCase with_relu(OpCase of);
/// As it is, or with ReLU.
OpCase activated(const OpCase& of, Activation activation);

/// Every function of autograd/ops.h, and every type of layer in nn/layers.def.
std::vector<OpCase> op_cases();
std::vector<OpCase> layer_cases();

/// Normal numbers for the inputs of a case, drawn again until every kink is at least 0.01 away.
std::vector<Tensor> random_inputs(const OpCase& of);
/// Every choice of layouts for the values of a case; its parameters are plain.
std::vector<std::vector<Layout>> legal_layouts(const OpCase& of);
/// "n16, plain", for messages.
std::string text_of(const std::vector<Layout>& layouts);

/// Whether each input's gradient is the same, to the bit, where no other gradient is wanted, and no other is made then.
bool gradients_come_alone(const OpCase& of, const std::vector<Tensor>& inputs);

/// Gap between the value and the plain loops for inputs in these layouts.
double value_gap(const OpCase& of, const std::vector<Tensor>& inputs, const std::vector<Layout>& layouts);

}  // namespace specfuse::testing
