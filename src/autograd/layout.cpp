#include "specfuse/autograd/layout.h"

#include <algorithm>
#include <array>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/conv_n16.h"
#include "specfuse/kernels/conv_nhwc.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Elements that are moved in one task.
constexpr Index kElementsTogether = 1 << 15;

Tensor to_plain(const Stored& from) {
  switch (from.layout) {
    case Layout::n16:
      return from_n16(from.elements, from.shape[0]);
    case Layout::nhwc:
      return from_nhwc(from.elements);
    case Layout::plain:
      break;
  }
  return from.elements;
}

/// How a value lies in memory: four extents, slowest first, and which of them are its channels, height and width.
struct Box {
  std::array<Index, 4> extents;
  std::size_t channels, height, width;
};

Box box_of(const Shape& s, Layout layout) {
  switch (layout) {
    case Layout::n16:
      return {{(s[0] + kBlockSamples - 1) / kBlockSamples, s[1], s[2], kBlockSamples}, 1, 3, 2};
    case Layout::nhwc:
      return {{s[0], s[2], s[3], s[1]}, 3, 1, 2};
    case Layout::plain:
      break;
  }
  if (s.rank() == 5) return {{s[0] * s[1] * s[2], 1, s[3], s[4]}, 3, 1, 2};  // a cube of maps
  if (s.rank() == 4) return {{s[0], s[1], s[2], s[3]}, 1, 2, 3};
  if (s.rank() == 3) return {{s[0], s[1], 1, s[2]}, 1, 2, 3};
  return {{s[0], 1, 1, s[1]}, 3, 1, 2};  // rows of features
}

/// Part of a box in memory, from `offset` on.
struct Part {
  float* elements;
  const std::array<Index, 4>& extents;
  std::array<Index, 4> offset;

  float* row(Index i, Index j, Index k) const {
    const Index before = ((i + offset[0]) * extents[1] + j + offset[1]) * extents[2] + k + offset[2];
    return elements + before * extents[3] + offset[3];
  }
};

/// Sets, or adds to, a part of this size from another.
void move_part(const Part& from, const Part& to, const std::array<Index, 4>& size, bool add) {
  const Index grain = std::max<Index>(1, kElementsTogether / std::max<Index>(1, size[1] * size[2] * size[3]));
  parallel_ranges(size[0], grain, [&](Index begin, Index end) {
    for (Index row = begin * size[1] * size[2]; row < end * size[1] * size[2]; ++row) {
      const Index i = row / size[2] / size[1], j = row / size[2] % size[1], k = row % size[2];
      const float* source = from.row(i, j, k);
      float* target = to.row(i, j, k);
      for (Index l = 0; l < size[3]; ++l) target[l] = add ? target[l] + source[l] : source[l];
    }
  });
}

float* mutable_data(const Tensor& tensor) { return Tensor(tensor).data(); }

Tensor empty_like(const Box& box, const Shape& shape, Layout layout) {
  if (layout == Layout::plain) return Tensor::uninitialized(shape);
  return Tensor::uninitialized({box.extents[0], box.extents[1], box.extents[2], box.extents[3]});
}

/// What is done to the frame of an image: it is widened by zeros, or cut.
struct Reframing {
  const char* operation;
  bool cuts = false;
};

/// x in a frame of another shape; `corner` is where the smaller of the two begins in the larger.
Variable reframed(const Variable& x, const Shape& shape, const Extent& corner, const Reframing& how) {
  const Box own = box_of(x.shape(), x.layout()), other = box_of(shape, x.layout());
  std::array<Index, 4> offset{};
  offset[own.height] = corner.h;
  offset[own.width] = corner.w;
  const std::array<Index, 4> in_own = how.cuts ? offset : std::array<Index, 4>{};
  const std::array<Index, 4> in_other = how.cuts ? std::array<Index, 4>{} : offset;
  const std::array<Index, 4> size = how.cuts ? other.extents : own.extents;
  Tensor result = empty_like(other, shape, x.layout());
  if (!how.cuts) fill(result, 0.0f);
  move_part({mutable_data(x.value()), own.extents, in_own}, {result.data(), other.extents, in_other}, size, false);
  const auto backward = [=](const Tensor& grad) {
    move_part({mutable_data(grad), other.extents, in_other}, {x.grad_to_add().data(), own.extents, in_own}, size, true);
  };
  return {Stored(result, shape, x.layout()), {x}, backward, how.operation};
}

}  // namespace

Tensor convert_layout(const Stored& from, Layout to) {
  if (to == from.layout) return from.elements;
  const Tensor plain = to_plain(from);
  if (to == Layout::plain) return plain;
  return to == Layout::n16 ? to_n16(plain) : to_nhwc(plain);
}

