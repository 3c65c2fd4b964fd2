#include "support/gradient_check.h"

#include <algorithm>
#include <utility>

#include "specfuse/autograd/ops.h"
#include "specfuse/kernels/conv_n16.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

namespace specfuse::testing {
namespace {

using Inputs = std::vector<Variable>;

/// The inputs in the layouts that are asked for.
Inputs all_handed_over(const Inputs& leaves, const std::vector<Layout>& layouts) {
  Inputs handed = leaves;
  for (std::size_t i = 0; i < layouts.size(); ++i) handed[i] = handed_over(leaves[i], layouts[i]);
  return handed;
}

/// Gradients of `leaves` less the poison that their buffers, and those of the same in other layouts, started from.
std::vector<Tensor> analytic_gradients(const std::function<Variable(const Inputs&)>& function, const Inputs& leaves,
                                       const GradientCheck& check, const Tensor& cotangent) {
  std::vector<Tensor> poison;
  for (const Variable& leaf : leaves) {
    poison.push_back(random_tensor(leaf.shape(), "poison"));
    leaf.grad_to_add() = poison.back().clone();
  }
  const Inputs handed = all_handed_over(leaves, check.layouts);
  for (std::size_t i = 0; i < handed.size(); ++i) {
    if (handed[i].layout() == Layout::plain) continue;
    handed[i].grad_to_add() = convert_layout(poison[i], handed[i].layout());
    add_scaled(poison[i], poison[i]);
  }
  in_layout(function(handed), Layout::plain).backward(cotangent);
  std::vector<Tensor> gradients;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    gradients.push_back(leaves[i].grad().clone());
    add_scaled(gradients.back(), poison[i], -1.0f);
  }
  return gradients;
}

}  // namespace

Variable handed_over(const Variable& x, Layout layout) {
  Variable handed = in_layout(x, layout);
  if (layout != Layout::n16) return handed;
  Tensor& elements = handed.value();
  const Index block = elements.size() / std::max<Index>(1, elements.dim(0));
  for (Index i = 0; i < elements.size(); ++i) {
    if (i / block * kBlockSamples + i % kBlockSamples >= x.shape()[0]) elements[i] = 7.0f + static_cast<float>(i % 5);
  }
  return handed;
}

double gradient_gap(const std::function<Variable(const std::vector<Variable>&)>& function,
                    const std::vector<Tensor>& inputs, const GradientCheck& check) {
  Inputs leaves;
  for (const Tensor& input : inputs) leaves.emplace_back(input.clone(), true);
  const auto plain_value = [&] {
    const NoGrad no_grad;
    return in_layout(function(all_handed_over(leaves, check.layouts)), Layout::plain).value();
  };
  const Tensor cotangent = random_tensor(plain_value().shape(), "cotangent");
  const std::vector<Tensor> gradients = analytic_gradients(function, leaves, check, cotangent);

  double gap = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Tensor& value = leaves[i].value();
    const Index count = std::min(value.size(), check.elements.value_or(value.size()));
    Tensor numeric({count}), analytic({count});
    for (Index k = 0; k < count; ++k) {
      const Index place = k * value.size() / count;
      const auto moved = [&](float step) {
        const float before = std::exchange(value[place], value[place] + step);
        const double result = dot(plain_value(), cotangent), to = value[place];
        value[place] = before;
        return std::pair(to, result);
      };
      const auto [up, above] = moved(check.step);
      const auto [down, below] = moved(-check.step);
      numeric[k] = static_cast<float>((above - below) / (up - down));
      analytic[k] = gradients[i][place];
    }
    gap = std::max(gap, relative_gap(analytic, numeric));
  }
  return gap;
}

}  // namespace specfuse::testing
