#include "support/op_case.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "support/gradient_check.h"
#include "support/plain_loops.h"
#include "support/random.h"

namespace specfuse::testing {
namespace {

/// Steps are a tenth of it, and a weight of an input seldom exceeds 4.
constexpr float kLeastDistance = 0.01f;
constexpr int kMostDraws = 1000;

std::vector<Layout> layouts_of(const Shape& shape) {
  if (shape.rank() == 3) return {Layout::plain, Layout::n16};
  if (shape.rank() == 4) return {Layout::plain, Layout::nhwc};
  return {Layout::plain};
}

bool keeps_its_distance(const Tensor& x) {
  for (Index i = 0; i < x.size(); ++i) {
    if (std::abs(x[i]) < kLeastDistance) return false;
  }
  return true;
}

}  // namespace

OpCase with_relu(OpCase of) {
  of.name += ", relu";
  of.kinks = of.expected;
  of.expected = [sums = of.expected](const std::vector<Tensor>& v) { return positive_part(sums(v)); };
  of.accuracy.step = kCurved.step;
  of.accuracy.gradient = kCurved.gradient;
  return of;
}

OpCase activated(const OpCase& of, Activation activation) {
  return activation == Activation::relu ? with_relu(of) : of;
}

std::vector<Tensor> random_inputs(const OpCase& of) {
  for (int draw = 0; draw < kMostDraws; ++draw) {
    std::vector<Tensor> inputs;
    for (const auto* shapes : {&of.values, &of.parameters}) {
      for (const Shape& shape : *shapes) {
        inputs.push_back(random_tensor(shape, concat("input ", inputs.size(), ", draw ", draw)));
      }
    }
    if (!of.kinks || keeps_its_distance(of.kinks(inputs))) return inputs;
  }
  throw Error(concat(of.name, ": expected inputs away from every kink within ", kMostDraws, " draws"));
}

std::vector<std::vector<Layout>> legal_layouts(const OpCase& of) {
  std::vector<std::vector<Layout>> all = {{}};
  for (const Shape& shape : of.values) {
    std::vector<std::vector<Layout>> longer;
    for (const auto& before : all) {
      for (const Layout layout : layouts_of(shape)) {
        longer.push_back(before);
        longer.back().push_back(layout);
      }
    }
    all = longer;
  }
  for (auto& layouts : all) layouts.resize(of.values.size() + of.parameters.size(), Layout::plain);
  return all;
}

std::string text_of(const std::vector<Layout>& layouts) {
  std::string text;
  for (const Layout layout : layouts) {
    text += text.empty() ? "" : ", ";
    text += layout == Layout::plain ? "plain" : layout == Layout::n16 ? "n16" : "nhwc";
  }
  return text;
}

bool gradients_come_alone(const OpCase& of, const std::vector<Tensor>& inputs) {
  const auto gradients = [&](const auto& is_wanted) {
    std::vector<Variable> leaves;
    for (const Tensor& input : inputs) leaves.emplace_back(input, is_wanted(leaves.size()));
    Variable y = in_layout(of.op(leaves), Layout::plain);
    y.backward(random_tensor(y.shape(), "cotangent"));
    return leaves;
  };
  const auto all = gradients([](std::size_t) { return true; });
  for (std::size_t wanted = 0; wanted < inputs.size(); ++wanted) {
    const auto some = gradients([&](std::size_t i) { return i == wanted; });
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Tensor &one = some[i].grad(), &same = all[i].grad();
      if (one.defined() != (i == wanted)) return false;
      if (i == wanted && !std::equal(one.data(), one.data() + one.size(), same.data())) return false;
    }
  }
  return true;
}

double value_gap(const OpCase& of, const std::vector<Tensor>& inputs, const std::vector<Layout>& layouts) {
  const NoGrad no_grad;
  std::vector<Variable> handed;
  for (std::size_t i = 0; i < inputs.size(); ++i) handed.push_back(handed_over(Variable(inputs[i]), layouts[i]));
  return relative_gap(in_layout(of.op(handed), Layout::plain).value(), of.expected(inputs));
}

}  // namespace specfuse::testing
