#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/conv_nhwc.h"
#include "specfuse/kernels/dispatch.h"
#include "support/conv_reference.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

struct NhwcCase {
  Shape input, weight;
};

/// Widths and channels at the edges of every tile and group, and the network's own shapes.
std::vector<NhwcCase> nhwc_cases() {
  return {{{1, 1, 1, 1}, {1, 1, 1, 1}},      {{2, 3, 5, 7}, {4, 3, 2, 3}},     {{1, 2, 9, 30}, {33, 2, 3, 2}},
          {{2, 6, 31, 31}, {30, 6, 10, 10}}, {{1, 30, 13, 14}, {7, 30, 4, 4}}, {{3, 5, 12, 3}, {32, 5, 1, 3}},
          {{1, 40, 6, 8}, {65, 40, 2, 2}},   {{2, 4, 29, 29}, {3, 4, 19, 19}}};
}

}  // namespace

TEST_CASE("conv_nhwc: the layout and back") {
  const Tensor x = random_tensor({2, 3, 4, 5}, "x");
  const Tensor last = to_nhwc(x);
  CHECK(last.shape() == Shape{2, 4, 5, 3});
  CHECK(last[((1 * 4 + 2) * 5 + 3) * 3 + 1] == x[((1 * 3 + 1) * 4 + 2) * 5 + 3]);
  CHECK(relative_gap(from_nhwc(last), x) == 0);
}

TEST_CASE("conv_nhwc: forward and backward agree with the plain loops on every instruction set") {
  const std::string before = simd_name();
  for (const NhwcCase& c : nhwc_cases()) {
    CAPTURE(c.input.text());
    CAPTURE(c.weight.text());
    const reference::ConvGeometry g{c.input, c.weight};
    const Tensor x = random_tensor(c.input, "x"), w = random_tensor(c.weight, "w");
    const Tensor bias = random_tensor({g.out_channels()}, "bias");
    for (const bool with_relu : {false, true}) {
      Tensor expected = reference::conv_forward(g, x, w, bias);
      for (Index i = 0; with_relu && i < expected.size(); ++i) expected[i] = expected[i] > 0 ? expected[i] : 0;
      Tensor dy = random_tensor(g.output_shape(), "dy");
      const Tensor dy_nhwc = to_nhwc(dy);
      for (Index i = 0; with_relu && i < dy.size(); ++i) dy[i] = expected[i] > 0 ? dy[i] : 0;
      // The same poison in both gradients: backward adds.
      Tensor dx = random_tensor(c.input, "poison"), dw = random_tensor(c.weight, "poison");
      Tensor db = random_tensor({g.out_channels()}, "poison");
      const Tensor dx_before = to_nhwc(dx), dw_before = dw.clone(), db_before = db.clone();
      reference::conv_backward_data(g, dy, w, dx);
      reference::conv_backward_weight(g, dy, x, dw);
      reference::conv_backward_bias(g, dy, db);
      for (const std::string& name : available_simd()) {
        use_simd(name);
        CAPTURE(name);
        const Tensor y = conv_nhwc_forward(to_nhwc(x), w, bias, with_relu);
        CHECK(relative_gap(from_nhwc(y), expected) < 5e-5);
        Tensor dx_nhwc = dx_before.clone(), dw_nhwc = dw_before.clone(), db_nhwc = db_before.clone();
        conv_nhwc_backward({to_nhwc(x), w, y, dy_nhwc, with_relu}, {&dx_nhwc, &dw_nhwc, &db_nhwc});
        CHECK(relative_gap(from_nhwc(dx_nhwc), dx) < 5e-5);
        CHECK(relative_gap(dw_nhwc, dw) < 5e-5);
        CHECK(relative_gap(db_nhwc, db) < 1e-5);
      }
    }
  }
  use_simd(before);
}

TEST_CASE("conv_nhwc: results are the same to the bit for any number of threads") {
  const Tensor x = to_nhwc(random_tensor({3, 6, 20, 17}, "x")), w = random_tensor({35, 6, 5, 4}, "w");
  const Tensor bias = random_tensor({35}, "bias"), dy = to_nhwc(random_tensor({3, 35, 16, 14}, "dy"));
  const auto run = [&](int count) {
    const int before = threads();
    set_threads(count);
    const Tensor y = conv_nhwc_forward(x, w, bias, true);
    Tensor dx(x.shape()), dw(w.shape()), db(bias.shape());
    conv_nhwc_backward({x, w, y, dy, true}, {&dx, &dw, &db});
    set_threads(before);
    return std::vector<Tensor>{y, dx, dw, db};
  };
  const auto one = run(1), three = run(3);
  for (std::size_t t = 0; t < one.size(); ++t) {
    for (Index i = 0; i < one[t].size(); ++i) REQUIRE(one[t][i] == three[t][i]);
  }
}

TEST_CASE("conv_nhwc: images that are too large to be transformed together are as they are alone") {
  const Shape alone{1, 520, 430, 40};
  const Tensor images[] = {random_tensor(alone, "one"), random_tensor(alone, "two")};
  Tensor both(Shape{2, 520, 430, 40});
  for (Index i = 0; i < 2; ++i) std::copy_n(images[i].data(), alone.size(), both.data() + i * alone.size());
  const Tensor w = random_tensor({1, 40, 1, 1}, "w"), bias(Shape{1});
  const Tensor y = conv_nhwc_forward(both, w, bias, true);
  Tensor dx(both.shape());
  conv_nhwc_backward({both, w, y, y, true}, {&dx, nullptr, nullptr});
  for (Index i = 0; i < 2; ++i) {
    const Tensor expected = conv_nhwc_forward(images[i], w, bias, true);
    Tensor expected_dx(alone);
    conv_nhwc_backward({images[i], w, expected, expected, true}, {&expected_dx, nullptr, nullptr});
    CHECK(std::equal(expected.data(), expected.data() + expected.size(), y.data() + i * expected.size()));
    CHECK(std::equal(expected_dx.data(), expected_dx.data() + alone.size(), dx.data() + i * alone.size()));
  }
}

TEST_CASE("conv_nhwc: shapes that do not fit are refused") {
  CHECK_THROWS_AS(conv_nhwc_forward(Tensor({1, 5, 5, 2}), Tensor({3, 3, 2, 2}), Tensor(Shape{3}), true), Error);
  CHECK_THROWS_AS(conv_nhwc_forward(Tensor({1, 5, 5, 2}), Tensor({3, 2, 6, 2}), Tensor(Shape{3}), true), Error);
  CHECK_THROWS_AS(conv_nhwc_forward(Tensor({1, 5, 5, 2}), Tensor({3, 2, 2, 2}), Tensor(Shape{4}), true), Error);
  CHECK_THROWS_AS(to_nhwc(Tensor({2, 2})), Error);
}
