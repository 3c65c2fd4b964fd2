#include "specfuse/tensor/shape.h"

#include "specfuse/core/error.h"

namespace specfuse {

Shape::Shape(std::span<const Index> extents) {
  SPECFUSE_CHECK(extents.size() <= kMaxRank, "Shape: expected at most ", kMaxRank, " dimensions, got ", extents.size());
  for (const Index extent : extents) {
    SPECFUSE_CHECK(extent >= 0, "Shape: expected extents of at least 0, got ", extent);
    SPECFUSE_CHECK(!__builtin_mul_overflow(size_, extent, &size_), "Shape: the number of elements overflows");
    extents_[static_cast<std::size_t>(rank_++)] = extent;
  }
}

Index Shape::operator[](int dimension) const {
  const int index = dimension < 0 ? dimension + rank_ : dimension;
  SPECFUSE_CHECK(index >= 0 && index < rank_, "Shape: no dimension ", dimension, " in ", text());
  return extents_[static_cast<std::size_t>(index)];
}

std::string Shape::text() const {
  return concat("[", joined(std::span(extents_).first(static_cast<std::size_t>(rank_))), "]");
}

}  // namespace specfuse
