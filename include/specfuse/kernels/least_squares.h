#pragma once

#include <vector>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// A row-major matrix of doubles, for the small systems that need them.
struct Matrix {
  Index rows = 0, cols = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(Index row_count, Index col_count)
      : rows(row_count), cols(col_count), values(static_cast<std::size_t>(row_count * col_count)) {}
  double& operator()(Index row, Index col) { return values[static_cast<std::size_t>(row * cols + col)]; }
  double operator()(Index row, Index col) const { return values[static_cast<std::size_t>(row * cols + col)]; }
};

/// X of least Frobenius norm that minimises |a X - b|: a [m, n], b [m, k] -> [n, k] (LAPACK dgelsd). Directions of a
/// with singular values below 1e-12 of the largest are left out. Throws `Error` where sizes differ or LAPACK fails.
Matrix least_squares(const Matrix& a, const Matrix& b);

}  // namespace specfuse
