#include "support/gradient_check.h"

#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

namespace specfuse::testing {

double gradient_gap(const std::function<Variable(const std::vector<Variable>&)>& function,
                    const std::vector<Tensor>& inputs, const GradientCheck& check) {
  std::vector<Variable> leaves;
  std::vector<Tensor> poison;
  for (const Tensor& input : inputs) {
    leaves.emplace_back(input.clone(), true);
    poison.push_back(random_tensor(input.shape(), "poison"));
    leaves.back().grad_to_add() = poison.back().clone();
  }
  const auto plain_result = [&] { return in_layout(function(leaves), Layout::plain); };
  Variable result = plain_result();
  const Tensor cotangent = random_tensor(result.shape(), "cotangent");
  result.backward(cotangent);

  const NoGrad no_grad;
  double gap = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Tensor numeric(inputs[i].shape()), analytic = leaves[i].grad().clone();
    add_scaled(analytic, poison[i], -1.0f);
    for (Index k = 0; k < numeric.size(); ++k) {
      Tensor& value = leaves[i].value();
      const float before = value[k];
      value[k] = before + check.step;
      const float up = value[k];
      const double above = dot(plain_result().value(), cotangent);
      value[k] = before - check.step;
      const float down = value[k];
      const double below = dot(plain_result().value(), cotangent);
      value[k] = before;
      numeric[k] = static_cast<float>((above - below) / (double{up} - down));
    }
    gap = std::max(gap, relative_gap(analytic, numeric));
  }
  return gap;
}

}  // namespace specfuse::testing
