#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "specfuse/core/stopwatch.h"
#include "specfuse/core/threads.h"

namespace specfuse::bench {

/// What every benchmark takes: [--threads N] [--repeats N] [--bands N] [--json].
struct Options {
  int threads = 2, repeats = 15;
  long bands = 162;
  bool json = false;

  /// Ends the program with status 2 at anything else.
  Options(int count, char** texts) {
    for (int i = 1; i < count; ++i) {
      const std::string name = texts[i];
      const int value = i + 1 < count ? std::atoi(texts[i + 1]) : 0;
      if (name == "--json") {
        json = true;
      } else if (value >= 1 && name == "--threads") {
        threads = value;
      } else if (value >= 1 && name == "--repeats") {
        repeats = value;
      } else if (value >= 1 && name == "--bands") {
        bands = value;
      } else {
        std::fprintf(stderr, "%s: expected [--threads N] [--repeats N] [--bands N] [--json], got '%s'\n", texts[0],
                     name.c_str());
        std::exit(2);
      }
      if (name != "--json") ++i;
    }
    set_threads(threads);
  }
};

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The median of so many runs, more where they are short: a tenth of a second of them, after one that does not count.
/// What `prepare` does before each is not timed.
inline double median_seconds(
    int repeats, const std::function<void()>& run, const std::function<void()>& prepare = [] {}) {
  prepare();
  run();
  std::vector<double> seconds;
  for (double total = 0; static_cast<int>(seconds.size()) < repeats || total < 0.1; total += seconds.back()) {
    prepare();
    const Stopwatch watch;
    run();
    seconds.push_back(watch.seconds());
  }
  return median(std::move(seconds));
}

/// The most multiply-adds this CPU can do, in GFLOP/s on so many threads: a loop that touches registers alone.
double peak_gflops(int threads);

}  // namespace specfuse::bench
