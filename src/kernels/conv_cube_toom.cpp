#include <algorithm>
#include <vector>

#include "kernels/conv_cube_paths.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/kernels/toom_cook.h"

namespace specfuse {
namespace {

constexpr Index kAcrossPoints = 8, kAlongPoints = 12;
/// Rows of the products at each point of one block, and the most floats at all points (512 KB).
constexpr Index kAcrossRows = 24, kAlongRows = 96, kMostFloats = Index{1} << 17;
/// Between points: a stride of whole pages would put all of them into the same places of the cache.
constexpr Index kSkew = 16;

Index points_of(const CubeConv& conv) { return conv.across ? kAcrossPoints : kAlongPoints; }

/// What lies in a window: inputs, or results and the gradients of these.
enum class Role { signal, result };

/// An axis cut into windows. With dilation each of the grids that lie between each other has windows of its own.
class Axis {
 public:
  Axis() = default;
  Axis(Index length, Index dilation, const ToomPairs& toom) : points_(toom.points) {
    for (Index offset = 0; offset < std::min(dilation, length); ++offset) {
      for (Index start = offset; start < length; start += dilation * toom.results(), ++windows_) {
        for (Index i = 0; i < points_; ++i) {
          const Index at = start + dilation * (i - toom.taps / 2), result = start + dilation * i;
          places_[0].push_back(at >= 0 && at < length ? at : -1);
          places_[1].push_back(result < length ? result : -1);
        }
      }
    }
  }

  Index windows() const { return windows_; }
  /// Where each place of a window lies on the axis, -1 beyond its ends.
  const Index* places(Role role, Index window) const {
    return places_[static_cast<int>(role)].data() + window * points_;
  }

 private:
  Index points_ = 0, windows_ = 0;
  std::vector<Index> places_[2];
};

/// A cube [lines, bands, channels] in memory, and what its places outside point at.
template <class Float>
struct Cube {
  Float* values;
  Index channels;
  Float* outside;
};

/// A convolution cut into windows, and these into blocks.
class Blocks {
 public:
  explicit Blocks(const CubeConv& conv)
      : conv_(conv), toom_(toom_pairs(points_of(conv), conv.kernel)),
        all_points_(conv.across ? toom_.points * toom_.points : toom_.points),
        along_(conv.across ? conv.cols : conv.bands, conv.dilation, toom_) {
    const Index fit = kMostFloats / (all_points_ * (conv.in + conv.out));
    if (conv.across) {
      down_ = Axis(conv.rows, conv.dilation, toom_);
      together_ = std::clamp<Index>(fit, 1, std::min(kAcrossRows, std::max<Index>(1, conv.bands)));
      per_window_ = (conv.bands + together_ - 1) / together_;
      count_ = conv.images * down_.windows() * along_.windows() * per_window_;
    } else {
      together_ = std::max<Index>(1, std::clamp<Index>(fit, 1, kAlongRows) / std::max<Index>(1, along_.windows()));
      count_ = (conv.lines() + together_ - 1) / together_;
    }
  }

  const ToomPairs& toom() const { return toom_; }
  Index points() const { return all_points_; }
  Index count() const { return count_; }
  Index windows() const { return along_.windows() * (conv_.across ? down_.windows() : 1); }

  /// Rows of the products at each point.
  Index rows(Index block) const {
    if (conv_.across) return std::min(together_, conv_.bands - block % per_window_ * together_);
    return std::min(together_, conv_.lines() - block * together_) * along_.windows();
  }

  CubeMap map(Role role, Index stride) const {
    const std::vector<float>& matrix = role == Role::signal ? toom_.signal : toom_.result;
    return {matrix.data(), role == Role::signal ? toom_.points : toom_.results(), conv_.across, stride};
  }

  /// Calls body(window, row, width) for each window: where its places are, its first row, and the floats of a place.
  template <class Float, class Body>
  void visit(Index block, Role role, const Cube<Float>& cube, const Body& body) const {
    Float* window[kAcrossPoints * kAcrossPoints];
    if (conv_.across) {
      fill_square(block, role, cube, window);
      body(window, 0, rows(block) * cube.channels);
      return;
    }
    Index row = 0;
    for (Index line = block * together_; line < std::min((block + 1) * together_, conv_.lines()); ++line) {
      Float* const values = cube.values + line * conv_.bands * cube.channels;
      for (Index w = 0; w < along_.windows(); ++w) {
        const Index* bands = along_.places(role, w);
        for (Index i = 0; i < kAlongPoints; ++i) {
          window[i] = bands[i] < 0 ? cube.outside : values + bands[i] * cube.channels;
        }
        body(window, row++, cube.channels);
      }
    }
  }

