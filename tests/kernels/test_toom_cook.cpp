#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/kernels/toom_cook.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

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

TEST_CASE("toom_pairs: a block of results for every odd number of taps, from half the matrices") {
  for (const Index points : {8, 12}) {
    for (Index taps = 1; taps < points; taps += 2) {
      const ToomPairs of = toom_pairs(points, taps);
      const Tensor x = random_tensor({points}, "x"), w = random_tensor({taps}, "w");
      const auto element = [&](const std::vector<float>& matrix, Index row, Index col) {
        return double{matrix[static_cast<std::size_t>(row * points + col)]};
      };
      Tensor y({of.results()}), expected({of.results()});
      for (Index t = 0; t < points; ++t) {
        // The points of a row of half a matrix: the sum of its even and odd columns and their difference, or each
        // alone.
        const bool last = t + 2 >= points;
        const double even = last && t % 2 == 1 ? 0 : 1, odd = last ? 1 - even : t % 2 == 0 ? 1 : -1;
        double signal = 0, weight = 0;
        for (Index i = 0; i < points; ++i) signal += (i % 2 == 0 ? even : odd) * element(of.signal, t / 2, i) * x[i];
        for (Index k = 0; k < taps; ++k) weight += double{of.weight[static_cast<std::size_t>(t * taps + k)]} * w[k];
        for (Index q = 0; q < of.results(); ++q) {
          y[q] += static_cast<float>((q % 2 == 0 ? even : odd) * element(of.result, t / 2, q) * signal * weight);
        }
      }
      for (Index q = 0; q < of.results(); ++q) {
        for (Index k = 0; k < taps; ++k) expected[q] += w[k] * x[q + k];
      }
      INFO(points, " points, ", taps, " taps");
      CHECK(of.results() == points + 1 - taps);
      CHECK(relative_gap(y, expected) < 1e-5);
    }
  }
  CHECK_THROWS_AS(toom_pairs(10, 3), Error);
  CHECK_THROWS_AS(toom_pairs(8, 4), Error);
  CHECK_THROWS_AS(toom_pairs(8, 9), Error);
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
