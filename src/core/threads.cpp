#include "specfuse/core/threads.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

thread_local bool inside_parallel = false;

/// Those that this process may use: a launcher or a batch system may have bound it to some.
int processors() {
  cpu_set_t own;
  const int count = sched_getaffinity(0, sizeof own, &own) == 0 ? CPU_COUNT(&own) : 0;
  return count > 0 ? count : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

/// Waits for what is likely to come soon without going to sleep, which costs more than many a parallel_for: a thread
/// that sleeps takes some 50 us to wake. Gives way to other programs, and gives up before it is a burden.
template <class Condition>
void wait_a_little(const Condition& condition) {
  constexpr std::chrono::microseconds kPatience{200};
  const auto start = std::chrono::steady_clock::now();
  while (!condition() && std::chrono::steady_clock::now() - start < kPatience) std::this_thread::yield();
}

/// Indices from begin on, below end.
struct Share {
  Index begin = 0, end = 0;
};

class ThreadPool {
 public:
  explicit ThreadPool(int count) {
    left_.resize(static_cast<std::size_t>(count));
    for (std::size_t i = 1; i < left_.size(); ++i) workers_.emplace_back([this, i] { work(i); });
  }

  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
  }

  int size() const { return static_cast<int>(left_.size()); }

  void run(Index count, const std::function<void(Index)>& body) {
    std::unique_lock lock(mutex_);
    body_ = &body;
    const auto threads = static_cast<Index>(left_.size());
    for (Index i = 0; i < threads; ++i)
      left_[static_cast<std::size_t>(i)] = {i * count / threads, (i + 1) * count / threads};
    failed_index_ = count;
    failure_ = nullptr;
    ++round_;
    wake_.notify_all();
    drain(lock, 0);
    lock.unlock();
    wait_a_little([this] { return running_ == 0; });
    lock.lock();
    done_.wait(lock, [this] { return running_ == 0; });
    body_ = nullptr;
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  void work(std::size_t thread) {
    for (unsigned seen = 0;;) {
      wait_a_little([&] { return round_ != seen; });
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stop_ || round_ != seen; });
      if (stop_) return;
      seen = round_;
      drain(lock, thread);
    }
  }

  /// The next index for a thread, -1 where none is left: from its own share, or the last of who has most.
  Index take(std::size_t thread) {
    Share& own = left_[thread];
    if (own.begin < own.end) return own.begin++;
    Share& most = *std::max_element(left_.begin(), left_.end(),
                                    [](const Share& a, const Share& b) { return a.end - a.begin < b.end - b.begin; });
    return most.begin < most.end ? --most.end : -1;
  }

  /// Takes indices until none is left. The lock is held on entry and on return, not while a body runs.
  void drain(std::unique_lock<std::mutex>& lock, std::size_t thread) {
    ++running_;
    inside_parallel = true;
    for (Index index = take(thread); index >= 0; index = take(thread)) {
      lock.unlock();
      std::exception_ptr failure;
      try {
        (*body_)(index);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure && index < failed_index_) {
        failed_index_ = index;
        failure_ = failure;
      }
    }
    inside_parallel = false;
    if (--running_ == 0) done_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(Index)>* body_ = nullptr;
  /// What each thread has yet to do. The same share of each loop, so that a thread finds in its caches what it wrote.
  std::vector<Share> left_;
  Index failed_index_ = 0;
  /// Read without the lock by those who wait for a change.
  std::atomic<unsigned> round_{0};
  std::atomic<int> running_{0};
  bool stop_ = false;
  std::exception_ptr failure_;
  std::vector<std::thread> workers_;
};

std::unique_ptr<ThreadPool>& thread_pool() {
  static auto instance = std::make_unique<ThreadPool>(processors());
  return instance;
}

}  // namespace

void set_threads(int count) {
  SPECFUSE_CHECK(count >= 1, "set_threads: expected at least 1, got ", count);
  SPECFUSE_CHECK(!inside_parallel, "set_threads: called from inside parallel_for");
  if (count != thread_pool()->size()) thread_pool() = std::make_unique<ThreadPool>(count);
}

int threads() { return thread_pool()->size(); }

void parallel_for(Index count, const std::function<void(Index)>& body) {
  if (count <= 0) return;
  if (count == 1 || inside_parallel || thread_pool()->size() == 1) {
    for (Index i = 0; i < count; ++i) body(i);
    return;
  }
  thread_pool()->run(count, body);
}

void parallel_ranges(Index count, Index grain, const std::function<void(Index, Index)>& body) {
  SPECFUSE_CHECK(grain >= 1, "parallel_ranges: expected a grain of at least 1, got ", grain);
  parallel_for((count + grain - 1) / grain, [&](Index i) { body(i * grain, std::min(count, (i + 1) * grain)); });
}

}  // namespace specfuse
