#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"

using namespace specfuse;

TEST_CASE("threads: every index runs once, for any number of threads") {
  const int before = threads();
  for (const int count : {1, 2, 5}) {
    set_threads(count);
    CHECK(threads() == count);
    std::vector<std::atomic<int>> runs(101);
    parallel_for(101, [&](Index i) { ++runs[static_cast<std::size_t>(i)]; });
    for (const auto& run : runs) CHECK(run == 1);
  }
  set_threads(before);
}

TEST_CASE("threads: ranges cover everything and depend on the grain alone") {
  std::vector<int> covered(10);
  parallel_ranges(10, 4, [&](Index begin, Index end) {
    CHECK(begin % 4 == 0);
    CHECK(end == std::min<Index>(10, begin + 4));
    for (Index i = begin; i < end; ++i) ++covered[static_cast<std::size_t>(i)];
  });
  for (const int count : covered) CHECK(count == 1);
}

TEST_CASE("threads: nothing to do is no work") {
  parallel_for(0, [](Index) { FAIL("called"); });
  parallel_ranges(0, 4, [](Index, Index) { FAIL("called"); });
}

TEST_CASE("threads: the exception of the lowest index comes out, and the pool lives on") {
  const int before = threads();
  set_threads(3);
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::string message;
    try {
      parallel_for(8, [](Index i) {
        if (i % 2 == 1) throw Error(concat("index ", i));
      });
    } catch (const Error& error) {
      message = error.what();
    }
    CHECK(message == "index 1");
  }
  set_threads(before);
}

TEST_CASE("threads: who has done his share takes what another has yet to do") {
  const int before = threads();
  set_threads(2);
  std::atomic<int> others{0};
  bool all_came = false;
  parallel_for(10, [&](Index i) {
    if (i > 0) {
      ++others;
      return;
    }
    const auto start = std::chrono::steady_clock::now();
    while (others < 9 && std::chrono::steady_clock::now() - start < std::chrono::seconds(20)) {
      std::this_thread::yield();
    }
    all_came = others == 9;
  });
  CHECK(all_came);
  set_threads(before);
}

TEST_CASE("threads: a nested loop runs in place") {
  std::atomic<int> total{0};
  parallel_for(4, [&](Index) { parallel_for(5, [&](Index) { ++total; }); });
  CHECK(total == 20);
}

TEST_CASE("threads: fewer than one thread is refused") { CHECK_THROWS_AS(set_threads(0), Error); }
