#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

#include "specfuse/core/buffer.h"
#include "specfuse/core/error.h"

using namespace specfuse;

TEST_CASE("buffer: floats are aligned to a cache line") {
  for (const Index count : {Index{0}, Index{1}, Index{17}, Index{100000}}) {
    const auto floats = allocate_floats(count);
    CHECK(reinterpret_cast<std::uintptr_t>(floats.get()) % kAlignment == 0);
  }
}

TEST_CASE("buffer: impossible sizes are errors that name the size") {
  CHECK_THROWS_WITH_AS(allocate_floats(-1), doctest::Contains("-1"), Error);
  CHECK_THROWS_AS(allocate_floats(std::numeric_limits<Index>::max()), Error);
  CHECK_THROWS_WITH_AS(allocate_floats(Index{1} << 55), doctest::Contains("out of memory: 1.44115e+08 GB"), Error);
}

TEST_CASE("buffer: what is freed may be used again, what is refused was never taken") {
  const auto thousandth = static_cast<Index>(memory_bytes() / 4000);
  for (int i = 0; i < 1500; ++i) CHECK(allocate_floats(thousandth));
  for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(allocate_floats(1100 * thousandth), Error);
  CHECK(allocate_floats(thousandth));
}
