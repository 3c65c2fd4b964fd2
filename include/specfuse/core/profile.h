#pragma once

#include <string>

namespace specfuse {

/// Turns profiling on; off at the start, and then a span costs one look at a flag.
void set_profiling(bool on);
bool profiling();

/// While one lives, time is counted under a name. Spans nest: time inside an inner span is not counted for the outer.
class ProfileSpan {
 public:
  /// `name` must outlive the profile. `flops` are those of the plain arithmetic it stands for, `bytes` what it reads
  /// and writes at least.
  explicit ProfileSpan(const char* name, double flops = 0, double bytes = 0);
  ~ProfileSpan();
  ProfileSpan(const ProfileSpan&) = delete;
  ProfileSpan& operator=(const ProfileSpan&) = delete;
  /// The innermost of this thread, null where there is none.
  static ProfileSpan* current();
  double flops() const { return flops_; }
  void add_bytes(double bytes) { bytes_ += bytes; }

 private:
  const char* name_;
  double flops_, bytes_, start_ = 0, inner_ = 0;
  ProfileSpan* outer_ = nullptr;
};

/// A table of all spans so far, the longest first: calls, time, share, GFLOP/s and GB/s.
std::string profile_text();

/// All spans so far as a Chrome trace (chrome://tracing, Perfetto): a JSON list of complete events in microseconds, at
/// most a million.
std::string profile_trace();

}  // namespace specfuse
