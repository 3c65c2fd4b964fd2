#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "specfuse/core/profile.h"
#include "specfuse/core/threads.h"

using namespace specfuse;

TEST_CASE("profile: spans are counted where it is on, inner time for the inner alone") {
  { const ProfileSpan unseen("test: unseen"); }
  set_profiling(true);
  {
    const ProfileSpan outer("test: outer", 2e9, 3e9);
    parallel_for(1, [](Index) {
      const ProfileSpan inner("test: inner");
      const ProfileSpan innermost("test: innermost");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    });
  }
  set_profiling(false);
  const std::string text = profile_text(), trace = profile_trace();
  CHECK(text.find("unseen") == std::string::npos);
  for (const char* name : {"test: outer", "test: inner", "test: innermost"}) {
    CAPTURE(name);
    CHECK(text.find(name) != std::string::npos);
    CHECK(trace.find(std::string("\"name\": \"") + name + "\", \"ph\": \"X\"") != std::string::npos);
  }
  // The longest first, and the innermost has nearly all of it.
  const auto place = [&](const char* name) { return text.find(std::string("\n") + name); };
  CHECK(place("test: innermost") < place("test: inner "));
  CHECK(place("test: innermost") < place("test: outer"));
  CHECK(trace.front() == '[');
  CHECK(trace.substr(trace.size() - 3) == "\n]\n");
}
