#include <algorithm>
#include <vector>

#include "kernels/conv_cube_paths.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"

namespace specfuse {
namespace {

/// Lines that are computed in one task.
constexpr Index kLinesTogether = 16;

/// What lies under the taps of one line of bands after the other.
class TapsOfLine {
 public:
  TapsOfLine(const CubeConv& conv, const float* x) : conv_(conv), x_(x) {
    if (conv.across) return;
    // Beyond all bands there is nothing but zeros: such taps fall away.
    margin_ = std::min(conv.kernel / 2, (conv.bands - 1) / conv.dilation) * conv.dilation;
    padded_ = Tensor(Shape{(conv.bands + 2 * margin_) * conv.in});
  }

  /// Calls body(tap, x) for each tap that does not lie in zeros alone.
  template <class Body>
  void visit(Index line, const Body& body) {
    const CubeConv& c = conv_;
    const Index size = c.bands * c.in, half = c.kernel / 2;
    if (!c.across) {
      std::copy_n(x_ + line * size, size, padded_.data() + margin_ * c.in);
      for (Index tap = 0; tap < c.kernel; ++tap) {
        const Index moved = (tap - half) * c.dilation;
        if (std::abs(moved) <= margin_) body(tap, padded_.data() + (margin_ + moved) * c.in);
      }
      return;
    }
    const Index row = line / c.cols % c.rows, col = line % c.cols;
    for (Index tap = 0; tap < c.taps(); ++tap) {
      const Index down = (tap / c.kernel - half) * c.dilation, along = (tap % c.kernel - half) * c.dilation;
      if (row + down < 0 || row + down >= c.rows || col + along < 0 || col + along >= c.cols) continue;
      body(tap, x_ + (line + down * c.cols + along) * size);
    }
  }

 private:
  const CubeConv& conv_;
  const float* x_;
  Index margin_ = 0;
  /// The line with zeros before and behind.
  Tensor padded_;
};

}  // namespace

void cube_direct(const CubeConv& conv, const CubeSums& of, const float* x, float* y) {
  if (conv.bands == 0) return;
  parallel_ranges(conv.lines(), kLinesTogether, [&](Index begin, Index end) {
    TapsOfLine line_taps(conv, x);
    std::vector<CubeTap> taps;
    for (Index line = begin; line < end; ++line) {
      taps.clear();
      line_taps.visit(line, [&](Index tap, const float* at) {
        taps.push_back({at, of.weights.data() + tap * conv.run()});
      });
      for (Index group = 0; group < conv.groups(); ++group) {
        CubeFinish finish = of.finish;
        finish.bias += group * kChannelGroup;
        simd().cube.sums({conv.bands, conv.in, conv.out, lanes_of(conv, group)}, taps, finish,
                         y + line * conv.bands * conv.out + group * kChannelGroup);
        for (CubeTap& tap : taps) tap.weight += conv.taps() * conv.run();
      }
    }
  });
}

void cube_direct_weights(const CubeConv& conv, const float* x, const float* dy, Tensor& sums) {
  if (conv.bands == 0) return;
  std::vector<Tensor> parts(static_cast<std::size_t>(kCubeParts));
  parallel_for(kCubeParts, [&](Index part) {
    const Index size = conv.bands * conv.out;
    Tensor own(conv.packed_shape()), gradient(Shape{size + kChannelGroup});
    TapsOfLine line_taps(conv, x);
    for (Index line = part * conv.lines() / kCubeParts; line < (part + 1) * conv.lines() / kCubeParts; ++line) {
      std::copy_n(dy + line * size, size, gradient.data());
      line_taps.visit(line, [&](Index tap, const float* at) {
        for (Index group = 0; group < conv.groups(); ++group) {
          simd().cube.weight_sums({conv.bands, conv.in, conv.out, lanes_of(conv, group)}, at,
                                  gradient.data() + group * kChannelGroup,
                                  own.data() + (group * conv.taps() + tap) * conv.run());
        }
      });
    }
    parts[static_cast<std::size_t>(part)] = own;
  });
  for (const Tensor& part : parts) {
    for (Index i = 0; i < sums.size(); ++i) sums[i] += part[i];
  }
}

}  // namespace specfuse
