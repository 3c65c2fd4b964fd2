// im2col and col2im walk runs of neighbouring positions, whole registers first and what is left in ever smaller ones.
//
// This file is compiled once per instruction set, with SPECFUSE_ISA naming it and SPECFUSE_LANES floats in a register.
// Everything has internal linkage but the table: an inline function shared with other files could be linked in from
// the AVX-512 copy and crash an older CPU.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

/// im2col: columns from inputs.
struct Copy {
  template <int Count>
  static void apply(float* columns, const float* inputs) {
    Lanes<Count>::store(columns, Lanes<Count>::load(inputs));
  }
  static void outside(float* column) { *column = 0.0f; }
};

/// col2im: columns added to inputs.
struct Add {
  template <int Count>
  static void apply(const float* columns, float* inputs) {
    Lanes<Count>::store(inputs, Lanes<Count>::load(inputs) + Lanes<Count>::load(columns));
  }
  static void outside(const float*) {}
};

/// Joins `count` columns with as many inputs, whole registers first and what is left in ever smaller ones.
template <class Action, int Count, class Column, class Input>
void join(Column* columns, Input* inputs, Index count) {
  Index i = 0;
  for (; i + Count <= count; i += Count) Action::template apply<Count>(columns + i, inputs + i);
  if constexpr (Count > 1) join<Action, Count / 2>(columns + i, inputs + i, count - i);
}

/// The same with inputs that lie `stride` apart.
template <class Action, class Column, class Input>
void join_strided(Column* columns, Input* inputs, Index stride, Index count) {
  if (stride == 1) return join<Action, SPECFUSE_LANES>(columns, inputs, count);
  for (Index i = 0; i < count; ++i) Action::template apply<1>(columns + i, inputs + i * stride);
}

/// One tap over the outputs begin ... end - 1 of an output row. `offset` is the input column under output 0.
struct RowWalk {
  Index in_width, stride, offset, begin, end;
};

template <class Action, class Column, class Input>
void walk_row(const RowWalk& of, Column* columns, Input* row) {
  const auto [in_width, stride, offset, begin, end] = of;
  // Outputs whose input column offset + x * stride lies in 0 ... in_width - 1.
  const Index first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const Index last = in_width > offset ? (in_width - 1 - offset) / stride + 1 : 0;
  const Index from = least(most(first, begin), end), to = most(least(last, end), from);
  Column* at = columns;
  for (Index x = begin; x < from; ++x) Action::outside(at++);
  if (to > from) join_strided<Action>(at, row + offset + from * stride, stride, to - from);
  at += to - from;
  for (Index x = to; x < end; ++x) Action::outside(at++);
}

/// One tap over all positions of a range.
struct TapWalk {
  const ConvGeometry& geometry;
  PositionRange range;
  Index channel, row, col;
};

template <class Action, class Column, class Input>
void walk_tap(const TapWalk& tap, Input* input, Column* columns) {
  const auto& [g, range, channel, kernel_row, kernel_col] = tap;
  const ConvOptions& options = g.options;
  const Index offset = kernel_col * options.dilation.w - options.padding.w;
  Index position = range.begin;
  while (position < range.end) {
    const Index row = position / g.out.w, x = position % g.out.w, sample = row / g.out.h;
    const Index x_end = least(g.out.w, x + range.end - position);
    const Index y = row % g.out.h * options.stride.h + kernel_row * options.dilation.h - options.padding.h;
    if (y >= 0 && y < g.in.h) {
      Input* from = input + ((sample * g.in_channels + channel) * g.in.h + y) * g.in.w;
      walk_row<Action>({g.in.w, options.stride.w, offset, x, x_end}, columns, from);
    } else {
      for (Index i = 0; i < x_end - x; ++i) Action::outside(columns + i);
    }
    columns += x_end - x;
    position += x_end - x;
  }
}

template <class Action, class Column, class Input>
void walk(const ConvGeometry& g, Input* input, PositionRange range, Column* columns) {
  for (Index c = 0; c < g.in_channels; ++c) {
    for (Index ky = 0; ky < g.kernel.h; ++ky) {
      for (Index kx = 0; kx < g.kernel.w; ++kx, columns += range.end - range.begin) {
        walk_tap<Action>({g, range, c, ky, kx}, input, columns);
      }
    }
  }
}

void im2col(const ConvGeometry& g, const float* input, PositionRange range, float* columns) {
  walk<Copy>(g, input, range, columns);
}

void col2im(const ConvGeometry& g, const float* columns, PositionRange range, float* input) {
  walk<Add>(g, input, range, columns);
}

}  // namespace

extern const Im2colRoutines kIm2colRoutines;
const Im2colRoutines kIm2colRoutines = {im2col, col2im};

}  // namespace specfuse::SPECFUSE_ISA
