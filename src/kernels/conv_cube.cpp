#include "specfuse/kernels/conv_cube.h"

#include <algorithm>
#include <utility>

#include "kernels/conv_cube_paths.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Positions whose gradients are masked in one task.
constexpr Index kPositionsTogether = 1 << 10;

CubeConv cube_conv(const Tensor& x, const Tensor& weight, Index dilation) {
  const Shape &s = x.shape(), &w = weight.shape();
  const bool across = w.rank() == 4;
  SPECFUSE_CHECK(
      s.rank() == 5 && (across || w.rank() == 3) && w[1] == s[4] && w[2] % 2 == 1 && w[-1] == w[2],
      "conv_cube: expected x [N, rows, cols, bands, C] and weight [O, C, K] or [O, C, K, K] with odd K, got ", s.text(),
      " and ", w.text());
  SPECFUSE_CHECK(dilation >= 1, "conv_cube: expected a dilation of at least 1, got ", dilation);
  return {s[0], s[1], s[2], s[3], s[4], w[0], w[2], dilation, across};
}

/// Calls body with the place of each weight in [O, C, taps], and in the packed weights of this convolution, or of its
/// transpose, whose taps lie in the opposite direction.
template <class Body>
void for_weights(const CubeConv& conv, bool transposed, const Body& body) {
  const CubeConv packed = transposed ? conv.transposed() : conv;
  const Index taps = conv.taps();
  parallel_for(conv.out, [&](Index o) {
    for (Index c = 0; c < conv.in; ++c) {
      const Index lane = transposed ? c : o, other = transposed ? o : c;
      const Index group = lane / kChannelGroup, place = other * kChannelGroup + lane % kChannelGroup;
      for (Index tap = 0; tap < taps; ++tap) {
        body((o * conv.in + c) * taps + tap,
             (group * taps + (transposed ? taps - 1 - tap : tap)) * packed.run() + place);
      }
    }
  });
}

Tensor pack(const CubeConv& conv, bool transposed, const Tensor& weight) {
  Tensor packed((transposed ? conv.transposed() : conv).packed_shape());
  for_weights(conv, transposed, [&](Index from, Index to) { packed[to] = weight[from]; });
  return packed;
}

/// A bias for whole groups; zero where there is none.
Tensor pad_bias(const CubeConv& conv, const Tensor& bias) {
  Tensor padded(Shape{conv.groups() * kChannelGroup});
  if (bias.defined()) std::copy_n(bias.data(), conv.out, padded.data());
  return padded;
}

/// dy, zero where ReLU was off, with the gradient of the bias on the way.
Tensor mask_gradient(const ConvBackward& at, Tensor* dbias) {
  const Index channels = at.dy.dim(4), positions = at.dy.size() / std::max<Index>(1, channels);
  Tensor masked = at.relu ? Tensor::uninitialized(at.dy.shape()) : at.dy;
  std::vector<double> sums(
      static_cast<std::size_t>((positions + kPositionsTogether - 1) / kPositionsTogether * channels));
  parallel_ranges(positions, kPositionsTogether, [&](Index begin, Index end) {
    float* const to = masked.data();
    const float *from = at.dy.data(), *result = at.y.data();
    for (Index i = begin * channels; at.relu && i < end * channels; ++i) to[i] = relu_gradient(from[i], result[i]);
    double* const own = sums.data() + begin / kPositionsTogether * channels;
    for (Index p = begin; dbias != nullptr && p < end; ++p) {
      for (Index o = 0; o < channels; ++o) own[o] += to[p * channels + o];
    }
  });
  for (Index o = 0; dbias != nullptr && o < channels; ++o) {
    double total = 0;
    for (std::size_t i = static_cast<std::size_t>(o); i < sums.size(); i += static_cast<std::size_t>(channels)) {
      total += sums[i];
    }
    (*dbias)[o] += static_cast<float>(total);
  }
  return masked;
}

}  // namespace

CubeConv CubeConv::transposed() const {
  CubeConv result = *this;
  std::swap(result.in, result.out);
  return result;
}

Index lanes_of(const CubeConv& conv, Index group) { return std::min(kChannelGroup, conv.out - group * kChannelGroup); }

Tensor conv_cube_forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const CubeConvOptions& options) {
  const CubeConv conv = cube_conv(x, weight, options.dilation);
  SPECFUSE_CHECK(bias.shape() == Shape{conv.out}, "conv_cube: expected a bias of shape [", conv.out, "], got ",
                 bias.shape().text());
  Tensor y = Tensor::uninitialized({conv.images, conv.rows, conv.cols, conv.bands, conv.out});
  const Tensor packed = pack(conv, false, weight), padded = pad_bias(conv, bias);
  (is_toom_cheaper(conv) ? cube_toom : cube_direct)(conv, {packed, {padded.data(), options.relu}}, x.data(), y.data());
  return y;
}

void conv_cube_backward(const ConvBackward& at, Index dilation, const ConvGradients& gradients) {
  const CubeConv conv = cube_conv(at.x, at.weight, dilation);
  SPECFUSE_CHECK(
      at.dy.shape() == at.y.shape() && at.y.shape() == Shape({conv.images, conv.rows, conv.cols, conv.bands, conv.out}),
      "conv_cube: expected a gradient of shape ", at.y.shape().text(), ", got ", at.dy.shape().text());
  const Tensor dy = mask_gradient(at, gradients.bias);
  if (gradients.x != nullptr) {
    const CubeConv back = conv.transposed();
    const Tensor packed = pack(conv, true, at.weight), none = pad_bias(back, {});
    (is_toom_cheaper(back) ? cube_toom : cube_direct)(back, {packed, {none.data(), false, true}}, dy.data(),
                                                      gradients.x->data());
  }
  if (gradients.weight != nullptr) {
    Tensor sums(conv.packed_shape());
    (is_toom_cheaper(conv) ? cube_toom_weights : cube_direct_weights)(conv, at.x.data(), dy.data(), sums);
    for_weights(conv, false, [&](Index to, Index from) { (*gradients.weight)[to] += sums[from]; });
  }
}

}  // namespace specfuse
