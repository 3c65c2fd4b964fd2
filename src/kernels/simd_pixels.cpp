// 2-D convolution with output channels as lanes. The register tile is a few positions by two registers of channels:
// each step loads two registers of weights and broadcasts one input a position, for twice as many multiply-adds. A row
// of the kernel is one run of inputs, so the loops are: rows of the kernel, then the run.
//
// Compiled once per instruction set; see simd_im2col.cpp.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

constexpr int kGroup = 2 * kLanes;
/// 12 positions by two registers fill the 32 registers of AVX-512, 5 by two the 16 of the others.
constexpr int kWidest = kLanes == 16 ? 12 : 5;
static_assert(kPixelGroup % kGroup == 0 && kWidest <= kPixelMargin);

/// Cuts 0 ... count - 1 into as few tiles of at most Most as will do, of nearly equal size.
template <int Most, class Body>
void for_even_tiles(Index count, const Body& body) {
  const Index tiles = (count + Most - 1) / Most;
  for (Index tile = 0; tile < tiles; ++tile) {
    const Index begin = tile * count / tiles, end = (tile + 1) * count / tiles;
    with_size<Most>(end - begin, begin, body);
  }
}

/// sums[r] += inputs[r * stride + j] * (row j of the weights), for j in 0 ... run - 1.
template <int Rows>
inline __attribute__((always_inline)) void multiply_add(Line (&sums)[Rows][2], const float* inputs, Index stride,
                                                        const float* weights, Index run) {
  for (Index j = 0; j < run; ++j, weights += kPixelGroup) {
    const Line first = load(weights), second = load(weights + kLanes);
    for (int r = 0; r < Rows; ++r) {
      const float input = inputs[r * stride + j];
      sums[r][0] += input * first;
      sums[r][1] += input * second;
    }
  }
}

/// The first `channels` of the lanes that start at `lane`.
void unload(const Line (&sums)[2], Index lane, Index channels, float* values) {
  float all[kGroup];
  store(all, sums[0]);
  store(all + kLanes, sums[1]);
  for (Index i = lane; i < least(channels, lane + kGroup); ++i) values[i] = all[i - lane];
}

void forward_row(const PixelConv& g, const PixelGroup& group, const float* x, float* y) {
  const Index run = g.kernel_w * g.in_channels, row = g.in_w * g.in_channels;
  for (Index lane = 0; lane < group.channels; lane += kGroup) {
    for_even_tiles<kWidest>(g.out_w, [&](auto width, Index at) {
      constexpr int kRows = width.value;
      Line sums[kRows][2];
      for (int r = 0; r < kRows; ++r) {
        sums[r][0] = load(group.bias + lane);
        sums[r][1] = load(group.bias + lane + kLanes);
      }
      for (Index ky = 0; ky < g.kernel_h; ++ky) {
        multiply_add(sums, x + ky * row + at * g.in_channels, g.in_channels,
                     group.weight + ky * run * kPixelGroup + lane, run);
      }
      for (int r = 0; r < kRows; ++r) unload(sums[r], lane, group.channels, y + (at + r) * g.out_channels);
    });
  }
}

void backward_row(const PixelConv& g, const PixelGroup& group, Index y, const float* dy, float* dx) {
  // Half the width of a tile that fills the registers: taps that miss dy for one of its positions are wasted on it.
  constexpr int kWidth = (kWidest + 1) / 2;
  const Index row = (g.out_w + 2 * kPixelMargin) * g.out_channels, run = g.kernel_w * g.out_channels;
  const Index reach = g.kernel_w - 1;
  for (Index lane = 0; lane < group.channels; lane += kGroup) {
    for_even_tiles<kWidth>(g.in_w, [&](auto width, Index at) {
      constexpr int kRows = width.value;
      Line sums[kRows][2] = {};
      // Tap k, counted from the right end of the kernel, meets dy at column at + k - reach.
      const Index first = most(0, reach - at - (kRows - 1)), last = least(reach, g.out_w - 1 + reach - at);
      const float* from = dy + (kPixelMargin + at + first - reach) * g.out_channels;
      const float* weight = group.weight + first * g.out_channels * kPixelGroup + lane;
      for (Index ky = most(0, y - g.out_h + 1); ky <= least(g.kernel_h - 1, y); ++ky) {
        multiply_add(sums, from + (y - ky) * row, g.out_channels, weight + ky * run * kPixelGroup,
                     (last - first + 1) * g.out_channels);
      }
      for (int r = 0; r < kRows; ++r) {
        float values[kPixelGroup];
        unload(sums[r], lane, group.channels, values);
        float* to = dx + (at + r) * g.in_channels;
        for (Index c = lane; c < least(group.channels, lane + kGroup); ++c) to[c] += values[c];
      }
    });
  }
}

void backward_weight(const PixelConv& g, Index images, const float* dy, const float* x, float* dweight) {
  const Index run = g.kernel_w * g.in_channels;
  const Index dy_row = (g.out_w + 2 * kPixelMargin) * g.out_channels;
  for (Index lane = 0; lane < kPixelGroup; lane += kGroup) {
    for_even_tiles<kWidest>(run, [&](auto width, Index at) {
      constexpr int kRows = width.value;
      Line sums[kRows][2] = {};
      for (Index row = 0; row < images * g.out_h; ++row) {
        const float* gradient = dy + row * dy_row + kPixelMargin * g.out_channels + lane;
        const float* input = x + (row / g.out_h * g.in_h + row % g.out_h) * g.in_w * g.in_channels + at;
        for (Index p = 0; p < g.out_w; ++p, gradient += g.out_channels, input += g.in_channels) {
          const Line first = load(gradient), second = load(gradient + kLanes);
          for (int r = 0; r < kRows; ++r) {
            sums[r][0] += input[r] * first;
            sums[r][1] += input[r] * second;
          }
        }
      }
      for (int r = 0; r < kRows; ++r) {
        store(dweight + (at + r) * kPixelGroup + lane, sums[r][0]);
        store(dweight + (at + r) * kPixelGroup + lane + kLanes, sums[r][1]);
      }
    });
  }
}

}  // namespace

extern const PixelRoutines kPixelRoutines;
const PixelRoutines kPixelRoutines = {forward_row, backward_row, backward_weight};

}  // namespace specfuse::SPECFUSE_ISA
