// 1-D convolution with samples as lanes. The register tile is kOutputs channels by kWidth positions: each step loads
// kWidth lines of samples and broadcasts kOutputs weights for kOutputs x kWidth multiply-adds, so that loads hide
// behind arithmetic; tiles at the edges are the same template in smaller sizes. There is no blocking beyond that: one
// block of 16 samples, 20 channels and 162 positions is 200 KB and stays in the second-level cache.
//
// Compiled once per instruction set; see simd_im2col.cpp.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

constexpr int kOutputs = 4;
/// 24 sums, 6 lines and a weight fill the 32 registers of AVX-512; 12, 3 and 1 the 16 of the others.
constexpr int kWidth = kLanes == 16 ? 6 : 3;
/// Floats from one position to the next.
constexpr Index kStep = kLaneSamples;

/// Cuts 0 ... count - 1 into tiles of Most and a smaller last one.
template <int Most, class Body>
void for_tiles(Index count, const Body& body) {
  for (Index begin = 0; begin < count; begin += Most) with_size<Most>(least(Most, count - begin), begin, body);
}

/// Tiles over rows and columns, for each group of lanes in a block: body(Size rows, Size cols, row, col, lane).
template <class Body>
void for_tiles_2d(Index rows, Index cols, const Body& body) {
  for (Index lane = 0; lane < kLaneSamples; lane += kLanes) {
    for_tiles<kOutputs>(rows, [&](auto height, Index row) {
      for_tiles<kWidth>(cols, [&](auto width, Index col) { body(height, width, row, col, lane); });
    });
  }
}

/// sums[r][c] += weights[r] * lines[c], all sums in registers.
template <int Rows, int Cols>
inline __attribute__((always_inline)) void multiply_add(Line (&sums)[Rows][Cols], const float* weight, Index stride,
                                                        const float* lines) {
  Line line[Cols];
  for (int c = 0; c < Cols; ++c) line[c] = load(lines + c * kStep);
  for (int r = 0; r < Rows; ++r) {
    const float w = weight[r * stride];
    for (int c = 0; c < Cols; ++c) sums[r][c] += w * line[c];
  }
}

void forward(const LaneConv& g, const float* x, const float* weight, const float* bias, float* y) {
  for_tiles_2d(g.out_channels, g.out_length, [&](auto outputs, auto width, Index o, Index p, Index lane) {
    constexpr int kRows = outputs.value, kCols = width.value;
    Line sums[kRows][kCols];
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kCols; ++c) sums[r][c] = Line{} + bias[o + r];
    }
    for (Index channel = 0; channel < g.in_channels; ++channel) {
      const float* w = weight + (o * g.in_channels + channel) * g.taps;
      const float* in = x + (channel * g.in_length + p) * kStep + lane;
      for (Index k = 0; k < g.taps; ++k) multiply_add(sums, w + k, g.in_channels * g.taps, in + k * kStep);
    }
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kCols; ++c) {
        store(y + ((o + r) * g.out_length + p + c) * kStep + lane, sums[r][c]);
      }
    }
  });
}

void backward_data(const LaneConv& g, const float* dy, const float* weight, float* dx) {
  const Index length = g.out_length + 2 * kLaneMargin;
  for_tiles_2d(g.in_channels, g.in_length, [&](auto channels, auto width, Index channel, Index q, Index lane) {
    constexpr int kRows = channels.value, kCols = width.value;
    Line sums[kRows][kCols] = {};
    // Taps that reach an output from any position of the tile.
    const Index first = most(0, q - g.out_length + 1), last = least(g.taps - 1, q + kCols - 1);
    for (Index o = 0; o < g.out_channels; ++o) {
      const float* w = weight + (o * g.in_channels + channel) * g.taps;
      const float* in = dy + (o * length + kLaneMargin + q) * kStep + lane;
      for (Index k = first; k <= last; ++k) multiply_add(sums, w + k, g.taps, in - k * kStep);
    }
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kCols; ++c) {
        float* at = dx + ((channel + r) * g.in_length + q + c) * kStep + lane;
        store(at, load(at) + sums[r][c]);
      }
    }
  });
}

float sum_of(Line line) {
  float values[kLanes];
  store(values, line);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) values[i] += values[i + half];
  }
  return values[0];
}

void backward_weight(const LaneConv& g, const float* dy, const float* x, float* dweight) {
  const Index length = g.out_length + 2 * kLaneMargin;
  for (Index channel = 0; channel < g.in_channels; ++channel) {
    for_tiles_2d(g.out_channels, g.taps, [&](auto outputs, auto width, Index o, Index k, Index lane) {
      constexpr int kRows = outputs.value, kCols = width.value;
      Line sums[kRows][kCols] = {};
      const float* d = dy + (o * length + kLaneMargin) * kStep + lane;
      const float* in = x + (channel * g.in_length + k) * kStep + lane;
      for (Index p = 0; p < g.out_length; ++p) {
        Line line[kCols];
        for (int c = 0; c < kCols; ++c) line[c] = load(in + (p + c) * kStep);
        for (int r = 0; r < kRows; ++r) {
          const Line gradient = load(d + (r * length + p) * kStep);
          for (int c = 0; c < kCols; ++c) sums[r][c] += gradient * line[c];
        }
      }
      for (int r = 0; r < kRows; ++r) {
        for (int c = 0; c < kCols; ++c) {
          dweight[((o + r) * g.in_channels + channel) * g.taps + k + c] += sum_of(sums[r][c]);
        }
      }
    });
  }
}

}  // namespace

extern const LaneRoutines kLaneRoutines;
const LaneRoutines kLaneRoutines = {forward, backward_data, backward_weight};

}  // namespace specfuse::SPECFUSE_ISA
