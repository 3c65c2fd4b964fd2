#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// Extents of a tensor, slowest first; at most five dimensions.
class Shape {
 public:
  static constexpr int kMaxRank = 5;

  Shape() = default;
  /// Throws `Error` on a negative extent, on more than `kMaxRank` of them, or if their product overflows.
  Shape(std::initializer_list<Index> extents) : Shape(std::span(extents.begin(), extents.size())) {}
  explicit Shape(std::span<const Index> extents);

  int rank() const { return rank_; }
  /// Extent of a dimension; a negative one counts from the end. Throws `Error` outside the rank.
  Index operator[](int dimension) const;
  /// Number of elements: the product of the extents, 1 for rank 0.
  Index size() const { return size_; }
  bool operator==(const Shape&) const = default;

  /// "[20, 1, 45]".
  std::string text() const;

 private:
  std::array<Index, kMaxRank> extents_{};
  int rank_ = 0;
  Index size_ = 1;
};

}  // namespace specfuse
