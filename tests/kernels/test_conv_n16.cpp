#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/conv_n16.h"
#include "specfuse/kernels/dispatch.h"
#include "support/conv_reference.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// Samples, input channels, output channels, length, taps: edges of every tile size, and the network's own shapes.
std::vector<std::array<Index, 5>> n16_cases() {
  return {{1, 1, 1, 1, 1},   {17, 1, 20, 62, 45}, {16, 20, 20, 50, 45},  {5, 3, 5, 11, 4},
          {33, 2, 6, 20, 7}, {3, 7, 3, 9, 9},     {20, 20, 20, 118, 89}, {2, 4, 2, 40, 2}};
}

void relu(Tensor& x) {
  for (Index i = 0; i < x.size(); ++i) x[i] = x[i] > 0 ? x[i] : 0;
}

Tensor flat(const Tensor& x) { return x.reshape({x.dim(0), x.dim(1), x.dim(3)}); }
Tensor image(const Tensor& x) { return x.reshape({x.dim(0), x.dim(1), 1, x.dim(2)}); }

}  // namespace

TEST_CASE("conv_n16: the layout and back, with a ragged last block") {
  const Tensor x = random_tensor({19, 3, 5}, "x");
  const Tensor blocked = to_n16(x);
  CHECK(blocked.shape() == Shape{2, 3, 5, 16});
  CHECK(blocked[(1 * 15 + 7) * 16 + 2] == x[18 * 15 + 7]);
  CHECK(blocked[(1 * 15 + 7) * 16 + 3] == 0.0f);
  CHECK(relative_gap(from_n16(blocked, 19), x) == 0);
  CHECK_THROWS_AS(from_n16(blocked, 16), Error);
  CHECK_THROWS_AS(from_n16(blocked, 33), Error);
}

TEST_CASE("conv_n16: forward and backward agree with the plain loops on every instruction set") {
  const std::string before = simd_name();
  for (const auto& [samples, in, out, length, taps] : n16_cases()) {
    const Tensor x = random_tensor({samples, in, length}, "x"), w = random_tensor({out, in, taps}, "w");
    const Tensor bias = random_tensor({out}, "bias"), weight = image(w);
    const reference::ConvGeometry g{image(x).shape(), weight.shape()};
    for (const bool with_relu : {false, true}) {
      Tensor expected = reference::conv_forward(g, image(x), weight, bias);
      if (with_relu) relu(expected);
      // A gradient for each sample, and the same poison in both gradients: backward adds.
      Tensor dy = random_tensor(g.output_shape(), "dy");
      const Tensor dy_n16 = to_n16(flat(dy));
      if (with_relu) {
        for (Index i = 0; i < dy.size(); ++i) dy[i] = expected[i] > 0 ? dy[i] : 0;
      }
      Tensor dx = random_tensor(image(x).shape(), "poison"), dw = random_tensor(weight.shape(), "poison");
      Tensor db = random_tensor({out}, "poison");
      const Tensor dx_before = to_n16(flat(dx)), dw_before = dw.clone().reshape(w.shape()), db_before = db.clone();
      reference::conv_backward_data(g, dy, weight, dx);
      reference::conv_backward_weight(g, dy, image(x), dw);
      reference::conv_backward_bias(g, dy, db);
      for (const std::string& name : available_simd()) {
        use_simd(name);
        CAPTURE(name);
        const Tensor y = conv_n16_forward(to_n16(x), w, bias, with_relu);
        CHECK(relative_gap(from_n16(y, samples), flat(expected)) < 5e-5);
        Tensor dx_n16 = dx_before.clone(), dw_n16 = dw_before.clone(), db_n16 = db_before.clone();
        conv_n16_backward({to_n16(x), w, y, dy_n16, with_relu}, {&dx_n16, &dw_n16, &db_n16});
        CHECK(relative_gap(from_n16(dx_n16, samples), flat(dx)) < 5e-5);
        CHECK(relative_gap(dw_n16, dw.reshape(w.shape())) < 5e-5);
        CHECK(relative_gap(db_n16, db) < 1e-5);
      }
    }
  }
  use_simd(before);
}

TEST_CASE("conv_n16: gradients are the same to the bit for any number of threads") {
  const Tensor x = to_n16(random_tensor({150, 3, 30}, "x")), w = random_tensor({5, 3, 9}, "w");
  const Tensor bias = random_tensor({5}, "bias"), y = conv_n16_forward(x, w, bias, true);
  const Tensor dy = to_n16(random_tensor({150, 5, 22}, "dy"));
  const auto run = [&](int count) {
    const int before = threads();
    set_threads(count);
    Tensor dw(w.shape()), db(bias.shape());
    conv_n16_backward({x, w, y, dy, true}, {nullptr, &dw, &db});
    set_threads(before);
    return std::vector<Tensor>{dw, db};
  };
  const auto one = run(1), three = run(3);
  for (std::size_t t = 0; t < one.size(); ++t) {
    for (Index i = 0; i < one[t].size(); ++i) REQUIRE(one[t][i] == three[t][i]);
  }
}

TEST_CASE("conv_n16: shapes that do not fit are refused") {
  CHECK_THROWS_WITH_AS(conv_n16_forward(Tensor({1, 2, 5, 16}), Tensor({3, 2, 6}), Tensor(Shape{3}), true),
                       doctest::Contains("K <= L"), Error);
  CHECK_THROWS_AS(conv_n16_forward(Tensor({1, 2, 5, 8}), Tensor({3, 2, 3}), Tensor(Shape{3}), true), Error);
  CHECK_THROWS_AS(conv_n16_forward(Tensor({1, 2, 5, 16}), Tensor({3, 2, 3}), Tensor(Shape{4}), true), Error);
  CHECK_THROWS_AS(to_n16(Tensor({2, 2})), Error);
}
