// 1-D convolution with samples as SIMD lanes. The register tile is kOutputs channels by kWidth positions, or twice as
// tall and half as wide where there are few positions: each step loads a line of samples for each position and
// broadcasts a weight for each channel, so that loads hide behind arithmetic. Tiles at the edges are the same template
// in smaller sizes. There is no blocking beyond that: what the transforms leave of a block of 16 samples at one point
// stays in the first-level or second-level cache.
//
// Compiled once per instruction set; see simd_tiles.h.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

constexpr int kOutputs = 4;
/// 24 sums, 6 lines and a weight fill the 32 registers of AVX-512; 12, 3 and 1 the 16 of the others.
constexpr int kWidth = kLanes == 16 ? 6 : 3;
/// Floats from one position to the next.
constexpr Index kStep = kBlockSamples;

template <int Rows, int Cols, class Body>
void for_tiles_of(Index rows, Index cols, const Body& body) {
  for (Index lane = 0; lane < kBlockSamples; lane += kLanes) {
    for_even_tiles<Rows>(rows, [&](auto height, Index row) {
      for_even_tiles<Cols>(cols, [&](auto width, Index col) { body(height, width, row, col, lane); });
    });
  }
}

/// Tiles over rows and columns, for each group of lanes in a block: body(Size rows, Size cols, row, col, lane). Tall
/// ones where there are few columns.
template <class Body>
void for_tiles_2d(Index rows, Index cols, const Body& body) {
  if (cols > kWidth / 2) {
    for_tiles_of<kOutputs, kWidth>(rows, cols, body);
  } else {
    for_tiles_of<2 * kOutputs, kWidth / 2>(rows, cols, body);
  }
}

/// Adds a tile to rows of `stride` positions.
template <int Rows, int Cols>
inline __attribute__((always_inline)) void add_to(const Line (&sums)[Rows][Cols], float* at, Index stride) {
  SPECFUSE_UNROLL
  for (int r = 0; r < Rows; ++r) {
    SPECFUSE_UNROLL
    for (int c = 0; c < Cols; ++c) {
      float* to = at + (r * stride + c) * kStep;
      store(to, load(to) + sums[r][c]);
    }
  }
}

/// sums[r][c] += weights[r] * lines[c], all sums in registers.
template <int Rows, int Cols>
inline __attribute__((always_inline)) void multiply_add(Line (&sums)[Rows][Cols], const float* weight, Index stride,
                                                        const float* lines) {
  Line line[Cols];
  SPECFUSE_UNROLL
  for (int c = 0; c < Cols; ++c) line[c] = load(lines + c * kStep);
  SPECFUSE_UNROLL
  for (int r = 0; r < Rows; ++r) {
    const float w = weight[r * stride];
    SPECFUSE_UNROLL
    for (int c = 0; c < Cols; ++c) sums[r][c] += w * line[c];
  }
}

void forward(const N16Conv& g, const N16Filters& filters, const float* x, float* y) {
  const Index tap = g.out_channels * g.in_channels;
  const Finish finish = filters.finish;
  for_tiles_2d(g.out_channels, g.out_length, [&](auto outputs, auto width, Index o, Index p, Index lane) {
    constexpr int kRows = outputs.value, kCols = width.value;
    Line sums[kRows][kCols] = {};
    for (Index channel = 0; channel < g.in_channels; ++channel) {
      const float* w = filters.weight + o * g.in_channels + channel;
      const float* in = x + (channel * g.in_length + p) * kStep + lane;
      for (Index k = 0; k < g.taps; ++k) multiply_add(sums, w + k * tap, g.in_channels, in + k * kStep);
    }
    SPECFUSE_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const float bias = finish.bias != nullptr ? finish.bias[o + r] : 0.0f;
      SPECFUSE_UNROLL
      for (int c = 0; c < kCols; ++c) {
        const Line sum = sums[r][c] + bias;
        store(y + ((o + r) * g.out_length + p + c) * kStep + lane, finish.relu ? positive(sum) : sum);
      }
    }
  });
}

void backward_data(const N16Conv& g, const float* dy, const float* weight, float* dx) {
  // One tap at a time: it moves a whole tile of gradients to one of inputs, without an edge.
  for_tiles_2d(g.in_channels, g.out_length, [&](auto channels, auto width, Index channel, Index p, Index lane) {
    constexpr int kRows = channels.value, kCols = width.value;
    for (Index k = 0; k < g.taps; ++k) {
      Line sums[kRows][kCols] = {};
      for (Index o = 0; o < g.out_channels; ++o) {
        multiply_add(sums, weight + (k * g.out_channels + o) * g.in_channels + channel, 1,
                     dy + (o * g.out_length + p) * kStep + lane);
      }
      add_to(sums, dx + (channel * g.in_length + p + k) * kStep + lane, g.in_length);
    }
  });
}

void backward_weight(const N16Conv& g, const N16Blocks& blocks, float* sums_of_taps) {
  for_tiles_2d(g.out_channels, g.taps, [&](auto outputs, auto width, Index o, Index k, Index lane) {
    constexpr int kRows = outputs.value, kCols = width.value;
    for (Index channel = 0; channel < g.in_channels; ++channel) {
      Line sums[kRows][kCols] = {};
      for (Index block = 0; block < blocks.count; ++block) {
        const float* d = blocks.dy + block * blocks.dy_stride + o * g.out_length * kStep + lane;
        const float* in = blocks.x + block * blocks.x_stride + (channel * g.in_length + k) * kStep + lane;
        for (Index p = 0; p < g.out_length; ++p) {
          Line line[kCols];
          SPECFUSE_UNROLL
          for (int c = 0; c < kCols; ++c) line[c] = load(in + (p + c) * kStep);
          SPECFUSE_UNROLL
          for (int r = 0; r < kRows; ++r) {
            const Line gradient = load(d + (r * g.out_length + p) * kStep);
            SPECFUSE_UNROLL
            for (int c = 0; c < kCols; ++c) sums[r][c] += gradient * line[c];
          }
        }
      }
      add_to(sums, sums_of_taps + ((o * g.in_channels + channel) * g.taps + k) * kStep + lane, g.in_channels * g.taps);
    }
  });
}

}  // namespace

extern const N16Routines kN16Routines;
const N16Routines kN16Routines = {forward, backward_data, backward_weight};

}  // namespace specfuse::SPECFUSE_ISA
