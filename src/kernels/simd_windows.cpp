// The transforms of Toom-Cook convolutions: small dense matrices applied to windows of positions, each position a run
// of floats (samples or channels) that are the lanes. A window's inputs, or its results, stay in registers while the
// rows of the matrix go by. What is left of a run that is no multiple of a register goes in ever smaller ones.
//
// Compiled once per instruction set; see simd_im2col.cpp.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

template <int Width>
struct Run {
  typedef float Values __attribute__((vector_size(Width * sizeof(float))));
  static Values load(const float* at) {
    Values values;
    __builtin_memcpy(&values, at, sizeof values);
    return values;
  }
  static void store(float* at, Values values) { __builtin_memcpy(at, &values, sizeof values); }
};
template <>
struct Run<1> {
  using Values = float;
  static float load(const float* at) { return *at; }
  static void store(float* at, float value) { *at = value; }
};

/// Positions from the start of a window that there are.
Index inside(const WindowMap& map, const WindowRows& rows, Index window) {
  return least(map.reach, rows.length - window * map.step);
}

struct Expand {
  template <int Width, int Reach>
  static void apply(const WindowMap& map, const WindowRows& rows, const float* from, float* to) {
    for (Index window = 0; window < rows.windows; ++window) {
      const float* at = from + window * map.step * rows.width;
      typename Run<Width>::Values inputs[Reach];
      const Index count = inside(map, rows, window);
      for (Index q = 0; q < Reach; ++q) {
        inputs[q] = q < count ? Run<Width>::load(at + q * rows.width) : typename Run<Width>::Values{};
      }
      const float* row = map.matrix;
      for (Index t = 0; t < map.points; ++t, row += Reach) {
        auto sum = row[0] * inputs[0];
        for (Index q = 1; q < Reach; ++q) sum += row[q] * inputs[q];
        Run<Width>::store(to + t * rows.point_stride + window * rows.point_step, sum);
      }
    }
  }
};

struct Contract {
  template <int Width, int Reach>
  static void apply(const WindowMap& map, const WindowRows& rows, float* to, const float* from) {
    for (Index window = 0; window < rows.windows; ++window) {
      typename Run<Width>::Values sums[Reach] = {};
      const float* row = map.matrix;
      for (Index t = 0; t < map.points; ++t, row += Reach) {
        const auto value = Run<Width>::load(from + t * rows.point_stride + window * rows.point_step);
        for (Index q = 0; q < Reach; ++q) sums[q] += row[q] * value;
      }
      float* at = to + window * map.step * rows.width;
      const Index count = inside(map, rows, window);
      for (Index q = 0; q < count; ++q) {
        Run<Width>::store(at + q * rows.width, Run<Width>::load(at + q * rows.width) + sums[q]);
      }
    }
  }
};

/// Applies an action to the first `lanes` of each run, whole registers first.
template <class Action, int Width, int Reach, class Signal, class Points>
void for_lanes(const WindowMap& map, const WindowRows& rows, Index lanes, Signal* signal, Points* points) {
  Index lane = 0;
  for (; lane + Width <= lanes; lane += Width) {
    Action::template apply<Width, Reach>(map, rows, signal + lane, points + lane);
  }
  if constexpr (Width > 1) {
    if (lane < lanes) for_lanes<Action, Width / 2, Reach>(map, rows, lanes - lane, signal + lane, points + lane);
  }
}

template <class Action, class Signal, class Points>
void for_rows(const WindowMap& map, const WindowRows& rows, Signal* signal, Points* points) {
  for (Index row = 0; row < rows.rows; ++row) {
    Signal* from = signal + row * rows.length * rows.width;
    Points* to = points + row * rows.windows * rows.point_step;
    if (map.reach == 3) for_lanes<Action, kLanes, 3>(map, rows, rows.width, from, to);
    if (map.reach == 5) for_lanes<Action, kLanes, 5>(map, rows, rows.width, from, to);
    if (map.reach == 9) for_lanes<Action, kLanes, 9>(map, rows, rows.width, from, to);
  }
}

void expand(const WindowMap& map, const WindowRows& rows, const float* signal, float* points) {
  for_rows<Expand>(map, rows, signal, points);
}

void contract(const WindowMap& map, const WindowRows& rows, const float* points, float* signal) {
  for_rows<Contract>(map, rows, signal, points);
}

}  // namespace

extern const WindowRoutines kWindowRoutines;
const WindowRoutines kWindowRoutines = {expand, contract};

}  // namespace specfuse::SPECFUSE_ISA
