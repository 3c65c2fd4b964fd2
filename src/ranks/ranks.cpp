#include "specfuse/ranks/ranks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <utility>
#include <vector>

#ifdef SPECFUSE_MPI
#include <mpi.h>
#include <unistd.h>
#endif

#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

int rank_now = 0, count_now = 1;

/// How many processes a launcher says that it started; 1 where none did.
int launched() {
  for (const char* const name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    const char* const text = std::getenv(name);
    if (text != nullptr) return std::max(1, std::atoi(text));
  }
  const char* const tasks = std::getenv("PMIX_RANK") == nullptr ? nullptr : std::getenv("SLURM_NTASKS");
  return tasks == nullptr ? 1 : std::max(1, std::atoi(tasks));
}

#ifdef SPECFUSE_MPI

/// Programs that this one starts, such as the runs of a sweep, are not ranks.
void forget_launcher() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    for (const char* const start : {"OMPI_", "PMIX_", "PMI_", "PRTE_"}) {
      if (text.starts_with(start)) names.push_back(text.substr(0, text.find('=')));
    }
  }
  for (const std::string& name : names) unsetenv(name.c_str());
}

/// The ranks of one machine share its processors, unless the launcher has bound each to its own.
void share_processors() {
  MPI_Comm local;
  int here = 1;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_now, MPI_INFO_NULL, &local);
  MPI_Comm_size(local, &here);
  MPI_Comm_free(&local);
  const int machine = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  set_threads(std::clamp(machine / here, 1, threads()));
}

int int_of(Index count) {
  SPECFUSE_CHECK(count <= (Index{1} << 30), "ranks: expected at most 2^30 values at once, got ", count);
  return static_cast<int>(count);
}

/// Adds up terms element by element, in their order; the result may take the place of one of them.
void add_up(const std::vector<const float*>& terms, Index count, float* sum) {
  constexpr Index kTogether = 4096;
  std::array<float, kTogether> block;
  for (Index begin = 0; begin < count; begin += kTogether) {
    const Index many = std::min(kTogether, count - begin);
    std::copy_n(terms.front() + begin, many, block.data());
    for (std::size_t i = 1; i < terms.size(); ++i) {
      std::transform(block.data(), block.data() + many, terms[i] + begin, block.data(), std::plus<float>());
    }
    std::copy_n(block.data(), many, sum + begin);
  }
}

/// Until all have come. MPI's own waiting keeps a processor busy, which the caller of `AsyncSums` has better use for.
void wait_for_all(std::vector<MPI_Request>& requests) {
  constexpr std::chrono::microseconds kPause{50};
  for (int all = 0;;) {
    MPI_Testall(static_cast<int>(requests.size()), requests.data(), &all, MPI_STATUSES_IGNORE);
    if (all != 0) break;
    std::this_thread::sleep_for(kPause);
  }
  requests.clear();
}

/// Sums of all ranks: each adds up a slice of what all have, and gives it to all.
void sum_slices(float* values, Index count) {
  thread_local std::vector<float> kept;  // taken anew each time, its pages would cost more than the sums
  const RankShare mine = share_of_rank(count, rank_now);
  const Index size = mine.end - mine.begin;
  if (std::ssize(kept) < size * (count_now - 1)) kept.resize(static_cast<std::size_t>(size * (count_now - 1)));
  std::vector<const float*> terms;
  std::vector<MPI_Request> requests;
  const auto request = [&] { return &requests.emplace_back(); };
  requests.reserve(2 * static_cast<std::size_t>(count_now));
  float* free = kept.data();
  for (int rank = 0; rank < count_now; ++rank) {
    const RankShare share = share_of_rank(count, rank);
    terms.push_back(rank == rank_now ? values + mine.begin : free);
    if (rank == rank_now) continue;
    MPI_Irecv(free, int_of(size), MPI_FLOAT, rank, 0, MPI_COMM_WORLD, request());
    MPI_Isend(values + share.begin, int_of(share.end - share.begin), MPI_FLOAT, rank, 0, MPI_COMM_WORLD, request());
    free += size;
  }
  wait_for_all(requests);
  add_up(terms, size, values + mine.begin);
  for (int rank = 0; rank < count_now; ++rank) {
    if (rank == rank_now) continue;
    const RankShare share = share_of_rank(count, rank);
    MPI_Irecv(values + share.begin, int_of(share.end - share.begin), MPI_FLOAT, rank, 1, MPI_COMM_WORLD, request());
    MPI_Isend(values + mine.begin, int_of(size), MPI_FLOAT, rank, 1, MPI_COMM_WORLD, request());
  }
  wait_for_all(requests);
}

