#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// Joins the processes that mpirun or srun started, which are then the ranks of one run, for as long as it lives. A
/// process that was started alone is rank 0 of 1. Each rank gets its part of its machine's processors. Throws
/// `ConfigError` where there are others and the program was built without MPI.
class RankSession {
 public:
  RankSession();
  ~RankSession();
  RankSession(const RankSession&) = delete;
  RankSession& operator=(const RankSession&) = delete;
};

int this_rank();
int rank_count();

/// While one lives, this rank works on its own, as rank 0 of 1.
class RankAlone {
 public:
  RankAlone();
  ~RankAlone();
  RankAlone(const RankAlone&) = delete;
  RankAlone& operator=(const RankAlone&) = delete;

 private:
  int rank_, count_;
};

/// Ends all ranks at once with an exit status, from any of them; returns where there is only one.
void end_all_ranks(int status);

/// What follows has to be called by all ranks, in the same order.
/// Adds up a value over all ranks, in their order: the same bits for the same number of ranks.
double sum_over_ranks(double value);
/// The same element by element, in place.
void sum_over_ranks(float* values, Index count);
/// What rank 0 has.
Index of_first_rank(Index value);
std::string of_first_rank(std::string text);
inline bool first_rank_says(bool yes) { return of_first_rank(yes ? 1 : 0) == 1; }
/// Fills `values` in all ranks with what `owner` has there.
void send_from_rank(int owner, float* values, Index count);
void wait_for_ranks();

/// The part of 0 ... count - 1 that is a rank's: ranges in the order of ranks, of equal size or one less.
struct RankShare {
  Index begin = 0, end = 0;
};
RankShare share_of_rank(Index count, int rank, int ranks = rank_count());
/// Gives all ranks what each has made of its share of `count` entries. They follow each other in `values`, `size`
/// numbers each; the last may be shorter, as there are `total` numbers in all.
void join_shares(Index count, Index size, float* values, Index total);

/// Sums over ranks made on a thread of its own, while the caller goes on with what does not need them.
class AsyncSums {
 public:
  AsyncSums();
  ~AsyncSums();
  AsyncSums(const AsyncSums&) = delete;
  AsyncSums& operator=(const AsyncSums&) = delete;

  /// Replaces values by their sums, some time before `wait` returns. All ranks add the same in the same order.
  void add(float* values, Index count);
  /// Returns when all is summed; until then the caller must not use other functions of ranks. Throws what went wrong.
  void wait();

 private:
  struct Values {
    float* first;
    Index count;
  };
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Values> waiting_;
  bool busy_ = false, stop_ = false;
  std::exception_ptr problem_;
  std::thread worker_;
};

}  // namespace specfuse
