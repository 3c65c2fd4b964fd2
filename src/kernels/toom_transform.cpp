#include "kernels/toom_transform.h"

#include <algorithm>
#include <utility>

#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {
namespace {

/// Floats that a thread transforms at a time, and of one position those that it transforms together.
constexpr Index kFloatsTogether = 1 << 14, kWidthTogether = 1 << 10;
/// Positions that a thread copies at a time.
constexpr Index kGrain = 32;

WindowMap map_of(Index block, ToomRole role) {
  const ToomCook& algorithm = toom_cook(block);
  const Index points = algorithm.points();
  if (role == ToomRole::signal) return {algorithm.signal.data(), points, points, block};
  return {role == ToomRole::taps ? algorithm.taps.data() : algorithm.result.data(), points, block, block};
}

Index step_of(const ToomRows& rows) { return rows.step > 0 ? rows.step : rows.width; }

WindowRows rows_at(const ToomAxis& axis, ToomRole role, std::size_t level, const ToomRows& rows) {
  const Index windows = axis.length(role, level + 1);
  const Index step = level + 1 == axis.levels() ? step_of(rows) : rows.width;
  return {rows.rows, axis.length(role, level), windows, rows.width, rows.width, step, rows.rows * windows * step};
}

/// Calls body for parts of the rows, or of their width where rows are few and wide, with the first row and the offsets
/// at which a part starts on the plain side and among the points.
template <class Body>
void for_parts(const WindowRows& rows, const Body& body) {
  const Index width = std::min(rows.width, kWidthTogether), across = (rows.width + width - 1) / width;
  const Index together = std::max<Index>(1, kFloatsTogether / std::max<Index>(1, rows.length * width));
  const Index down = (rows.rows + together - 1) / together;
  parallel_for(down * across, [&](Index task) {
    const Index first = task / across * together, lane = task % across * width;
    WindowRows part = rows;
    part.rows = std::min(together, rows.rows - first);
    part.width = std::min(width, rows.width - lane);
    body(part, first, first * rows.length * rows.step + lane, first * rows.windows * rows.point_step + lane);
  });
}

/// Calls body with where each position is on the plain side and at its point, where these are the same.
template <class Body>
void for_positions(const ToomAxis& axis, ToomRole role, const ToomRows& rows, const Body& body) {
  const Index step = step_of(rows);
  parallel_ranges(rows.rows * axis.length(role), kGrain, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) body(i * rows.width, i * step);
  });
}

}  // namespace

ToomAxis::ToomAxis(std::vector<Index> chosen_blocks, Index taps, Index results) : blocks(std::move(chosen_blocks)) {
  const auto add_level = [&](Index signal) {
    lengths[0].push_back(signal);
    lengths[1].push_back(taps);
    lengths[2].push_back(results);
  };
  add_level(taps + results - 1);
  for (const Index block : blocks) {
    taps = (taps + block - 1) / block;
    results = (results + block - 1) / block;
    add_level(taps + results - 1);
  }
}

Index ToomAxis::points(std::size_t level) const {
  Index count = 1;
  for (; level < levels(); ++level) count *= toom_cook(blocks[level]).points();
  return count;
}

void toom_expand_level(const ToomAxis& axis, ToomRole role, std::size_t level, const ToomRows& rows, const float* from,
                       float* to) {
  const WindowMap map = map_of(axis.blocks[level], role);
  for_parts(rows_at(axis, role, level, rows), [&](const WindowRows& part, Index, Index plain, Index point) {
    simd().windows.expand(map, part, from + plain, to + point);
  });
}

void toom_contract_level(const ToomAxis& axis, ToomRole role, std::size_t level, const ToomRows& rows,
                         const float* from, float* to, const Finish& finish) {
  const WindowMap map = map_of(axis.blocks[level], role);
  for_parts(rows_at(axis, role, level, rows), [&](const WindowRows& part, Index first, Index plain, Index point) {
    simd().windows.contract(map, part, {finish.bias != nullptr ? finish.bias + first : nullptr, finish.relu},
                            from + point, to + plain);
  });
}

void toom_expand(const ToomAxis& axis, ToomRole role, const ToomRows& rows, const float* from, float* to,
                 std::size_t level) {
  if (level == axis.levels()) {
    for_positions(axis, role, rows,
                  [&](Index plain, Index point) { std::copy_n(from + plain, rows.width, to + point); });
    return;
  }
  if (level + 1 == axis.levels()) return toom_expand_level(axis, role, level, rows, from, to);
  const Index points = axis.points(level) / axis.points(level + 1);
  const Index size = rows.rows * axis.length(role, level + 1) * rows.width;
  const Index last_size = axis.points(level + 1) * rows.rows * axis.length(role) * step_of(rows);
  Tensor next = Tensor::uninitialized({points * size});
  toom_expand_level(axis, role, level, rows, from, next.data());
  for (Index t = 0; t < points; ++t) {
    toom_expand(axis, role, rows, next.data() + t * size, to + t * last_size, level + 1);
  }
}

void toom_contract(const ToomAxis& axis, ToomRole role, const ToomRows& rows, const float* from, float* to,
                   std::size_t level) {
  if (level == axis.levels()) {
    for_positions(axis, role, rows, [&](Index plain, Index point) {
      if (role != ToomRole::signal) return void(std::copy_n(from + point, rows.width, to + plain));
      for (Index i = 0; i < rows.width; ++i) to[plain + i] += from[point + i];
    });
    return;
  }
  if (level + 1 == axis.levels()) return toom_contract_level(axis, role, level, rows, from, to);
  const Index points = axis.points(level) / axis.points(level + 1);
  const Index size = rows.rows * axis.length(role, level + 1) * rows.width;
  const Index last_size = axis.points(level + 1) * rows.rows * axis.length(role) * step_of(rows);
  Tensor next = role == ToomRole::signal ? Tensor(Shape{points * size}) : Tensor::uninitialized({points * size});
  for (Index t = 0; t < points; ++t) {
    toom_contract(axis, role, rows, from + t * last_size, next.data() + t * size, level + 1);
  }
  toom_contract_level(axis, role, level, rows, next.data(), to);
}

}  // namespace specfuse
