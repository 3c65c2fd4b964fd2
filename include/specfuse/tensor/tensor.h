#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/core/buffer.h"
#include "specfuse/tensor/shape.h"

namespace specfuse {

/// A contiguous, row-major float32 array. Copies share the elements, as handles do; `clone` copies them.
class Tensor {
 public:
  /// Holds nothing: `defined()` is false.
  Tensor() = default;
  /// All elements zero.
  explicit Tensor(const Shape& shape);
  /// Elements are not set.
  static Tensor uninitialized(const Shape& shape);
  /// Elements in row-major order; throws `Error` unless there are shape.size() of them.
  static Tensor from(const Shape& shape, const std::vector<float>& values);

  bool defined() const { return elements_ != nullptr; }
  const Shape& shape() const { return shape_; }
  Index size() const { return defined() ? shape_.size() : 0; }
  Index dim(int dimension) const { return shape_[dimension]; }
  float* data() { return elements_.get(); }
  const float* data() const { return elements_.get(); }
  float& operator[](Index i) { return elements_[i]; }
  float operator[](Index i) const { return elements_[i]; }

  /// The same elements under another shape of the same size; throws `Error` otherwise.
  Tensor reshape(const Shape& shape) const;
  Tensor clone() const;
  /// A clone in `copy_on_disk` of a folder.
  Tensor on_disk(const std::string& folder) const;

 private:
  std::shared_ptr<float[]> elements_;
  Shape shape_;
};

}  // namespace specfuse
