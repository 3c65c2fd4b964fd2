#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "support/gradient_check.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// For functions that are linear in each input, and for those that are not.
constexpr double kBilinear = 1e-5, kCurved = 5e-4;

/// Normal numbers at least 0.01 away from 0, where ReLU has no derivative.
Tensor away_from_zero(const Shape& shape, const char* purpose) {
  Tensor x = random_tensor(shape, purpose);
  for (Index i = 0; i < x.size(); ++i) {
    if (std::abs(x[i]) < 0.01f) x[i] = 0.5f;
  }
  return x;
}

}  // namespace

TEST_CASE("gradients: add, subtract, multiply and scale") {
  const std::vector<Tensor> two{random_tensor({3, 5}, "x"), random_tensor({3, 5}, "y")};
  CHECK(gradient_gap([](auto& v) { return add(v[0], v[1]); }, two) < kBilinear);
  CHECK(gradient_gap([](auto& v) { return subtract(v[0], v[1]); }, two) < kBilinear);
  CHECK(gradient_gap([](auto& v) { return multiply(v[0], v[1]); }, two) < kBilinear);
  CHECK(gradient_gap([](auto& v) { return scale(v[0], -2.5f); }, {two[0]}) < kBilinear);
  CHECK(gradient_gap([](auto& v) { return sum(v[0]); }, {two[0]}) < kBilinear);
}

TEST_CASE("gradients: a value used twice gets both contributions") {
  CHECK(gradient_gap([](auto& v) { return add(v[0], multiply(v[0], v[1])); },
                     {random_tensor({7}, "x"), random_tensor({7}, "y")}) < kBilinear);
}

TEST_CASE("gradients: relu") {
  CHECK(gradient_gap([](auto& v) { return relu(v[0]); }, {away_from_zero({3, 5, 7}, "x")}, {1e-3f}) < kCurved);
}

TEST_CASE("gradients: an operation with ReLU is the ReLU of that without") {
  const auto same = [](const auto& fused, const auto& in_turn, const std::vector<Tensor>& inputs) {
    const auto run = [&](const auto& function) {
      std::vector<Variable> v;
      for (const Tensor& input : inputs) v.emplace_back(input, true);
      const Variable y = function(v);
      sum(multiply(y, y)).backward();
      std::vector<Tensor> all = {y.value()};
      for (const Variable& input : v) all.push_back(input.grad());
      return all;
    };
    const auto one = run(fused), other = run(in_turn);
    for (std::size_t t = 0; t < one.size(); ++t) {
      for (Index i = 0; i < one[t].size(); ++i) CHECK(one[t][i] == other[t][i]);
    }
  };
  same([](auto& v) { return add(v[0], v[1], Activation::relu); }, [](auto& v) { return relu(add(v[0], v[1])); },
       {random_tensor({3, 50}, "x"), random_tensor({3, 50}, "y")});
  same([](auto& v) { return linear(v[0], v[1], v[2], Activation::relu); },
       [](auto& v) { return relu(linear(v[0], v[1], v[2])); },
       {random_tensor({150, 7}, "x"), random_tensor({9, 7}, "w"), random_tensor({9}, "b")});
}

TEST_CASE("gradients: euclidean loss") {
  const Tensor target = random_tensor({4, 3}, "target");
  CHECK(gradient_gap([&](auto& v) { return euclidean_loss(v[0], target); }, {random_tensor({4, 3}, "x")}) < kCurved);
}

TEST_CASE("gradients: reshape, concatenation and patches") {
  const Tensor x = random_tensor({2, 3, 4, 5}, "x");
  CHECK(gradient_gap([](auto& v) { return reshape(v[0], {6, 20}); }, {x}) < kBilinear);
  CHECK(gradient_gap([](auto& v) { return concat_channels(v[0], v[1]); },
                     {random_tensor({5, 2}, "a"), random_tensor({5, 3}, "b")}) < kBilinear);
  for (const Index side : {1, 2, 4}) {
    CHECK(gradient_gap([&](auto& v) { return patches_to_rows(v[0], side); }, {x}) < kBilinear);
  }
}

TEST_CASE("gradients: linear") {
  CHECK(gradient_gap([](auto& v) { return linear(v[0], v[1], v[2]); },
                     {random_tensor({5, 7}, "x"), random_tensor({3, 7}, "w"), random_tensor({3}, "b")}) < kBilinear);
}

TEST_CASE("gradients: conv1d with stride, padding and dilation") {
  for (const Conv1dOptions& options :
       {Conv1dOptions{}, Conv1dOptions{2, 3, 1, Activation::none}, Conv1dOptions{1, 2, 3, Activation::none}}) {
    CHECK(gradient_gap([&](auto& v) { return conv1d(v[0], v[1], v[2], options); },
                       {random_tensor({2, 3, 13}, "x"), random_tensor({4, 3, 4}, "w"), random_tensor({4}, "b")}) <
          kBilinear);
  }
}

TEST_CASE("gradients: conv2d with stride, padding and dilation") {
  for (const Conv2dOptions& options : {Conv2dOptions{}, Conv2dOptions{{{2, 1}, {1, 2}, {1, 2}}}}) {
    CHECK(gradient_gap([&](auto& v) { return conv2d(v[0], v[1], v[2], options); },
                       {random_tensor({2, 2, 6, 5}, "x"), random_tensor({3, 2, 3, 2}, "w"), random_tensor({3}, "b")}) <
          kBilinear);
  }
}

TEST_CASE("gradients: a planted error is found") {
  // A square whose backward forgets the factor 2.
  const auto wrong_square = [](const std::vector<Variable>& v) {
    const Variable x = v[0];
    return Variable(multiply(Variable(x.value()), Variable(x.value())).value(), {x}, [x](const Tensor& grad) {
      for (Index i = 0; i < grad.size(); ++i) x.grad_to_add()[i] += x.value()[i] * grad[i];
    });
  };
  CHECK(gradient_gap(wrong_square, {random_tensor({5}, "x")}) > 0.1);
  // Backward that assigns.
  const auto assigns = [](const std::vector<Variable>& v) {
    const Variable x = v[0];
    return Variable(x.value().clone(), {x}, [x](const Tensor& grad) { x.grad_to_add() = grad.clone(); });
  };
  CHECK(gradient_gap(assigns, {random_tensor({5}, "x")}) > 0.1);
}
