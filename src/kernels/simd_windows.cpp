// The transforms of Toom-Cook convolutions: small dense matrices applied to windows of positions, each position a run
// of floats (samples or channels), which are the SIMD lanes. A window's inputs, or its results, stay in registers while
// the rows of the matrix go by, two at a time: the sums over even and odd positions serve both rows of a pair.
//
// Compiled once per instruction set; see simd_tiles.h.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

/// One window of a map: how many of its positions there are, how far apart positions and points lie, and how its sums
/// end.
struct Window {
  const WindowMap& map;
  Index inside, position_step, point_stride;
  float bias;
  bool relu;
};

struct Expand {
  template <int Width, int Reach>
  static void apply(const Window& window, const float* from, float* to, Index) {
    const WindowMap& map = window.map;
    typename Lanes<Width>::Values inputs[Reach];
    SPECFUSE_UNROLL
    for (Index q = 0; q < Reach; ++q) {
      inputs[q] =
          q < window.inside ? Lanes<Width>::load(from + q * window.position_step) : typename Lanes<Width>::Values{};
    }
    const auto half = [&](const float* row, int first) {
      auto sum = row[first] * inputs[first];
      SPECFUSE_UNROLL
      for (int q = first + 2; q < Reach; q += 2) sum += row[q] * inputs[q];
      return sum;
    };
    const float* row = map.matrix;
    for (Index t = 0; t + 1 < map.points; t += 2, row += 2 * Reach, to += 2 * window.point_stride) {
      const auto even = half(row, 0), odd = half(row, 1);
      Lanes<Width>::store(to, even + odd);
      Lanes<Width>::store(to + window.point_stride, even - odd);
    }
    Lanes<Width>::store(to, half(row, 0));
  }
};

struct Contract {
  /// The first `done` lanes were added before.
  template <int Width, int Reach>
  static void apply(const Window& window, float* to, const float* from, Index done) {
    const WindowMap& map = window.map;
    typename Lanes<Width>::Values sums[Reach] = {};
    const auto add_half = [&](const float* row, int first, typename Lanes<Width>::Values value) {
      SPECFUSE_UNROLL
      for (int q = first; q < Reach; q += 2) sums[q] += row[q] * value;
    };
    const float* row = map.matrix;
    for (Index t = 0; t + 1 < map.points; t += 2, row += 2 * Reach, from += 2 * window.point_stride) {
      const auto one = Lanes<Width>::load(from), other = Lanes<Width>::load(from + window.point_stride);
      add_half(row, 0, one + other);
      add_half(row, 1, one - other);
    }
    add_half(row, 0, Lanes<Width>::load(from));
    if (map.reach == map.step) {  // windows side by side
      SPECFUSE_UNROLL
      for (Index q = 0; q < Reach; ++q, to += window.position_step) {
        if (q == window.inside) break;
        const auto sum = sums[q] + window.bias;
        Lanes<Width>::store(to, window.relu ? positive(sum) : sum);
      }
      return;
    }
    float lanes[Width];
    for (Index i = 0; i < Width; ++i) lanes[i] = i < done ? 0.0f : 1.0f;
    const auto wanted = Lanes<Width>::load(lanes);
    SPECFUSE_UNROLL
    for (Index q = 0; q < Reach; ++q, to += window.position_step) {
      if (q == window.inside) break;
      Lanes<Width>::store(to, Lanes<Width>::load(to) + wanted * sums[q]);
    }
  }
};

/// Applies an action to all lanes of a window, whole registers first. The last register overlaps the one before; where
/// there is none before, it is a smaller one.
template <class Action, int Width, int Reach, class Signal, class Points>
void for_lanes(const Window& window, Index width, Signal* signal, Points* points) {
  if constexpr (Width > 1) {
    if (width < Width) return for_lanes<Action, Width / 2, Reach>(window, width, signal, points);
  }
  Index lane = 0;
  for (; lane + Width <= width; lane += Width) {
    Action::template apply<Width, Reach>(window, signal + lane, points + lane, 0);
  }
  const Index last = width - Width;
  if (lane < width) Action::template apply<Width, Reach>(window, signal + last, points + last, lane - last);
}

template <class Action, class Signal, class Points>
void for_windows(const WindowMap& map, const WindowRows& rows, Signal* signal, Points* points) {
  for (Index row = 0; row < rows.rows; ++row, signal += rows.length * rows.step) {
    const float bias = rows.finish.bias != nullptr ? rows.finish.bias[row] : 0.0f;
    for (Index w = 0; w < rows.windows; ++w, points += rows.point_step) {
      const Window window{
          map, least(map.reach, rows.length - w * map.step), rows.step, rows.point_stride, bias, rows.finish.relu};
      Signal* from = signal + w * map.step * rows.step;
      if (map.reach == 3) for_lanes<Action, kLanes, 3>(window, rows.width, from, points);
      if (map.reach == 5) for_lanes<Action, kLanes, 5>(window, rows.width, from, points);
      if (map.reach == 9) for_lanes<Action, kLanes, 9>(window, rows.width, from, points);
    }
  }
}

void expand(const WindowMap& map, const WindowRows& rows, const float* signal, float* points) {
  for_windows<Expand>(map, rows, signal, points);
}

void contract(const WindowMap& map, const WindowRows& rows, const float* points, float* signal) {
  for_windows<Contract>(map, rows, signal, points);
}

}  // namespace

extern const WindowRoutines kWindowRoutines;
const WindowRoutines kWindowRoutines = {expand, contract};

}  // namespace specfuse::SPECFUSE_ISA
