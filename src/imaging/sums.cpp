#include "specfuse/imaging/sums.h"

#include "specfuse/core/threads.h"

namespace specfuse {

std::vector<double> sum_over_rows(Index rows, Index width, const std::function<void(Index, double*)>& add) {
  constexpr Index kBlock = 8;
  std::vector<double> partial(static_cast<std::size_t>((rows + kBlock - 1) / kBlock * width));
  parallel_ranges(rows, kBlock, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) add(row, partial.data() + begin / kBlock * width);
  });
  std::vector<double> sums(static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < partial.size(); ++i) sums[i % sums.size()] += partial[i];
  return sums;
}

}  // namespace specfuse
