#include "specfuse/core/profile.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <map>
#include <mutex>
#include <vector>

#include "specfuse/core/stopwatch.h"

namespace specfuse {
namespace {

constexpr std::size_t kMostEvents = 1'000'000;

struct Event {
  const char* name;
  int thread;
  double start, seconds;
};

struct Total {
  std::size_t calls = 0;
  double seconds = 0, flops = 0, bytes = 0;
};

struct Profile {
  std::mutex mutex;
  const Stopwatch since_start{};
  std::vector<Event> events;
  std::map<std::string, Total> totals;
};

std::atomic<bool> on_now{false};
std::atomic<int> threads_seen{0};
thread_local ProfileSpan* innermost = nullptr;

Profile& profile() {
  static Profile& instance = *new Profile;  // spans of other threads may end after main does
  return instance;
}

int thread_number() {
  thread_local const int number = threads_seen++;
  return number;
}

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[200];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

}  // namespace

void set_profiling(bool on) {
  profile();
  on_now = on;
}

bool profiling() { return on_now.load(std::memory_order_relaxed); }

ProfileSpan::ProfileSpan(const char* name, double flops, double bytes)
    : name_(profiling() ? name : nullptr), flops_(flops), bytes_(bytes) {
  if (name_ == nullptr) return;
  outer_ = innermost;
  innermost = this;
  start_ = profile().since_start.seconds();
}

ProfileSpan::~ProfileSpan() {
  if (name_ == nullptr) return;
  Profile& all = profile();
  const double seconds = all.since_start.seconds() - start_;
  innermost = outer_;
  if (outer_ != nullptr) outer_->inner_ += seconds;
  const std::lock_guard lock(all.mutex);
  Total& total = all.totals[name_];
  ++total.calls;
  total.seconds += seconds - inner_;
  total.flops += flops_;
  total.bytes += bytes_;
  if (all.events.size() < kMostEvents) all.events.push_back({name_, thread_number(), start_, seconds});
}

ProfileSpan* ProfileSpan::current() { return innermost; }

std::string profile_text() {
  Profile& all = profile();
  const std::lock_guard lock(all.mutex);
  std::vector<std::pair<std::string, Total>> rows(all.totals.begin(), all.totals.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  double sum = 0;
  for (const auto& [name, total] : rows) sum += total.seconds;
  std::string text =
      formatted("%-34s %9s %10s %7s %9s %8s\n", "operation", "calls", "seconds", "share", "GFLOP/s", "GB/s");
  for (const auto& [name, total] : rows) {
    const auto rate = [seconds = total.seconds](double amount) {
      return amount > 0 && seconds > 0 ? formatted("%.1f", amount / seconds * 1e-9) : std::string("-");
    };
    text += formatted("%-34s %9zu %10.3f %6.1f%% %9s %8s\n", name.c_str(), total.calls, total.seconds,
                      sum > 0 ? 100 * total.seconds / sum : 0.0, rate(total.flops).c_str(), rate(total.bytes).c_str());
  }
  return text;
}

std::string profile_trace() {
  Profile& all = profile();
  const std::lock_guard lock(all.mutex);
  std::string text = "[";
  for (const Event& event : all.events) {
    text += formatted("%s\n{\"name\": \"%s\", \"ph\": \"X\", \"pid\": 1, \"tid\": %d, \"ts\": %.3f, \"dur\": %.3f}",
                      text.size() > 1 ? "," : "", event.name, event.thread, event.start * 1e6, event.seconds * 1e6);
  }
  return text + "\n]\n";
}

}  // namespace specfuse
