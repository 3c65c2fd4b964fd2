#include <doctest/doctest.h>

#include "specfuse/core/error.h"
#include "specfuse/kernels/dispatch.h"

using namespace specfuse;

TEST_CASE("dispatch: an unknown instruction set is refused with the known ones") {
  CHECK_THROWS_WITH_AS(use_simd("mmx"), doctest::Contains("baseline"), ConfigError);
  CHECK(available_simd().back() == "baseline");
}
