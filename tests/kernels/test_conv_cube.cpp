#include <doctest/doctest.h>

#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/conv_cube.h"
#include "specfuse/kernels/dispatch.h"
#include "support/conv_reference.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

struct CubeCase {
  Shape x, weight;
  Index dilation = 1;
};

/// Channels and bands below, at and beyond a register, a tile and a group, and taps that lie outside altogether. Those
/// with few channels go tap by tap.
std::vector<CubeCase> short_cases() {
  return {
      {{1, 1, 1, 1, 1}, {1, 1, 1}},         {{1, 1, 1, 1, 1}, {1, 1, 1, 1}},    {{2, 3, 2, 5, 3}, {4, 3, 1}},
      {{2, 1, 3, 6, 5}, {33, 5, 7}, 2},     {{1, 2, 2, 29, 4}, {70, 4, 3}, 3},  {{1, 1, 2, 4, 2}, {3, 2, 7}, 5},
      {{1, 2, 2, 48, 32}, {2, 32, 1}},      {{1, 1, 3, 30, 3}, {2, 3, 15}},     {{2, 7, 6, 3, 3}, {5, 3, 3, 3}},
      {{1, 11, 9, 5, 2}, {40, 2, 3, 3}, 4}, {{1, 3, 4, 6, 8}, {2, 8, 3, 3}, 6}, {{1, 9, 10, 7, 4}, {3, 4, 5, 5}},
      {{1, 8, 5, 3, 3}, {2, 3, 9, 9}},      {{1, 1, 7, 4, 35}, {1, 35, 1, 1}},  {{1, 4, 1, 3, 40}, {40, 40, 3, 3}, 7}};
}

/// Sizes that the windows of Toom-Cook do not divide, with every number of taps they take.
std::vector<CubeCase> toom_cases() {
  return {{{1, 2, 3, 13, 17}, {32, 17, 7}},        {{1, 1, 2, 40, 33}, {16, 33, 9}},
          {{1, 2, 3, 29, 20}, {18, 20, 5}, 2},     {{1, 1, 3, 31, 18}, {20, 18, 3}, 3},
          {{2, 3, 7, 26, 20}, {33, 20, 11}},       {{1, 13, 12, 26, 17}, {9, 17, 3, 3}},
          {{2, 12, 25, 2, 32}, {32, 32, 3, 3}, 2}, {{1, 23, 12, 2, 16}, {16, 16, 3, 3}, 4},
          {{1, 9, 14, 3, 20}, {24, 20, 5, 5}},     {{1, 12, 8, 2, 20}, {20, 20, 7, 7}},
          {{1, 7, 7, 25, 34}, {35, 34, 3, 3}}};
}

std::vector<CubeCase> cube_cases() {
  std::vector<CubeCase> all = short_cases();
  for (const CubeCase& c : toom_cases()) all.push_back(c);
  return all;
}

/// Of values, and of gradients of weights, which are sums over all positions.
constexpr double kLargestGap = 5e-5;

struct Gradients {
  Tensor x, weight, bias;
  /// Poisoned: backward adds.
  explicit Gradients(const CubeCase& c)
      : x(random_tensor(c.x, "poison")), weight(random_tensor(c.weight, "poison")),
        bias(random_tensor({c.weight[0]}, "poison")) {}
  ConvGradients wanted() { return {&x, &weight, &bias}; }
};

void check(const CubeCase& c, bool relu) {
  const Tensor x = random_tensor(c.x, "x"), w = random_tensor(c.weight, "w");
  const Tensor bias = random_tensor({c.weight[0]}, "bias");
  const Tensor expected = reference::conv_cube_forward(x, w, bias, {c.dilation, relu});
  const Tensor y = conv_cube_forward(x, w, bias, {c.dilation, relu});
  CHECK(relative_gap(y, expected) < kLargestGap);

  Tensor dy = random_tensor(y.shape(), "dy");
  Gradients fast(c), plain(c);
  conv_cube_backward({x, w, expected, dy, relu}, c.dilation, fast.wanted());
  for (Index i = 0; relu && i < dy.size(); ++i) dy[i] = expected[i] > 0 ? dy[i] : 0;
  reference::conv_cube_backward({x, w, expected, dy}, c.dilation, plain.wanted());
  CHECK(relative_gap(fast.x, plain.x) < kLargestGap);
  CHECK(relative_gap(fast.weight, plain.weight) < kLargestGap);
  CHECK(relative_gap(fast.bias, plain.bias) < 1e-5);
}

}  // namespace

