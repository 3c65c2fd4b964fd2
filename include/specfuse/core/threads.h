#pragma once

#include <functional>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// The one owner of threads. BLAS is held to one thread; parallelism comes from `parallel_for` alone.
/// Sets the number of threads, at least 1; not from inside a `parallel_for`.
void set_threads(int count);
int threads();

/// Calls body(0) ... body(count - 1), spread over the threads, and returns when all are done.
/// Bodies must be independent and must not depend on which thread runs them: then results are the same for any
/// number of threads. A nested call runs in place. The exception of the lowest throwing index is rethrown.
void parallel_for(Index count, const std::function<void(Index)>& body);

/// Splits 0 ... count - 1 into ranges of `grain` (the last may be shorter) and calls body(begin, end) for each.
/// The ranges depend on count and grain only.
void parallel_ranges(Index count, Index grain, const std::function<void(Index, Index)>& body);

}  // namespace specfuse
