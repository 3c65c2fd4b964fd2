#include <doctest/doctest.h>

#include <array>

#include "specfuse/core/error.h"
#include "specfuse/kernels/gemm.h"
#include "support/random.h"
#include "support/thread_counts.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

float entry(const Factor& factor, Index row, Index col) {
  const auto& m = factor.matrix;
  return factor.transposed ? m.data[col * m.stride + row] : m.data[row * m.stride + col];
}

Tensor product_by_loops(const Factor& a, const Factor& b) {
  Tensor c({a.rows(), b.cols()});
  for (Index i = 0; i < a.rows(); ++i) {
    for (Index j = 0; j < b.cols(); ++j) {
      double total = 0;
      for (Index k = 0; k < a.cols(); ++k) total += double{entry(a, i, k)} * entry(b, k, j);
      c[i * b.cols() + j] = static_cast<float>(total);
    }
  }
  return c;
}

}  // namespace

TEST_CASE("gemm: agrees with plain loops for every transposition and odd sizes") {
  for (const auto& [m, n, k] : {std::array<Index, 3>{1, 1, 1}, {3, 5, 7}, {20, 118, 90}, {130, 33, 65}}) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        const Tensor x = random_tensor(ta ? Shape{k, m} : Shape{m, k}, "x");
        const Tensor y = random_tensor(tb ? Shape{n, k} : Shape{k, n}, "y");
        const Factor a{{x.data(), x.dim(0), x.dim(1)}, ta}, b{{y.data(), y.dim(0), y.dim(1)}, tb};
        const Tensor expected = product_by_loops(a, b);
        Tensor c = random_tensor({m, n}, "c"), sum = c.clone();
        gemm(a, b, {c.data(), m, n});
        CHECK(relative_gap(c, expected) < 1e-5);
        Tensor expected_sum = sum.clone();
        for (Index i = 0; i < sum.size(); ++i) expected_sum[i] += expected[i];
        parallel_gemm(a, b, {sum.data(), m, n}, {.accumulate = true});
        CHECK(relative_gap(sum, expected_sum) < 1e-5);
      }
    }
  }
}

TEST_CASE("gemm: a part of a wider matrix is shared out among tasks row by row") {
  const Tensor wide = random_tensor({200, 9}, "wide"), y = random_tensor({5, 3}, "y");
  const Factor part{{wide.data() + 2, 200, 5, 9}, false}, turned{{wide.data(), 9, 150, 200}, true};
  Tensor c({200, 3});
  parallel_gemm(part, plain(y), output(c));
  CHECK(relative_gap(c, product_by_loops(part, plain(y))) < 1e-5);
  const Tensor z = random_tensor({9, 3}, "z");
  Tensor d({150, 3});
  parallel_gemm(turned, plain(z), output(d));
  CHECK(relative_gap(d, product_by_loops(turned, plain(z))) < 1e-5);
}

TEST_CASE("gemm: writes within a wider matrix and nowhere else") {
  const Tensor x = random_tensor({3, 4}, "x"), y = random_tensor({4, 2}, "y");
  Tensor wide({3, 5});
  gemm(plain({x.data(), 3, 4}), plain({y.data(), 4, 2}), {wide.data() + 1, 3, 2, 5});
  const Tensor expected = product_by_loops(plain({x.data(), 3, 4}), plain({y.data(), 4, 2}));
  for (Index row = 0; row < 3; ++row) {
    CHECK(wide[row * 5] == 0.0f);
    CHECK(wide[row * 5 + 1] == doctest::Approx(expected[row * 2]));
    CHECK(wide[row * 5 + 3] == 0.0f);
  }
}

TEST_CASE("gemm: refuses sizes that do not fit") {
  Tensor x({3, 4}), y({5, 2}), c({3, 2});
  CHECK_THROWS_WITH_AS(gemm(plain({x.data(), 3, 4}), plain({y.data(), 5, 2}), {c.data(), 3, 2}),
                       doctest::Contains("(3 x 4) (5 x 2)"), Error);
}

TEST_CASE("gemm: the parallel product does not depend on the number of threads") {
  const Tensor x = random_tensor({301, 77}, "x"), y = random_tensor({77, 53}, "y");
  const auto make = [&] {
    Tensor result({301, 53});
    parallel_gemm(plain(x), plain(y), output(result));
    return result;
  };
  CHECK(same_for_any_threads(make, same_bits));
}

TEST_CASE("gemm: of long sums, the parts add up, and do not depend on the number of threads") {
  for (const Index terms : {0, 1, 2048, 5000}) {
    CAPTURE(terms);
    const Tensor x = random_tensor({terms, 7}, "x"), y = random_tensor({terms, 9}, "y");
    const auto make = [&] {
      Tensor result = Tensor::uninitialized({7, 9});
      gemm_of_long(transposed(x), plain(y), result);
      return result;
    };
    CHECK(relative_gap(make(), product_by_loops(transposed(x), plain(y))) < 1e-5);
    CHECK(same_for_any_threads(make, same_bits));
  }
  Tensor c({7, 9});
  CHECK_THROWS_AS(gemm_of_long(plain(Tensor({7, 4})), plain(Tensor({5, 9})), c), Error);
}
