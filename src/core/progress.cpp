#include "specfuse/core/progress.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

std::atomic<bool> visible{true};

std::string clock_text(double seconds) {
  const long whole = static_cast<long>(std::min(seconds, 359999.0) + 0.5);
  char text[32];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  }
  return text;
}

std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, rate < 10 ? "%.2f" : "%.0f", rate);
  return text;
}

}  // namespace

void set_progress_visible(bool shown) { visible = shown; }

void say(const std::string& text) {
  if (visible) std::fprintf(stderr, "%s\n", text.c_str());
}

Progress::Progress(std::string title, Index total, std::string unit)
    : title_(std::move(title)), unit_(std::move(unit)), total_(total), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (visible && !title_.empty() && done_ > 0) show(since_start_.seconds(), true);
}

void Progress::update(Index done, const std::string& note) {
  done_ = done;
  note_ = note;
  const double seconds = since_start_.seconds(), interval = terminal_ ? 0.1 : 5.0;
  if (!visible || title_.empty() || seconds - shown_ < interval || done >= total_) return;
  shown_ = seconds;
  show(seconds, false);
}

void Progress::show(double seconds, bool last) {
  const double fraction = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : 1.0;
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0.0;
  std::string line = title_ + "  ";
  if (terminal_ && !last) {
    constexpr std::size_t kWidth = 24;
    const auto full = static_cast<std::size_t>(fraction * kWidth);
    line.append("[").append(full, '=').append(kWidth - full, ' ').append("] ");
  }
  const double left = rate > 0 ? static_cast<double>(total_ - done_) / rate : 0.0;
  line += concat(done_, "/", total_, " ", unit_, "  ", rate_text(rate), "/s  ", last ? "in " : "",
                 clock_text(last ? seconds : left), last ? "" : " left");
  if (!note_.empty()) line += concat("  ", note_);
  if (terminal_) {
    std::fprintf(stderr, "\r%s\x1b[K%s", line.c_str(), last ? "\n" : "");
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(stderr);
}

}  // namespace specfuse
