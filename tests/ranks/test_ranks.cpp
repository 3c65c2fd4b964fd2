#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "specfuse/ranks/ranks.h"

using namespace specfuse;

TEST_CASE("shares of ranks follow each other, leave nothing out, and differ by one at most") {
  for (const Index count : {0, 1, 2, 7, 64, 1001}) {
    for (const int ranks : {1, 2, 3, 8}) {
      Index next = 0, least = count, most = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const RankShare share = share_of_rank(count, rank, ranks);
        CHECK(share.begin == next);
        next = share.end;
        least = std::min(least, share.end - share.begin);
        most = std::max(most, share.end - share.begin);
      }
      CHECK(next == count);
      CHECK(most - least <= 1);
    }
  }
}

TEST_CASE("a process that was started alone is rank 0 of 1, and shares nothing") {
  const RankSession session;
  CHECK(this_rank() == 0);
  CHECK(rank_count() == 1);
  std::vector<float> values{1, 2, 3};
  AsyncSums sums;
  sums.add(values.data(), 3);
  sums.wait();
  sum_over_ranks(values.data(), 3);
  join_shares(2, 2, values.data(), 3);
  CHECK(values == std::vector<float>{1, 2, 3});
  CHECK(sum_over_ranks(2.5) == 2.5);
  CHECK(of_first_rank(7) == 7);
  CHECK(of_first_rank("text") == "text");
  CHECK(first_rank_says(true));
  CHECK_FALSE(first_rank_says(false));
}
