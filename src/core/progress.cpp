#include "specfuse/core/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "specfuse/core/error.h"
#include "specfuse/core/progress_listener.h"
#include "specfuse/core/terminal.h"

namespace specfuse {
namespace {

std::atomic<bool> visible{true}, warnings_visible{true};
std::atomic<int> warnings{0};
/// Whether a job is shown now, and whether its line is what the terminal ends with.
std::atomic<bool> busy{false}, line_there{false};

std::string& title_now() {
  static std::string title;
  return title;
}

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

/// What of a line fits on the terminal: one that is wrapped cannot be written over.
std::string fitted(const std::string& line) {
  const std::optional<std::size_t> room = terminal_columns(STDERR_FILENO);
  if (!room) return line;
  std::size_t columns = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80;  // a character of UTF-8
    if (begins && ++columns >= *room) return line.substr(0, i);
  }
  return line;
}

std::string bar(double fraction) {
  constexpr std::size_t kWidth = 24;
  const auto full = static_cast<std::size_t>(std::min(1.0, fraction) * kWidth);
  return concat("[", std::string(full, '='), std::string(kWidth - full, ' '), "] ");
}

void erase_line() {
  if (line_there.exchange(false)) std::fputs("\r\x1b[K", stderr);
}

void write_line(const std::string& text) {
  erase_line();
  std::fprintf(stderr, "%s\n", text.c_str());
}

}  // namespace

void set_progress_visible(bool shown) { visible = shown; }

void set_warnings_visible(bool shown) { warnings_visible = shown; }

void say(const std::string& text) {
  if (visible) write_line(text);
}

void warn(const std::string& text) {
  ++warnings;
  if (warnings_visible) write_line("warning: " + text);
}

int warnings_given() { return warnings; }

ProgressTitle::ProgressTitle(std::string title) : before_(std::exchange(title_now(), std::move(title))) {}

ProgressTitle::~ProgressTitle() { title_now() = before_; }

Progress::Progress(Index total, std::string unit)
    : title_(busy ? "" : title_now()), unit_(std::move(unit)), stays_(false), terminal_(isatty(STDERR_FILENO) == 1),
      begun_(0), total_(total), done_(0) {
  shows_ = visible && !title_.empty() && !busy.exchange(true);
}

Progress::Progress(std::string title, Index total, std::string unit, Index begun)
    : title_(std::move(title)), unit_(std::move(unit)), stays_(true), terminal_(isatty(STDERR_FILENO) == 1),
      begun_(begun), total_(total), done_(begun) {
  shows_ = visible && !title_.empty() && !busy.exchange(true);
}

Progress::~Progress() {
  if (!shows_) return;
  if (progress_listener()) progress_listener()({title_, unit_, done_, total_, true});
  if (!progress_listener() && stays_ && done_ > begun_) show(since_start_.seconds(), true);
  erase_line();
  std::fflush(stderr);
  busy = false;
}

void Progress::update(Index done, const std::string& note) {
  done_ = done;
  note_ = note;
  show_if_due();
}

void Progress::tick(Index more) {
  done_ += more;
  show_if_due();
}

void Progress::show_if_due() {
  if (!shows_) return;
  const std::unique_lock lock(showing_, std::try_to_lock);
  if (!lock) return;  // another thread is at it
  const double seconds = since_start_.seconds(), interval = terminal_ || progress_listener() ? 0.1 : 5.0;
  if (seconds - shown_ < interval || (total_ > 0 && done_ >= total_)) return;
  shown_ = seconds;
  show(seconds, false);
}

std::string Progress::count_text(double seconds, bool last) const {
  const Index done = done_, total = total_;
  if (total <= 0) return clock_text(seconds);
  const double rate = seconds > 0 ? static_cast<double>(done - begun_) / seconds : 0.0;
  const std::string counted = concat(done, "/", total, " ", unit_, "  ", rate_text(rate), "/s  ");
  if (last) return concat(counted, "in ", clock_text(seconds));
  return counted + (rate > 0 ? clock_text(static_cast<double>(total - done) / rate) + " left" : "");
}

void Progress::show(double seconds, bool last) {
  if (progress_listener()) return progress_listener()({title_, unit_, done_, total_});
  const std::string counted = count_text(seconds, last) + (note_.empty() ? "" : "  " + note_);
  const std::string line = concat(title_, "  ", counted);
  if (!terminal_ || last) {
    erase_line();
    std::fprintf(stderr, "%s\n", line.c_str());
  } else {
    const Index done = done_, total = total_;
    const double fraction = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0.0;
    const std::string with_bar = concat(title_, "  ", bar(fraction), counted);
    const bool has_room = total > 0 && fitted(with_bar) == with_bar;
    std::fprintf(stderr, "\r%s\x1b[K", fitted(has_room ? with_bar : line).c_str());
    line_there = true;
  }
  std::fflush(stderr);
}

}  // namespace specfuse
