#pragma once

#include <algorithm>
#include <string_view>

#include "specfuse/core/rng.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse::testing {

/// Normal numbers; the same for the same purpose.
inline Tensor random_tensor(const Shape& shape, std::string_view purpose) {
  Rng rng(1, stream_of(purpose));
  Tensor tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor[i] = rng.normal();
  return tensor;
}

inline bool equal(const Tensor& x, const Tensor& y) {
  return x.shape() == y.shape() && std::equal(x.data(), x.data() + x.size(), y.data());
}

/// Largest difference, relative to the largest value of `expected`.
inline double relative_gap(const Tensor& got, const Tensor& expected) {
  if (got.shape() != expected.shape()) return 1e300;
  double gap = 0, largest = 1e-30;
  for (Index i = 0; i < got.size(); ++i) {
    const double difference = double{got[i]} - expected[i];
    gap = difference == difference ? (difference > gap ? difference : (-difference > gap ? -difference : gap)) : 1e300;
    const double size = expected[i] < 0 ? -double{expected[i]} : double{expected[i]};
    largest = size > largest ? size : largest;
  }
  return gap / largest;
}

}  // namespace specfuse::testing
