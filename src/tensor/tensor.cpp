#include "specfuse/tensor/tensor.h"

#include <algorithm>

#include "specfuse/core/disk_memory.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

/// Floats that are cleared or copied in one task: 1 MB.
constexpr Index kFloatsTogether = 1 << 18;

}  // namespace

Tensor::Tensor(const Shape& shape) : Tensor(uninitialized(shape)) {
  float* const values = data();
  parallel_ranges(size(), kFloatsTogether,
                  [=](Index begin, Index end) { std::fill(values + begin, values + end, 0.0f); });
}

Tensor Tensor::uninitialized(const Shape& shape) {
  Tensor tensor;
  tensor.elements_ = allocate_floats(shape.size());
  tensor.shape_ = shape;
  return tensor;
}

Tensor Tensor::from(const Shape& shape, const std::vector<float>& values) {
  SPECFUSE_CHECK(static_cast<Index>(values.size()) == shape.size(), "Tensor::from: expected ", shape.size(),
                 " values for shape ", shape.text(), ", got ", values.size());
  Tensor tensor = uninitialized(shape);
  std::copy(values.begin(), values.end(), tensor.data());
  return tensor;
}

Tensor Tensor::reshape(const Shape& shape) const {
  SPECFUSE_CHECK(shape.size() == size(), "Tensor::reshape: expected a shape of ", size(), " elements, got ",
                 shape.text());
  Tensor tensor = *this;
  tensor.shape_ = shape;
  return tensor;
}

Tensor Tensor::clone() const {
  if (!defined()) return {};
  Tensor copy = uninitialized(shape_);
  parallel_ranges(size(), kFloatsTogether, [from = data(), to = copy.data()](Index begin, Index end) {
    std::copy(from + begin, from + end, to + begin);
  });
  return copy;
}

Tensor Tensor::on_disk(const std::string& folder) const {
  if (!defined()) return {};
  Tensor copy = *this;
  copy.elements_ =
      std::static_pointer_cast<float[]>(copy_on_disk(data(), static_cast<std::size_t>(size()) * sizeof(float), folder));
  return copy;
}

}  // namespace specfuse
