#include <doctest/doctest.h>

#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/kernels/weighted_sums.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("weighted sums: agree with plain loops for any length, on every instruction set") {
  const std::string before = simd_name();
  const std::vector<double> weights{0.5, -2, 0.125};
  for (const std::string& set : available_simd()) {
    use_simd(set);
    for (Index length = 1; length < 150; ++length) {
      CAPTURE(set);
      CAPTURE(length);
      const Tensor values = random_tensor({3, length}, "rows");
      const std::vector<double> doubles(values.data(), values.data() + values.size());
      std::vector<const float*> rows;
      std::vector<const double*> double_rows;
      for (Index r = 0; r < 3; ++r) {
        rows.push_back(values.data() + r * length);
        double_rows.push_back(doubles.data() + r * length);
      }
      // One more behind each, which has to stay.
      std::vector<float> sums(static_cast<std::size_t>(length + 1), 7);
      std::vector<double> double_sums(sums.size(), 7);
      weighted_sum(rows, weights, length, sums.data());
      weighted_sum(double_rows, weights, length, double_sums.data());
      CHECK(sums.back() == 7);
      CHECK(double_sums.back() == 7);
      for (Index i = 0; i < length; ++i) {
        // Weights that are powers of two leave nothing to round but the sums themselves, in one order.
        const double expected = 0.5 * values[i] - 2.0 * values[length + i] + 0.125 * values[2 * length + i];
        REQUIRE(double_sums[static_cast<std::size_t>(i)] == expected);
        REQUIRE(sums[static_cast<std::size_t>(i)] == static_cast<float>(expected));
      }
    }
  }
  use_simd(before);
}

TEST_CASE("weighted sums: panels are multiplied as plain loops do it") {
  const std::string before = simd_name();
  constexpr Index kCount = 50;
  for (const std::string& set : available_simd()) {
    CAPTURE(set);
    use_simd(set);
    const Index cols = panel_cols();
    REQUIRE(cols <= kMostPanelCols);
    const Tensor left = random_tensor({kCount, kPanelRows}, "x"), right = random_tensor({kCount, cols}, "y");
    const std::vector<double> x(left.data(), left.data() + left.size()), y(right.data(), right.data() + right.size());
    std::vector<double> sums(static_cast<std::size_t>(kPanelRows * cols));
    panel_products(x.data(), y.data(), kCount, sums.data());
    for (Index p = 0; p < kPanelRows; ++p) {
      for (Index q = 0; q < cols; ++q) {
        double expected = 0;
        for (Index i = 0; i < kCount; ++i) expected += double{left[i * kPanelRows + p]} * right[i * cols + q];
        REQUIRE(sums[static_cast<std::size_t>(p * cols + q)] == doctest::Approx(expected).epsilon(1e-12));
      }
    }
  }
  use_simd(before);
}

TEST_CASE("weighted sums: each row needs its weight") {
  const float row[1] = {};
  float sum[1];
  CHECK_THROWS_AS(weighted_sum(std::vector<const float*>{row}, {1, 2}, 1, sum), Error);
}
