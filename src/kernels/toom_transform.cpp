#include "kernels/toom_transform.h"

#include <algorithm>
#include <utility>

#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {
namespace {

/// Floats of one task (64 KB: they stay in the second-level cache), and the most of one position.
constexpr Index kFloatsTogether = 1 << 14, kWidthTogether = 1 << 10;
/// Positions that are copied in one task.
constexpr Index kGrain = 32;

WindowMap map_of(Index block, ToomRole role) {
  const ToomCook& algorithm = toom_cook(block);
  const Index points = algorithm.points();
  if (role == ToomRole::signal) return {algorithm.signal.data(), points, points, block};
  return {role == ToomRole::taps ? algorithm.taps.data() : algorithm.result.data(), points, block, block};
}

Index step_of(const ToomRows& rows) { return rows.step > 0 ? rows.step : rows.width; }

WindowRows rows_at(const ToomSequence& of) {
  const ToomRows& rows = of.rows;
  const Index windows = of.axis.length(of.role, of.level + 1);
  const Index step = of.level + 1 == of.axis.levels() ? step_of(rows) : rows.width;
  return {rows.rows, of.axis.length(of.role, of.level), windows, rows.width, rows.width,
          step,      rows.rows * windows * step};
}

/// Calls body for parts of the rows, or of their width where rows are few and wide, with the offsets at which a part
/// starts on the plain side and among the points.
template <class Body>
void for_parts(const WindowRows& rows, const Body& body) {
  const Index width = std::min(rows.width, kWidthTogether), across = (rows.width + width - 1) / width;
  const Index together = std::max<Index>(1, kFloatsTogether / std::max<Index>(1, rows.length * width));
  const Index down = (rows.rows + together - 1) / together;
  parallel_for(down * across, [&](Index task) {
    const Index first = task / across * together, left = task % across * width;
    WindowRows part = rows;
    part.rows = std::min(together, rows.rows - first);
    part.width = std::min(width, rows.width - left);
    if (part.finish.bias != nullptr) part.finish.bias += first;
    body(part, first * rows.length * rows.step + left, first * rows.windows * rows.point_step + left);
  });
}

/// Calls body with where each position is on the plain side and at its point, where these are the same.
template <class Body>
void for_positions(const ToomSequence& of, const Body& body) {
  const Index step = step_of(of.rows), width = of.rows.width;
  parallel_ranges(of.rows.rows * of.axis.length(of.role), kGrain, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) body(i * width, i * step);
  });
}

/// Floats after the last level at each point of this one.
Index last_size(const ToomSequence& of) {
  return of.axis.points(of.level + 1) * of.rows.rows * of.axis.length(of.role) * step_of(of.rows);
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

void toom_expand_level(const ToomSequence& of, const float* from, float* to) {
  const WindowMap map = map_of(of.axis.blocks[of.level], of.role);
  for_parts(rows_at(of), [&](const WindowRows& part, Index plain, Index point) {
    simd().windows.expand(map, part, from + plain, to + point);
  });
}

void toom_contract_level(const ToomSequence& of, const float* from, float* to, const Finish& finish) {
  const WindowMap map = map_of(of.axis.blocks[of.level], of.role);
  WindowRows rows = rows_at(of);
  rows.finish = finish;
  for_parts(rows, [&](const WindowRows& part, Index plain, Index point) {
    simd().windows.contract(map, part, from + point, to + plain);
  });
}

void toom_expand(const ToomSequence& of, const float* from, float* to) {
  const Index width = of.rows.width;
  if (of.level == of.axis.levels()) {
    for_positions(of, [&](Index plain, Index point) { std::copy_n(from + plain, width, to + point); });
    return;
  }
  if (of.level + 1 == of.axis.levels()) return toom_expand_level(of, from, to);
  const Index size = of.point_size();
  Tensor next = Tensor::uninitialized({of.points() * size});
  toom_expand_level(of, from, next.data());
  for (Index t = 0; t < of.points(); ++t) toom_expand(of.next(), next.data() + t * size, to + t * last_size(of));
}

void toom_contract(const ToomSequence& of, const float* from, float* to) {
  const Index width = of.rows.width;
  if (of.level == of.axis.levels()) {
    for_positions(of, [&](Index plain, Index point) {
      if (of.role != ToomRole::signal) return void(std::copy_n(from + point, width, to + plain));
      for (Index i = 0; i < width; ++i) to[plain + i] += from[point + i];
    });
    return;
  }
  if (of.level + 1 == of.axis.levels()) return toom_contract_level(of, from, to);
  const Index size = of.point_size();
  const Shape room{of.points() * size};
  Tensor next = of.role == ToomRole::signal ? Tensor(room) : Tensor::uninitialized(room);
  for (Index t = 0; t < of.points(); ++t) toom_contract(of.next(), from + t * last_size(of), next.data() + t * size);
  toom_contract_level(of, next.data(), to);
}

}  // namespace specfuse
