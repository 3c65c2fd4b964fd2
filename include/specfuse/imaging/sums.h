#pragma once

#include <functional>
#include <vector>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// `width` sums over the rows of an image: add(row, sums) adds what a row brings. Rows are spread over the threads in
/// fixed blocks whose sums are added in order, so the result does not depend on the number of threads.
std::vector<double> sum_over_rows(Index rows, Index width, const std::function<void(Index, double*)>& add);

}  // namespace specfuse