#endif

}  // namespace

#ifdef SPECFUSE_MPI

RankSession::RankSession() {
  if (launched() == 1) return;
  int given = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &given);
  SPECFUSE_CHECK(given >= MPI_THREAD_SERIALIZED, "ranks: this MPI cannot be called from a thread of its own");
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_now);
  MPI_Comm_size(MPI_COMM_WORLD, &count_now);
  if (count_now == 1) {
    warn(concat("started as one of ", launched(), " ranks, of which this MPI knows nothing: it needs the ",
                "launcher of the MPI that the program was built with"));
  }
  forget_launcher();
  share_processors();
}

RankSession::~RankSession() {
  int joined = 0, left = 0;
  MPI_Initialized(&joined);
  MPI_Finalized(&left);
  if (joined != 0 && left == 0) MPI_Finalize();
  rank_now = 0;
  count_now = 1;
}

void end_all_ranks(int status) {
  if (count_now > 1) MPI_Abort(MPI_COMM_WORLD, status);
}

double sum_over_ranks(double value) {
  if (count_now == 1) return value;
  std::vector<double> values(static_cast<std::size_t>(count_now));
  MPI_Allgather(&value, 1, MPI_DOUBLE, values.data(), 1, MPI_DOUBLE, MPI_COMM_WORLD);
  double sum = 0;
  for (const double each : values) sum += each;
  return sum;
}

void sum_over_ranks(float* values, Index count) {
  if (count_now > 1) sum_slices(values, count);
}

Index of_first_rank(Index value) {
  std::int64_t sent = value;
  if (count_now > 1) MPI_Bcast(&sent, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
  return sent;
}

std::string of_first_rank(std::string text) {
  text.resize(static_cast<std::size_t>(of_first_rank(std::ssize(text))));
  if (count_now > 1) MPI_Bcast(text.data(), int_of(std::ssize(text)), MPI_CHAR, 0, MPI_COMM_WORLD);
  return text;
}

void send_from_rank(int owner, float* values, Index count) {
  constexpr Index kAtOnce = Index{1} << 28;
  if (count_now == 1) return;
  for (Index i = 0; i < count; i += kAtOnce) {
    MPI_Bcast(values + i, int_of(std::min(kAtOnce, count - i)), MPI_FLOAT, owner, MPI_COMM_WORLD);
  }
}

void wait_for_ranks() {
  if (count_now > 1) MPI_Barrier(MPI_COMM_WORLD);
}

#else

RankSession::RankSession() {
  SPECFUSE_CHECK_AS(ConfigError, launched() == 1, "started as one of ", launched(),
                    " ranks, but built without MPI: install libopenmpi-dev and build anew, or start one process");
}
RankSession::~RankSession() = default;

void end_all_ranks(int) {}
double sum_over_ranks(double value) { return value; }
void sum_over_ranks(float*, Index) {}
Index of_first_rank(Index value) { return value; }
std::string of_first_rank(std::string text) { return text; }
void send_from_rank(int, float*, Index) {}
void wait_for_ranks() {}

#endif

RankAlone::RankAlone() : rank_(std::exchange(rank_now, 0)), count_(std::exchange(count_now, 1)) {}
RankAlone::~RankAlone() {
  rank_now = rank_;
  count_now = count_;
}

int this_rank() { return rank_now; }
int rank_count() { return count_now; }

RankShare share_of_rank(Index count, int rank, int ranks) { return {count * rank / ranks, count * (rank + 1) / ranks}; }

void join_shares(Index count, Index size, float* values, Index total) {
  for (int rank = 0; rank < rank_count(); ++rank) {
    const RankShare share = share_of_rank(count, rank);
    const Index begin = share.begin * size, end = std::min(total, share.end * size);
    send_from_rank(rank, values + begin, end - begin);
  }
}

AsyncSums::AsyncSums() {
  if (rank_count() > 1) worker_ = std::thread([this] { work(); });
}

AsyncSums::~AsyncSums() {
  if (!worker_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

void AsyncSums::add(float* values, Index count) {
  if (!worker_.joinable()) return;
  const std::lock_guard lock(mutex_);
  waiting_.push_back({values, count});
  changed_.notify_all();
}

void AsyncSums::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return problem_ || (waiting_.empty() && !busy_); });
  if (problem_) std::rethrow_exception(problem_);
}

void AsyncSums::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    const Values next = waiting_.front();
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    std::exception_ptr problem;
    try {
      sum_over_ranks(next.first, next.count);
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    busy_ = false;
    problem_ = problem;
    changed_.notify_all();
    if (problem_) return;
  }
}

}  // namespace specfuse