TEST_CASE("conv_cube: the plain loops take what lies beyond the cube as zero, and do not flip the kernel") {
  const Tensor x = Tensor::from({1, 1, 2, 3, 1}, {1, 2, 3, 10, 20, 30}), none(Shape{1});
  const auto of = [&](const Tensor& weight, Index dilation) {
    const Tensor y = reference::conv_cube_forward(x, weight, none, {dilation});
    return std::vector<float>(y.data(), y.data() + y.size());
  };
  CHECK(of(Tensor::from({1, 1, 3}, {100, 10, 1}), 1) == std::vector<float>{12, 123, 230, 120, 1230, 2300});
  CHECK(of(Tensor::from({1, 1, 3}, {100, 10, 1}), 2) == std::vector<float>{13, 20, 130, 130, 200, 1300});
  CHECK(of(Tensor::from({1, 1, 3, 3}, {0, 0, 0, 100, 10, 1, 0, 0, 0}), 1) ==
        std::vector<float>{20, 40, 60, 200, 400, 600});
  CHECK(of(Tensor::from({1, 1, 3, 3}, {0, 0, 0, 100, 10, 1, 0, 0, 0}), 2) ==
        std::vector<float>{10, 20, 30, 100, 200, 300});
}

TEST_CASE("conv_cube: forward and backward agree with the plain loops on every instruction set") {
  const std::string before = simd_name();
  for (const std::string& name : available_simd()) {
    use_simd(name);
    for (const CubeCase& c : cube_cases()) {
      for (const bool relu : {false, true}) {
        INFO(name, ", ", c.x.text(), ", ", c.weight.text(), ", dilation ", c.dilation, relu ? ", relu" : "");
        check(c, relu);
      }
    }
  }
  use_simd(before);
}

TEST_CASE("conv_cube: results are the same to the bit for any number of threads") {
  for (const CubeCase& c : {CubeCase{{2, 5, 7, 26, 17}, {33, 17, 7}},
                            {{2, 14, 13, 30, 18}, {20, 18, 3, 3}, 2},
                            {{1, 9, 4, 5, 3}, {2, 3, 5, 5}}}) {
    const Tensor x = random_tensor(c.x, "x"), w = random_tensor(c.weight, "w");
    const Tensor bias = random_tensor({c.weight[0]}, "bias");
    const auto run = [&](int count) {
      const int before = threads();
      set_threads(count);
      const Tensor y = conv_cube_forward(x, w, bias, {c.dilation, true});
      Gradients to(c);
      conv_cube_backward({x, w, y, random_tensor(y.shape(), "dy"), true}, c.dilation, to.wanted());
      set_threads(before);
      return std::vector<Tensor>{y, to.x, to.weight, to.bias};
    };
    const auto one = run(1), two = run(2), three = run(3);
    for (std::size_t t = 0; t < one.size(); ++t) {
      for (Index i = 0; i < one[t].size(); ++i) REQUIRE((one[t][i] == two[t][i] && one[t][i] == three[t][i]));
    }
  }
}

TEST_CASE("conv_cube: shapes that do not fit are refused") {
  const Tensor x({1, 2, 2, 5, 2}), bias(Shape{3});
  CHECK_THROWS_AS(conv_cube_forward(x, Tensor({3, 3, 3}), bias, {}), Error);
  CHECK_THROWS_AS(conv_cube_forward(x, Tensor({3, 2, 4}), bias, {}), Error);
  CHECK_THROWS_AS(conv_cube_forward(x, Tensor({3, 2, 3, 5}), bias, {}), Error);
  CHECK_THROWS_AS(conv_cube_forward(x, Tensor({3, 2, 3}), Tensor(Shape{2}), {}), Error);
  CHECK_THROWS_AS(conv_cube_forward(x, Tensor({3, 2, 3}), bias, {0}), Error);
  CHECK_THROWS_AS(conv_cube_forward(Tensor({1, 2, 2, 2}), Tensor({3, 2, 3}), bias, {}), Error);
  Tensor dx(x.shape());
  CHECK_THROWS_AS(
      conv_cube_backward({x, Tensor({3, 2, 3}), Tensor({1, 2, 2, 5, 2}), Tensor({1, 2, 2, 5, 2})}, 1, {&dx}), Error);
}
