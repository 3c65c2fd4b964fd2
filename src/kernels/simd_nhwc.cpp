// 2-D convolution with channels as SIMD lanes. The register tile is a few positions by two registers of channels: each
// step loads two registers of weights and broadcasts one input for each position, for twice as many multiply-adds.
// Positions are those of all rows and images in turn, so that tiles are full however small an image is. A row of the
// kernel is one run of inputs: the loops are rows of the kernel, then the run.
//
// Compiled once per instruction set; see simd_tiles.h.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

void forward(const NhwcTask& task, const float* x, const float* weight, float* y) {
  const NhwcConv& g = task.conv;
  const Index run = g.kernel_w * g.in_channels, row = g.in_w * g.in_channels;
  for (Index lane = 0; lane < kChannelGroup; lane += kGroup) {
    for_even_tiles<kWidest>(task.count, [&](auto width, Index p) {
      constexpr int kRows = width.value;
      Line sums[kRows][2] = {};
      const float* inputs[kRows];
      SPECFUSE_UNROLL
      for (int r = 0; r < kRows; ++r) inputs[r] = x + task.starts[p + r] * g.in_channels;
      for (Index ky = 0; ky < g.kernel_h; ++ky) {
        multiply_add(sums, inputs, {ky * row, run}, weight + ky * run * kChannelGroup + lane);
      }
      SPECFUSE_UNROLL
      for (int r = 0; r < kRows; ++r) {
        float* to = y + (p + r) * g.out_step + lane;
        store(to, sums[r][0]);
        store(to + kLanes, sums[r][1]);
      }
    });
  }
}

void backward_data(const NhwcTask& task, const float* dy, const float* weight, float* dx) {
  const NhwcConv& g = task.conv;
  // One tap at a time: it moves a whole tile of gradients to one of inputs, without an edge.
  for (Index lane = 0; lane < kChannelGroup; lane += kGroup) {
    for_even_tiles<kWidest>(task.count, [&](auto width, Index p) {
      constexpr int kRows = width.value;
      const float* gradients[kRows];
      SPECFUSE_UNROLL
      for (int r = 0; r < kRows; ++r) gradients[r] = dy + (p + r) * g.out_step;
      for (Index tap = 0; tap < g.kernel_h * g.kernel_w; ++tap) {
        Line sums[kRows][2] = {};
        multiply_add(sums, gradients, {0, g.out_channels}, weight + tap * g.out_channels * kChannelGroup + lane);
        const Index moved = tap / g.kernel_w * g.in_w + tap % g.kernel_w;
        SPECFUSE_UNROLL
        for (int r = 0; r < kRows; ++r) {
          float* to = dx + (task.starts[p + r] + moved) * g.in_step + lane;
          store(to, load(to) + sums[r][0]);
          store(to + kLanes, load(to + kLanes) + sums[r][1]);
        }
      }
    });
  }
}

void backward_weight(const NhwcTask& task, const float* x, const float* dy, float* dweight) {
  const NhwcConv& g = task.conv;
  const Index run = g.kernel_w * g.in_channels, row = g.in_w * g.in_channels;
  for (Index ky = 0; ky < g.kernel_h; ++ky, dweight += run * kChannelGroup) {
    for (Index lane = 0; lane < kChannelGroup; lane += kGroup) {
      for_even_tiles<kWidest>(run, [&](auto width, Index j) {
        constexpr int kRows = width.value;
        Line sums[kRows][2] = {};
        const float* gradient = dy + lane;
        for (Index p = 0; p < task.count; ++p, gradient += g.out_step) {
          const Line first = load(gradient), second = load(gradient + kLanes);
          const float* input = x + task.starts[p] * g.in_channels + ky * row + j;
          SPECFUSE_UNROLL
          for (int r = 0; r < kRows; ++r) {
            sums[r][0] += input[r] * first;
            sums[r][1] += input[r] * second;
          }
        }
        SPECFUSE_UNROLL
        for (int r = 0; r < kRows; ++r) {
          store(dweight + (j + r) * kChannelGroup + lane, sums[r][0]);
          store(dweight + (j + r) * kChannelGroup + lane + kLanes, sums[r][1]);
        }
      });
    }
  }
}

}  // namespace

extern const NhwcRoutines kNhwcRoutines;
const NhwcRoutines kNhwcRoutines = {forward, backward_data, backward_weight};

}  // namespace specfuse::SPECFUSE_ISA
