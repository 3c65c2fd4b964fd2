#include "kernels/toom_transform.h"

#include <algorithm>
#include <utility>

#include "kernels/simd.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {
namespace {

/// Rows that a thread transforms at a time.
constexpr Index kGrain = 32;

WindowMap map_of(Index block, ToomRole role) {
  const ToomCook& algorithm = toom_cook(block);
  const Index points = algorithm.points();
  if (role == ToomRole::signal) return {algorithm.signal.data(), points, points, block};
  return {role == ToomRole::taps ? algorithm.taps.data() : algorithm.result.data(), points, block, block};
}

/// The rows of level `level`, on its plain side.
WindowRows rows_at(const ToomAxis& axis, ToomRole role, const ToomRows& rows, std::size_t level) {
  const auto& lengths = axis.lengths[static_cast<int>(role)];
  Index count = rows.rows;
  for (std::size_t l = 0; l < level; ++l) count *= toom_cook(axis.blocks[l]).points();
  const Index step = level + 1 == axis.blocks.size() && rows.step > 0 ? rows.step : rows.width;
  return {count, lengths[level], lengths[level + 1], rows.width, step, count * lengths[level + 1] * step};
}

Index plain_size(const WindowRows& rows) { return rows.rows * rows.length * rows.width; }

/// Calls body for parts of the rows, with the offsets at which they start on the plain side and among the points.
template <class Body>
void for_parts(const WindowRows& rows, const Body& body) {
  parallel_ranges(rows.rows, kGrain, [&](Index begin, Index end) {
    WindowRows part = rows;
    part.rows = end - begin;
    body(part, begin * rows.length * rows.width, begin * rows.windows * rows.point_step);
  });
}

/// Calls body with where each position is on the plain side and at its point, where these are the same.
template <class Body>
void for_positions(const ToomAxis& axis, ToomRole role, const ToomRows& rows, const Body& body) {
  const Index step = rows.step > 0 ? rows.step : rows.width;
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

Index ToomAxis::points() const {
  Index count = 1;
  for (const Index block : blocks) count *= toom_cook(block).points();
  return count;
}

void toom_expand(const ToomAxis& axis, ToomRole role, const ToomRows& rows, const float* from, float* to) {
  const std::size_t levels = axis.blocks.size();
  if (levels == 0) {
    for_positions(axis, role, rows, [&](Index plain, Index point) { std::copy_n(from + plain, rows.width, to + point); });
    return;
  }
  Tensor between[2];
  for (std::size_t level = 0; level < levels; ++level) {
    const WindowRows now = rows_at(axis, role, rows, level);
    const WindowMap map = map_of(axis.blocks[level], role);
    float* target = to;
    if (level + 1 < levels) {
      between[level % 2] = Tensor::uninitialized({map.points * now.point_stride});
      target = between[level % 2].data();
    }
    for_parts(now, [&](const WindowRows& part, Index plain, Index point) {
      simd().windows.expand(map, part, from + plain, target + point);
    });
    from = target;
  }
}

void toom_contract(const ToomAxis& axis, ToomRole role, const ToomRows& rows, const float* from, float* to) {
  const std::size_t levels = axis.blocks.size();
  if (levels == 0) {
    for_positions(axis, role, rows, [&](Index plain, Index point) {
      for (Index i = 0; i < rows.width; ++i) to[plain + i] += from[point + i];
    });
    return;
  }
  Tensor between[2];
  for (std::size_t level = levels; level-- > 0;) {
    const WindowRows now = rows_at(axis, role, rows, level);
    const WindowMap map = map_of(axis.blocks[level], role);
    float* target = to;
    if (level > 0) {
      between[level % 2] = Tensor({plain_size(now)});
      target = between[level % 2].data();
    }
    for_parts(now, [&](const WindowRows& part, Index plain, Index point) {
      simd().windows.contract(map, part, from + point, target + plain);
    });
    from = target;
  }
}

}  // namespace specfuse
