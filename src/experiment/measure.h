#pragma once

#include <chrono>

namespace specfuse {

/// Wall-clock seconds since it was made.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Lets `peak_memory_mb` start anew, where the system allows it (Linux).
void reset_peak_memory();

/// The most memory this process has held since, or since its start, in MiB.
double peak_memory_mb();

}  // namespace specfuse
