#include <doctest/doctest.h>

#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/conv.h"
#include "specfuse/kernels/dispatch.h"
#include "support/conv_reference.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

struct Case {
  Shape input, weight;
  ConvOptions options;
};

/// One pixel, widths below, at and above the vector lengths, every option, and the network's own shapes in small.
std::vector<Case> cases() {
  return {
      {{1, 1, 1, 1}, {1, 1, 1, 1}, {}},
      {{1, 1, 1, 1}, {2, 1, 3, 3}, {{1, 1}, {1, 1}, {1, 1}}},
      {{2, 3, 5, 7}, {4, 3, 2, 2}, {}},
      {{2, 3, 5, 7}, {4, 3, 3, 3}, {{2, 2}, {1, 1}, {1, 1}}},
      {{1, 2, 9, 19}, {3, 2, 3, 2}, {{1, 1}, {2, 1}, {2, 3}}},
      {{2, 2, 11, 35}, {3, 2, 2, 5}, {{3, 2}, {3, 4}, {2, 1}}},
      {{2, 1, 4, 3}, {2, 1, 1, 1}, {{1, 5}, {0, 7}, {1, 1}}},
      {{3, 1, 1, 162}, {20, 1, 1, 45}, {}},
      {{2, 5, 1, 61}, {5, 5, 1, 45}, {}},
      {{1, 6, 38, 38}, {7, 6, 10, 10}, {}},
      {{5, 30, 4, 4}, {9, 30, 4, 4}, {}},
      {{9, 2, 1, 17}, {3, 2, 1, 2}, {{1, 3}, {0, 1}, {1, 4}}},
  };
}

}  // namespace

TEST_CASE("conv: the size of the output follows from stride, padding and dilation") {
  // Counted by hand: 12 padded rows, a kernel over 5 of them, at 0, 2, 4 and 6; 11 columns, a kernel over 3, at 0,
  // 3, 6.
  const ConvGeometry g = conv_geometry({1, 1, 10, 11}, {1, 1, 3, 3}, {{2, 3}, {1, 0}, {2, 1}});
  CHECK(g.out.h == 4);
  CHECK(g.out.w == 3);
  CHECK(conv_geometry({1, 1, 5, 5}, {1, 1, 3, 3}, {{1, 1}, {0, 0}, {2, 2}}).out.h == 1);
}

TEST_CASE("conv: the weight gradient of more blocks than partial sums is whole") {
  const ConvGeometry g = conv_geometry({1, 64, 51, 51}, {1, 64, 40, 40}, {});
  const Tensor x = random_tensor(g.input_shape(), "x"), dy = random_tensor(g.output_shape(), "dy");
  Tensor got(g.weight_shape()), expected(g.weight_shape());
  conv_backward_weight(g, dy, x, got);
  reference::conv_backward_weight(g, dy, x, expected);
  CHECK(relative_gap(got, expected) < 2e-6);
}

TEST_CASE("conv: every path agrees with the plain loops on every instruction set") {
  const std::string before = simd_name();
  for (const std::string& name : available_simd()) {
    use_simd(name);
    for (const Case& c : cases()) {
      const ConvGeometry g = conv_geometry(c.input, c.weight, c.options);
      CAPTURE(name);
      CAPTURE(c.input.text());
      CAPTURE(c.weight.text());
      const Tensor x = random_tensor(c.input, "x"), w = random_tensor(c.weight, "w");
      const Tensor bias = random_tensor({g.out_channels}, "bias"), dy = random_tensor(g.output_shape(), "dy");
      CHECK(relative_gap(conv_forward(g, x, w, bias), reference::conv_forward(g, x, w, bias)) < 2e-6);
      CHECK(relative_gap(conv_forward(g, x, w, {}), reference::conv_forward(g, x, w, {})) < 2e-6);

      // Poisoned gradients: backward adds, never assigns.
      Tensor dx = random_tensor(c.input, "poison"), dx_expected = dx.clone();
      conv_backward_data(g, dy, w, dx);
      reference::conv_backward_data(g, dy, w, dx_expected);
      CHECK(relative_gap(dx, dx_expected) < 2e-6);

      Tensor dw = random_tensor(c.weight, "poison"), dw_expected = dw.clone();
      conv_backward_weight(g, dy, x, dw);
      reference::conv_backward_weight(g, dy, x, dw_expected);
      CHECK(relative_gap(dw, dw_expected) < 2e-6);

      Tensor db = random_tensor({g.out_channels}, "poison"), db_expected = db.clone();
      conv_backward_bias(g, dy, db);
      for (Index i = 0; i < dy.size(); ++i) db_expected[i / g.positions() % g.out_channels] += dy[i];
      CHECK(relative_gap(db, db_expected) < 1e-5);
    }
  }
  use_simd(before);
}

