#pragma once

#include <functional>
#include <string>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// How far a job is.
struct ProgressState {
  std::string title, unit;
  /// A total of 0 is not known.
  Index done = 0, total = 0;
  bool ended = false;
};

/// What shows progress in place of standard error, called from any thread, one at a time, and last when a job ends.
using ProgressListener = std::function<void(const ProgressState&)>;

/// Empty: none. Not to be set while a job runs.
void set_progress_listener(ProgressListener listens);
const ProgressListener& progress_listener();

}  // namespace specfuse
