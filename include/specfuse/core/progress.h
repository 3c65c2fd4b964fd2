#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "specfuse/core/buffer.h"
#include "specfuse/core/stopwatch.h"

namespace specfuse {

/// Whether messages and progress are shown on standard error (the default), for `--quiet`, and whether warnings are.
void set_progress_visible(bool visible);
void set_warnings_visible(bool visible);

/// A status message on standard error, unless quiet.
void say(const std::string& text);

/// A line "warning: text" on standard error, quiet or not, and how many there were.
void warn(const std::string& text);
int warnings_given();

/// While one lives, loops show how far they are under this title, and without one not at all. The last made counts.
class ProgressTitle {
 public:
  explicit ProgressTitle(std::string title);
  ~ProgressTitle();
  ProgressTitle(const ProgressTitle&) = delete;
  ProgressTitle& operator=(const ProgressTitle&) = delete;

 private:
  std::string before_;
};

/// Progress of one long job, on standard error: a bar with rate and time left on a terminal, a plain line every
/// few seconds elsewhere, nothing when quiet. One job is shown at a time: of those that begin while another is shown,
/// such as parts of it, nothing is seen.
class Progress {
 public:
  /// A loop of what the `ProgressTitle` is about: its line is gone when it ends. `unit` is what is counted, such as
  /// "iterations"; a total of 0 is not known, and the time taken is shown alone.
  Progress(Index total, std::string unit);
  /// A job with a title of its own, whose last line stays. `begun` of it were done before. Nothing is shown where the
  /// title is empty.
  Progress(std::string title, Index total, std::string unit, Index begun = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of the total is done; `note` is shown beside it, such as "loss 0.0123". From one thread.
  void update(Index done, const std::string& note = {});
  /// So much more is done. From any thread.
  void tick(Index more = 1);
  /// The total is found to be another. From one thread.
  void expect(Index total) { total_ = total; }

 private:
  void show_if_due();
  void show(double seconds, bool last);
  std::string count_text(double seconds, bool last) const;

  const std::string title_, unit_;
  const bool stays_, terminal_;
  const Index begun_;
  bool shows_ = false;
  std::string note_;
  std::atomic<Index> total_, done_;
  std::mutex showing_;
  Stopwatch since_start_;
  double shown_ = 0;
};

}  // namespace specfuse