TEST_CASE("conv: large inputs are cut into blocks that agree with the plain loops") {
  // 30 x 19 x 19 taps leave 48 positions a block, so a block ends inside rows and inside samples.
  const ConvGeometry g = conv_geometry({2, 30, 24, 31}, {3, 30, 19, 19});
  const Tensor x = random_tensor(g.input_shape(), "x"), w = random_tensor(g.weight_shape(), "w");
  const Tensor dy = random_tensor(g.output_shape(), "dy");
  CHECK(g.positions() * g.batch > kColumnFloats / g.taps());
  CHECK(relative_gap(conv_forward(g, x, w, {}), reference::conv_forward(g, x, w, {})) < 1e-5);
  Tensor dx(g.input_shape()), dx_expected(g.input_shape()), dw(g.weight_shape()), dw_expected(g.weight_shape());
  conv_backward_data(g, dy, w, dx);
  reference::conv_backward_data(g, dy, w, dx_expected);
  CHECK(relative_gap(dx, dx_expected) < 1e-5);
  conv_backward_weight(g, dy, x, dw);
  reference::conv_backward_weight(g, dy, x, dw_expected);
  CHECK(relative_gap(dw, dw_expected) < 1e-5);
}

TEST_CASE("conv: results are the same to the bit for any number of threads") {
  const ConvGeometry g = conv_geometry({7, 6, 1, 150}, {5, 6, 1, 45});
  const Tensor x = random_tensor(g.input_shape(), "x"), w = random_tensor(g.weight_shape(), "w");
  const Tensor dy = random_tensor(g.output_shape(), "dy");
  const auto run = [&](int count) {
    const int before = threads();
    set_threads(count);
    Tensor dx(g.input_shape()), dw(g.weight_shape());
    Tensor y = conv_forward(g, x, w, {});
    conv_backward_data(g, dy, w, dx);
    conv_backward_weight(g, dy, x, dw);
    set_threads(before);
    return std::vector<Tensor>{y, dx, dw};
  };
  const auto one = run(1), three = run(3);
  for (std::size_t t = 0; t < one.size(); ++t) {
    for (Index i = 0; i < one[t].size(); ++i) REQUIRE(one[t][i] == three[t][i]);
  }
}

TEST_CASE("conv: hand-computed values") {
  // 1 x 3 kernel (1, 2, 3) over 1 2 3 4 with padding 1: a correlation, the kernel is not turned round.
  const ConvGeometry g = conv_geometry({1, 1, 1, 4}, {1, 1, 1, 3}, {{1, 1}, {0, 1}, {1, 1}});
  const Tensor y = conv_forward(g, Tensor::from({1, 1, 1, 4}, {1, 2, 3, 4}), Tensor::from({1, 1, 1, 3}, {1, 2, 3}),
                                Tensor::from({1}, {10}));
  CHECK(y[0] == 2 * 1 + 3 * 2 + 10);
  CHECK(y[1] == 1 * 1 + 2 * 2 + 3 * 3 + 10);
  CHECK(y[2] == 1 * 2 + 2 * 3 + 3 * 4 + 10);
  CHECK(y[3] == 1 * 3 + 2 * 4 + 10);
}

TEST_CASE("conv: shapes that cannot be are refused with what was expected") {
  CHECK_THROWS_WITH_AS(conv_geometry({1, 2, 5, 5}, {1, 3, 2, 2}), doctest::Contains("[1, 3, 2, 2]"), Error);
  CHECK_THROWS_WITH_AS(conv_geometry({1, 1, 1, 40}, {1, 1, 1, 45}),
                       doctest::Contains("a kernel of 45 taps spans 45 positions, the padded input has 40"), Error);
  CHECK_THROWS_AS(conv_geometry({1, 1, 5, 5}, {1, 1, 2, 2}, {{0, 1}, {0, 0}, {1, 1}}), Error);
  CHECK_THROWS_AS(conv_geometry({1, 1, 5, 5}, {1, 1, 2, 2}, {{1, 1}, {-1, 0}, {1, 1}}), Error);
  const ConvGeometry g = conv_geometry({1, 1, 5, 5}, {1, 1, 2, 2});
  CHECK_THROWS_AS(conv_forward(g, Tensor({1, 1, 5, 4}), Tensor({1, 1, 2, 2}), {}), Error);
}

TEST_CASE("dispatch: an unknown instruction set is refused with the known ones") {
  CHECK_THROWS_WITH_AS(use_simd("mmx"), doctest::Contains("baseline"), ConfigError);
  CHECK(available_simd().back() == "baseline");
}
