#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/kernels/toom_cook.h"

using namespace specfuse;

TEST_CASE("toom_cook: three small matrices compute the correlation of a block") {
  for (const Index n : {3, 5}) {
    CAPTURE(n);
    const ToomCook& algorithm = toom_cook(n);
    const Index points = algorithm.points();
    const auto row = [](const std::vector<float>& matrix, Index cols, Index t, const std::vector<double>& values) {
      double sum = 0;
      for (Index i = 0; i < cols; ++i) {
        sum += double{matrix[static_cast<std::size_t>(t * cols + i)]} * values[static_cast<std::size_t>(i)];
      }
      return sum;
    };
    std::vector<double> x, w;
    for (Index i = 0; i < points; ++i) x.push_back(std::sin(3.0 * static_cast<double>(i)));
    for (Index i = 0; i < n; ++i) w.push_back(std::cos(2.0 * static_cast<double>(i)));
    for (Index i = 0; i < n; ++i) {
      double expected = 0, got = 0;
      for (Index k = 0; k < n; ++k) expected += w[static_cast<std::size_t>(k)] * x[static_cast<std::size_t>(i + k)];
      for (Index t = 0; t < points; ++t) {
        got += double{algorithm.result[static_cast<std::size_t>(t * n + i)]} * row(algorithm.taps, n, t, w) *
               row(algorithm.signal, points, t, x);
      }
      CHECK(got == doctest::Approx(expected).epsilon(1e-5));
    }
  }
  CHECK_THROWS_AS(toom_cook(4), Error);
}

TEST_CASE("toom_cook: rows come in pairs that differ in the sign of their odd columns") {
  for (const Index n : {3, 5}) {
    const ToomCook& algorithm = toom_cook(n);
    const Index last = algorithm.points() - 1;
    for (const auto* matrix : {&algorithm.signal, &algorithm.taps, &algorithm.result}) {
      const Index cols = static_cast<Index>(matrix->size()) / algorithm.points();
      const auto at = [&](Index t, Index q) { return (*matrix)[static_cast<std::size_t>(t * cols + q)]; };
      for (Index q = 0; q < cols; ++q) {
        CAPTURE(q);
        for (Index t = 0; t < last; t += 2) CHECK(at(t + 1, q) == (q % 2 == 0 ? at(t, q) : -at(t, q)));
        if (q % 2 == 1) CHECK(at(last, q) == 0.0f);
      }
    }
  }
}

TEST_CASE("toom_cook: the cost model leaves short kernels alone and cuts long ones twice") {
  CHECK(toom_blocks({20, 20, 1, 100}).empty());
  CHECK(toom_blocks({20, 20, 45, 1}).empty());
  CHECK(toom_blocks({1, 20, 45, 118}).size() == 1);
  CHECK(toom_blocks({20, 20, 45, 74}).size() == 2);
  CHECK(toom_blocks({20, 20, 89, 30}).size() == 2);
  const ToomBlocks2d plain = toom_blocks_2d({30, 30, 1, 1, 20, 20}), both = toom_blocks_2d({30, 30, 10, 10, 20, 20});
  CHECK(plain.down.empty());
  CHECK(plain.along.empty());
  CHECK(both.down == std::vector<Index>{5});
  CHECK(both.along == std::vector<Index>{5});
  // One way alone, where the other has nothing to gain.
  const ToomBlocks2d flat = toom_blocks_2d({30, 30, 1, 10, 20, 20});
  CHECK(flat.down.empty());
  CHECK(flat.along == std::vector<Index>{5});
}
