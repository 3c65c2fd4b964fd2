// Compiled once per instruction set with SPECFUSE_ISA naming it and SPECFUSE_LANES floats in a register. Everything
// here has internal linkage but the table: an inline function shared with other files could be linked in from the
// AVX-512 copy and crash an older CPU.
#include "kernels/simd.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

constexpr Index kLanes = SPECFUSE_LANES;
typedef float Lanes __attribute__((vector_size(SPECFUSE_LANES * sizeof(float)), aligned(4), may_alias));

Lanes load(const float* at) { return *reinterpret_cast<const Lanes*>(at); }
void store(float* at, Lanes values) { *reinterpret_cast<Lanes*>(at) = values; }

Index least(Index a, Index b) { return a < b ? a : b; }
Index most(Index a, Index b) { return a > b ? a : b; }

/// im2col: columns from inputs.
struct Copy {
  static void one(float* column, const float* input) { *column = *input; }
  static void many(float* columns, const float* inputs) { store(columns, load(inputs)); }
  static void outside(float* column) { *column = 0.0f; }
};

/// col2im: columns added to inputs.
struct Add {
  static void one(const float* column, float* input) { *input += *column; }
  static void many(const float* columns, float* inputs) { store(inputs, load(inputs) + load(columns)); }
  static void outside(const float*) {}
};

/// Joins `count` columns with inputs that lie `stride` apart.
template <class Action, class Column, class Input>
void join(Column* columns, Input* inputs, Index stride, Index count) {
  Index i = 0;
  if (stride == 1) {
    for (; i + kLanes <= count; i += kLanes) Action::many(columns + i, inputs + i);
  }
  for (; i < count; ++i) Action::one(columns + i, inputs + i * stride);
}

/// One tap over the outputs x_begin ... x_end - 1 of one output row. `offset` is the input column under output 0.
template <class Action, class Column, class Input>
void walk_row(Column* columns, Input* row, Index in_width, Index stride, Index offset, Index x_begin, Index x_end) {
  // Outputs whose input column offset + x * stride lies in 0 ... in_width - 1.
  const Index first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const Index last = in_width > offset ? (in_width - 1 - offset) / stride + 1 : 0;
  const Index from = least(most(first, x_begin), x_end), to = most(least(last, x_end), from);
  Column* at = columns;
  for (Index x = x_begin; x < from; ++x) Action::outside(at++);
  if (to > from) join<Action>(at, row + offset + from * stride, stride, to - from);
  at += to - from;
  for (Index x = to; x < x_end; ++x) Action::outside(at++);
}

/// One tap (channel c, kernel row and column) over all positions of the range.
template <class Action, class Column, class Input>
void walk_tap(const ConvGeometry& g, Input* input, PositionRange range, Column* columns, const Index (&tap)[3]) {
  const ConvOptions& options = g.options;
  const Index offset = tap[2] * options.dilation.w - options.padding.w;
  Index position = range.begin;
  while (position < range.end) {
    const Index row = position / g.out.w, x = position % g.out.w, sample = row / g.out.h;
    const Index x_end = least(g.out.w, x + range.end - position);
    const Index y = row % g.out.h * options.stride.h + tap[1] * options.dilation.h - options.padding.h;
    if (y >= 0 && y < g.in.h) {
      Input* from = input + ((sample * g.in_channels + tap[0]) * g.in.h + y) * g.in.w;
      walk_row<Action>(columns, from, g.in.w, options.stride.w, offset, x, x_end);
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
        walk_tap<Action>(g, input, range, columns, {c, ky, kx});
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

#define SPECFUSE_TEXT(name) #name
#define SPECFUSE_NAME(name) SPECFUSE_TEXT(name)

}  // namespace

extern const SimdTable kTable;
const SimdTable kTable = {SPECFUSE_NAME(SPECFUSE_ISA), im2col, col2im};

}  // namespace specfuse::SPECFUSE_ISA
