#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/results/paired_test.h"

using namespace specfuse;

TEST_CASE("paired_test: tail probabilities are those of scipy.stats.t") {
  // 2 * scipy.stats.t.sf(t, freedom)
  CHECK(two_sided_t(0.5, 1) == doctest::Approx(0.7048327646991336).epsilon(1e-12));
  CHECK(two_sided_t(-2, 4) == doctest::Approx(0.1161165235168155).epsilon(1e-12));
  CHECK(two_sided_t(40, 3) == doctest::Approx(3.438068078915854e-05).epsilon(1e-9));
  CHECK(two_sided_t(1e-3, 30) == doctest::Approx(0.9992087357664852).epsilon(1e-12));
  CHECK(two_sided_t(12, 200) < 1e-14);
  CHECK(two_sided_t(0, 2) == 1);
}

TEST_CASE("paired_test: p-values are those of scipy.stats.ttest_rel") {
  const auto approx = [](double value) { return doctest::Approx(value).epsilon(1e-10); };
  CHECK(paired_t_test({1, 2, 3}, {1.5, 1.9, 3.7}) == approx(0.26666666666666655));
  CHECK(paired_t_test({30.1, 30.4, 29.8, 30.0, 30.3}, {29.0, 29.9, 29.1, 29.7, 29.2}) == approx(0.009844071361150827));
  CHECK(paired_t_test({1, 3}, {2, 2.5}) == approx(0.7951672353008665));
  CHECK(paired_t_test({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
                      {0.1, 1.3, 1.9, 3.2, 4.0, 5.5, 6.2, 7.1, 7.7, 9.4, 10.6, 11.1}) == approx(0.035304761228976314));
}

TEST_CASE("paired_test: nothing is claimed without a sample") {
  CHECK(std::isnan(paired_t_test({1}, {2})));
  CHECK(std::isnan(paired_t_test({}, {})));
  CHECK(std::isnan(paired_t_test({0.1, 0.1, 0.1}, {0.3, 0.3, 0.3})));
  CHECK(std::isnan(paired_t_test({1, std::numeric_limits<double>::infinity(), 2}, {1, 2, 4})));
  CHECK_THROWS_AS(paired_t_test({1, 2}, {1}), Error);
}