 private:
  template <class Float>
  void fill_square(Index block, Role role, const Cube<Float>& cube, Float** window) const {
    const Index number = block / per_window_, band = block % per_window_ * together_;
    const Index* rows = down_.places(role, number / along_.windows() % down_.windows());
    const Index* cols = along_.places(role, number % along_.windows());
    const Index image = number / along_.windows() / down_.windows();
    for (Index i = 0; i < all_points_; ++i) {
      const Index row = rows[i / kAcrossPoints], col = cols[i % kAcrossPoints];
      const Index line = (image * conv_.rows + row) * conv_.cols + col;
      window[i] = row < 0 || col < 0 ? cube.outside : cube.values + (line * conv_.bands + band) * cube.channels;
    }
  }

  const CubeConv& conv_;
  ToomPairs toom_;
  Index all_points_;
  /// Down the rows, and along the columns or the bands.
  Axis along_, down_;
  /// Bands, or lines, of one block; blocks of a window; all blocks.
  Index together_ = 1, per_window_ = 1, count_ = 0;
};

/// Rows of channels at each point, in memory that is not its own.
struct Points {
  float* values;
  Index channels, stride;
  float* at(Index point) const { return values + point * stride; }
  float* row(Index row) const { return values + row * channels; }
};

/// Floats from one point to the next.
Index stride_of(Index rows, Index channels) { return (rows * channels + kSkew - 1) / kSkew * kSkew + kSkew; }

void expand_block(const Blocks& blocks, Index block, Role role, const float* from, const Points& to) {
  thread_local std::vector<float> zeros;
  zeros.resize(std::max(zeros.size(), static_cast<std::size_t>(blocks.rows(block) * to.channels)));
  const CubeMap map = blocks.map(role, to.stride);
  blocks.visit(
      block, role, Cube<const float>{from, to.channels, zeros.data()},
      [&](const float* const* window, Index row, Index width) { simd().cube.expand(map, window, width, to.row(row)); });
}

/// The map of all taps [points, taps]: in two dimensions the product of that of each.
std::vector<float> weight_map(const CubeConv& conv, const ToomPairs& toom) {
  if (!conv.across) return toom.weight;
  std::vector<float> map;
  for (Index i = 0; i < toom.points * toom.points * conv.taps(); ++i) {
    const Index point = i / conv.taps(), tap = i % conv.taps();
    map.push_back(toom.weight[static_cast<std::size_t>(point / toom.points * toom.taps + tap / toom.taps)] *
                  toom.weight[static_cast<std::size_t>(point % toom.points * toom.taps + tap % toom.taps)]);
  }
  return map;
}

/// Weights [groups, taps, run] -> [groups, points, run].
Tensor expand_weights(const CubeConv& conv, const Blocks& blocks, const Tensor& weights) {
  const std::vector<float> map = weight_map(conv, blocks.toom());
  Tensor expanded({conv.groups() * blocks.points(), conv.run()});
  parallel_for(expanded.dim(0), [&](Index i) {
    const Index group = i / blocks.points(), point = i % blocks.points();
    for (Index tap = 0; tap < conv.taps(); ++tap) {
      const float factor = map[static_cast<std::size_t>(point * conv.taps() + tap)];
      const float* from = weights.data() + (group * conv.taps() + tap) * conv.run();
      for (Index k = 0; k < conv.run(); ++k) expanded[i * conv.run() + k] += factor * from[k];
    }
  });
  return expanded;
}

/// Its transpose, added.
void contract_weights(const CubeConv& conv, const Blocks& blocks, const Tensor& expanded, Tensor& weights) {
  const std::vector<float> map = weight_map(conv, blocks.toom());
  parallel_for(conv.groups() * conv.taps(), [&](Index i) {
    const Index group = i / conv.taps(), tap = i % conv.taps();
    for (Index point = 0; point < blocks.points(); ++point) {
      const float factor = map[static_cast<std::size_t>(point * conv.taps() + tap)];
      const float* from = expanded.data() + (group * blocks.points() + point) * conv.run();
      for (Index k = 0; k < conv.run(); ++k) weights[i * conv.run() + k] += factor * from[k];
    }
  });
}

/// The bias of each position of a window behind that of the one before.
std::vector<float> repeated_bias(const CubeConv& conv, const float* bias) {
  std::vector<float> repeated;
  const Index positions = conv.across ? kAcrossRows : 1;
  for (Index i = 0; i < positions * conv.out; ++i) repeated.push_back(bias[i % conv.out]);
  return repeated;
}

}  // namespace

void cube_toom(const CubeConv& conv, const CubeSums& of, const float* x, float* y) {
  const Blocks blocks(conv);
  const Tensor weights = expand_weights(conv, blocks, of.weights);
  const std::vector<float> bias = repeated_bias(conv, of.finish.bias);
  CubeFinish finish = of.finish;
  finish.bias = bias.data();
  parallel_for(blocks.count(), [&](Index block) {
    const Index rows = blocks.rows(block);
    // The products at a point take the place of what is behind them: the inputs at points before.
    const Index in = stride_of(rows, conv.in), out = stride_of(rows, conv.out), points = blocks.points();
    const Index behind = std::max(out, points * out - (points - 1) * in);
    Tensor memory = Tensor::uninitialized({behind + points * in});
    const Points outputs{memory.data(), conv.out, out}, inputs{memory.data() + behind, conv.in, in};
    expand_block(blocks, block, Role::signal, x, inputs);
    for (Index point = 0; point < points; ++point) {
      for (Index group = 0; group < conv.groups(); ++group) {
        const CubeTap tap{inputs.at(point), weights.data() + (group * points + point) * conv.run()};
        simd().cube.sums({rows, conv.in, conv.out, lanes_of(conv, group)}, {&tap, 1}, {},
                         outputs.at(point) + group * kChannelGroup);
      }
    }
    const CubeMap map = blocks.map(Role::result, out);
    blocks.visit(block, Role::result, Cube<float>{y, conv.out, nullptr},
                 [&](float* const* window, Index row, Index width) {
                   simd().cube.contract(map, outputs.row(row), width, finish, window);
                 });
  });
}

void cube_toom_weights(const CubeConv& conv, const float* x, const float* dy, Tensor& sums) {
  const Blocks blocks(conv);
  std::vector<Tensor> parts(static_cast<std::size_t>(kCubeParts));
  parallel_for(kCubeParts, [&](Index part) {
    Tensor own({conv.groups() * blocks.points(), conv.run()});
    for (Index block = part * blocks.count() / kCubeParts; block < (part + 1) * blocks.count() / kCubeParts; ++block) {
      const Index rows = blocks.rows(block);
      const Index in = stride_of(rows, conv.in), out = stride_of(rows, conv.out);
      // Gradients may be read a group beyond their end.
      Tensor memory = Tensor::uninitialized({blocks.points() * (in + out) + kChannelGroup});
      const Points inputs{memory.data(), conv.in, in}, gradients{inputs.at(blocks.points()), conv.out, out};
      expand_block(blocks, block, Role::signal, x, inputs);
      expand_block(blocks, block, Role::result, dy, gradients);
      for (Index group = 0; group < conv.groups(); ++group) {
        for (Index point = 0; point < blocks.points(); ++point) {
          simd().cube.weight_sums({rows, conv.in, conv.out, lanes_of(conv, group)}, inputs.at(point),
                                  gradients.at(point) + group * kChannelGroup,
                                  own.data() + (group * blocks.points() + point) * conv.run());
        }
      }
    }
    parts[static_cast<std::size_t>(part)] = own;
  });
  Tensor& all = parts.front();
  for (std::size_t part = 1; part < parts.size(); ++part) {
    for (Index i = 0; i < all.size(); ++i) all[i] += parts[part][i];
  }
  contract_weights(conv, blocks, all, sums);
}

bool is_toom_cheaper(const CubeConv& conv) {
  const Index points = points_of(conv);
  if (conv.kernel == 1 || conv.kernel >= points) return false;
  const Blocks blocks(conv);
  // Products at each point, and the sums of transforms, which are half as many as their matrices have elements.
  const Index all = blocks.points(), sums = (conv.across ? 2 : 1) * all * (points / 2 + 1);
  const Index pixels = conv.rows * conv.cols,
              runs = conv.across ? conv.bands * blocks.windows() : pixels * blocks.windows();
  return runs * (all * conv.in * conv.out + sums * (conv.in + conv.out)) <
         pixels * conv.bands * conv.taps() * conv.in * conv.out;
}

}  // namespace specfuse
