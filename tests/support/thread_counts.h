#pragma once

#include <algorithm>

#include "specfuse/core/threads.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse::testing {

inline bool same_bits(const Tensor& x, const Tensor& y) {
  return x.shape() == y.shape() && std::equal(x.data(), x.data() + x.size(), y.data());
}

/// Whether make() is the same, as `same` says of two results, with one, two, three and five threads.
template <class Make, class Same>
bool same_for_any_threads(const Make& make, const Same& same) {
  const int before = threads();
  set_threads(1);
  const auto alone = make();
  bool all = true;
  for (const int count : {2, 3, 5}) {
    set_threads(count);
    all = all && same(alone, make());
  }
  set_threads(before);
  return all;
}

}  // namespace specfuse::testing