Variable in_layout(const Variable& x, Layout layout) {
  if (x.layout() == layout) return x;
  const ProfileSpan span(__func__);
  const Tensor elements = convert_layout({x.value(), x.shape(), x.layout()}, layout);
  return {Stored(elements, x.shape(), layout), {x}, [x, layout](const Tensor& grad) {
            add_scaled(x.grad_to_add(), convert_layout({grad, x.shape(), layout}, x.layout()));
          }};
}

Variable reshape(const Variable& given, const Shape& shape) {
  const ProfileSpan span(__func__);
  const Variable x = in_layout(given, Layout::plain);
  return {
      x.value().reshape(shape), {x}, [x](const Tensor& grad) { add_scaled(x.grad_to_add(), grad.reshape(x.shape())); }};
}

Variable concat_channels(const Variable& x, const Variable& given) {
  const ProfileSpan span(__func__);
  const Shape &a = x.shape(), &b = given.shape();
  const int channels = a.rank() == 5 ? 4 : 1;
  bool fits = a.rank() == b.rank() && a.rank() >= 2;
  for (int i = 0; fits && i < a.rank(); ++i) fits = i == channels || a[i] == b[i];
  SPECFUSE_CHECK(fits, "concat_channels: expected shapes that differ in their channels alone, got ", a.text(), " and ",
                 b.text());
  const Variable y = in_layout(given, x.layout());
  const Layout layout = x.layout();
  const Index width = a[channels] + b[channels];
  const Shape shape = a.rank() == 2   ? Shape{a[0], width}
                      : a.rank() == 3 ? Shape{a[0], width, a[2]}
                      : a.rank() == 4 ? Shape{a[0], width, a[2], a[3]}
                                      : Shape{a[0], a[1], a[2], a[3], width};
  const Box whole = box_of(shape, layout), left = box_of(a, layout), right = box_of(b, layout);
  std::array<Index, 4> behind{};
  behind[whole.channels] = a[channels];
  Tensor result = empty_like(whole, shape, layout);
  move_part({mutable_data(x.value()), left.extents, {}}, {result.data(), whole.extents, {}}, left.extents, false);
  move_part({mutable_data(y.value()), right.extents, {}}, {result.data(), whole.extents, behind}, right.extents, false);
  return {Stored(result, shape, layout), {x, y}, [=](const Tensor& grad) {
            const auto add_part = [&](const Variable& to, const Box& box, const std::array<Index, 4>& offset) {
              if (!to.requires_grad()) return;
              move_part({mutable_data(grad), whole.extents, offset}, {to.grad_to_add().data(), box.extents, {}},
                        box.extents, true);
            };
            add_part(x, left, {});
            add_part(y, right, behind);
          }};
}

Variable pad(const Variable& x, const Extent& margin) {
  const ProfileSpan span(__func__);
  const Shape& s = x.shape();
  const bool image = s.rank() == 4;
  SPECFUSE_CHECK((image || (s.rank() == 3 && margin.h == 0)) && margin.h >= 0 && margin.w >= 0,
                 "pad: expected [N, C, L] or [N, C, H, W] and no negative margin, got ", s.text(), " and ", margin.h,
                 " x ", margin.w);
  if (margin.h == 0 && margin.w == 0) return x;
  const Shape shape =
      image ? Shape{s[0], s[1], s[2] + 2 * margin.h, s[3] + 2 * margin.w} : Shape{s[0], s[1], s[2] + 2 * margin.w};
  return reframed(x, shape, margin, {"pad"});
}

Variable crop_centre(const Variable& x, const Extent& size) {
  const ProfileSpan span(__func__);
  const Shape& s = x.shape();
  SPECFUSE_CHECK(s.rank() == 3 || s.rank() == 4, "crop_centre: expected [N, C, L] or [N, C, H, W], got ", s.text());
  const bool image = s.rank() == 4;
  const Index surplus_h = image ? s[2] - size.h : 0, surplus_w = s[-1] - size.w;
  SPECFUSE_CHECK(surplus_h >= 0 && surplus_w >= 0 && surplus_h % 2 == 0 && surplus_w % 2 == 0 && size.w >= 1,
                 "crop_centre: expected to cut the same off both sides, got ", size.h, " x ", size.w, " of ", s.text());
  if (surplus_h == 0 && surplus_w == 0) return x;
  const Shape shape = image ? Shape{s[0], s[1], size.h, size.w} : Shape{s[0], s[1], size.w};
  return reframed(x, shape, {surplus_h / 2, surplus_w / 2}, {"crop_centre", true});
}

}  // namespace specfuse
