#pragma once

#include <string>

#include "specfuse/core/buffer.h"
#include "specfuse/core/stopwatch.h"

namespace specfuse {

/// Whether anything is shown on standard error (the default), for `--quiet`.
void set_progress_visible(bool visible);

/// A line of news on standard error, unless quiet.
void say(const std::string& text);

/// Progress of one long job, on standard error: a bar with rate and time left on a terminal, a plain line every
/// few seconds elsewhere, nothing when quiet.
class Progress {
 public:
  /// `unit` is what is counted, such as "steps". Nothing is shown where the title is empty.
  Progress(std::string title, Index total, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of the total is done; `note` is shown beside it, such as "loss 0.0123".
  void update(Index done, const std::string& note = {});

 private:
  void show(double seconds, bool last);

  std::string title_, unit_, note_;
  Index total_, done_ = 0;
  Stopwatch since_start_;
  double shown_ = 0;
  bool terminal_;
};

}  // namespace specfuse
