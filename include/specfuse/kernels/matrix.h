#pragma once

#include <vector>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// A row-major matrix of doubles, for the linear algebra of the classic methods. Products go through BLAS and
/// decompositions through LAPACK, on the calling thread. All functions throw `Error` where sizes do not fit or LAPACK
/// gives up.
struct Matrix {
  Index rows = 0, cols = 0;
  std::vector<double> values;

  Matrix() = default;
  /// All elements zero.
  Matrix(Index row_count, Index col_count)
      : rows(row_count), cols(col_count), values(static_cast<std::size_t>(row_count * col_count)) {}
  double& operator()(Index row, Index col) { return values[static_cast<std::size_t>(row * cols + col)]; }
  double operator()(Index row, Index col) const { return values[static_cast<std::size_t>(row * cols + col)]; }
  double* row(Index index) { return values.data() + index * cols; }
  const double* row(Index index) const { return values.data() + index * cols; }
};

/// Between a tensor [rows, cols] and a matrix; the tensor keeps float precision.
Matrix to_matrix(const Tensor& tensor);
Tensor to_tensor(const Matrix& matrix);

/// 1 on the diagonal, else 0: [size, size].
Matrix identity(Index size);
Matrix transpose(const Matrix& a);
/// a less the mean of each of its columns; `means` [cols] are given.
Matrix centred(Matrix a, const std::vector<double>& means);
/// a b
Matrix product(const Matrix& a, const Matrix& b);
/// a' b, without forming a'
Matrix product_tn(const Matrix& a, const Matrix& b);
/// a b', without forming b'
Matrix product_nt(const Matrix& a, const Matrix& b);

/// X of least Frobenius norm that minimises |a X - b|: a [m, n], b [m, k] -> [n, k] (dgelsd). Directions of a with
/// singular values below 1e-12 of the largest are left out.
Matrix least_squares(const Matrix& a, const Matrix& b);

/// The factors of a symmetric a [n, n], of which the lower triangle is read, for any number of solutions (dpotrf,
/// dpotrs).
class Cholesky {
 public:
  explicit Cholesky(const Matrix& a);
  bool is_positive_definite() const { return positive_; }
  /// X of a X = b: b [n, k]. Throws `Error` where a is not positive definite.
  Matrix solve(const Matrix& b) const;

 private:
  Index size_ = 0;
  std::vector<double> factor_;
  bool positive_ = false;
};

/// X of a X = b for a symmetric positive definite a [n, n]: b [n, k].
Matrix solve_positive(const Matrix& a, const Matrix& b);

/// Eigenvalues in decreasing order, and their unit eigenvectors as columns [n, n], of a symmetric a [n, n] of which the
/// lower triangle is read (dsyev). Each vector's largest component is positive.
struct Eigen {
  std::vector<double> values;
  Matrix vectors;
};
Eigen eigen_symmetric(const Matrix& a);

/// The eigenvectors of the `count` largest eigenvalues of a symmetric a, as columns [n, count].
Matrix leading_eigenvectors(const Matrix& a, Index count);

}  // namespace specfuse
