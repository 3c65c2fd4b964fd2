#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "specfuse/core/rng.h"

using namespace specfuse;

TEST_CASE("rng: gives the published Philox4x32-10 numbers") {
  // Known-answer test of the Random123 distribution: counter 0, key 0.
  Rng zero(0, 0);
  CHECK(zero.next() == 0x6627e8d5u);
  CHECK(zero.next() == 0xe169c58du);
  CHECK(zero.next() == 0xbc57ac4cu);
  CHECK(zero.next() == 0x9b00dbd8u);
}

TEST_CASE("rng: seeds and streams are told apart") {
  Rng rng(1, 2), other_stream(1, 3), other_seed(2, 2);
  const auto first = rng.next();
  CHECK(first != other_stream.next());
  CHECK(first != other_seed.next());
}

TEST_CASE("rng: a position is all that is needed to go on") {
  Rng rng(7, stream_of("sampler"));
  for (int i = 0; i < 13; ++i) rng.next();
  Rng again(7, stream_of("sampler"));
  again.seek(rng.position());
  for (int i = 0; i < 9; ++i) CHECK(again.next() == rng.next());
}

TEST_CASE("rng: uniform and normal numbers have the right moments") {
  Rng rng(3, 4);
  constexpr int kCount = 200000;
  double mean = 0, square = 0, cube = 0, uniform = 0;
  for (int i = 0; i < kCount; ++i) {
    const double x = rng.normal();
    mean += x / kCount;
    square += x * x / kCount;
    cube += x * x * x / kCount;
    const float u = rng.uniform();
    REQUIRE(u >= 0.0f);
    REQUIRE(u < 1.0f);
    uniform += u / kCount;
  }
  CHECK(std::abs(mean) < 0.01);
  CHECK(std::abs(square - 1) < 0.02);
  CHECK(std::abs(cube) < 0.05);
  CHECK(std::abs(uniform - 0.5) < 0.005);
}

TEST_CASE("rng: below stays below and reaches every number") {
  Rng rng(1, 2);
  std::vector<int> seen(7);
  for (int i = 0; i < 1000; ++i) ++seen.at(static_cast<std::size_t>(rng.below(7)));
  for (const int count : seen) CHECK(count > 90);
}

TEST_CASE("rng: hash_of is FNV-1a") {
  CHECK(hash_of("", 0) == 0xcbf29ce484222325u);
  CHECK(hash_of("a", 1) == 0xaf63dc4c8601ec8cu);
  CHECK(hex_hash("a", 1) == "af63dc4c8601ec8c");
  CHECK(hash_of("c", 1, hash_of("ab", 2)) == hash_of("abc", 3));
  CHECK(stream_of("foobar") == 0x85944171f73967e8u);
}
