#include "specfuse/kernels/matrix.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"

extern "C" {
void dgelsd_(const int* m, const int* n, const int* nrhs, double* a, const int* lda, double* b, const int* ldb,
             double* s, const double* rcond, int* rank, double* work, const int* lwork, int* iwork, int* info);
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dpotrs_(const char* uplo, const int* n, const int* nrhs, const double* a, const int* lda, double* b,
             const int* ldb, int* info);
void dsyev_(const char* jobz, const char* uplo, const int* n, double* a, const int* lda, double* w, double* work,
            const int* lwork, int* info);
}

namespace specfuse {
namespace {

int to_lapack(Index value) {
  SPECFUSE_CHECK(value <= std::numeric_limits<int>::max(), "matrix: size ", value, " is beyond what BLAS takes");
  return static_cast<int>(value);
}

/// Columns one after the other, as LAPACK wants them, with room for `height` rows.
std::vector<double> by_columns(const Matrix& matrix, Index height) {
  std::vector<double> columns(static_cast<std::size_t>(height * matrix.cols));
  for (Index row = 0; row < matrix.rows; ++row) {
    for (Index col = 0; col < matrix.cols; ++col) {
      columns[static_cast<std::size_t>(col * height + row)] = matrix(row, col);
    }
  }
  return columns;
}

/// The first `rows` of every column of `height` rows.
Matrix from_columns(const std::vector<double>& columns, Index height, Index rows, Index cols) {
  Matrix matrix(rows, cols);
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) matrix(row, col) = columns[static_cast<std::size_t>(col * height + row)];
  }
  return matrix;
}

Matrix multiply(const Matrix& a, bool transpose_a, const Matrix& b, bool transpose_b) {
  const Index rows = transpose_a ? a.cols : a.rows, inner = transpose_a ? a.rows : a.cols;
  const Index cols = transpose_b ? b.rows : b.cols;
  SPECFUSE_CHECK(inner == (transpose_b ? b.cols : b.rows), "product: sizes do not fit: ", a.rows, " x ", a.cols,
                 transpose_a ? " transposed" : "", " and ", b.rows, " x ", b.cols, transpose_b ? " transposed" : "");
  Matrix c(rows, cols);
  if (c.values.empty() || inner == 0) return c;
  cblas_dgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
              to_lapack(rows), to_lapack(cols), to_lapack(inner), 1.0, a.values.data(), to_lapack(a.cols),
              b.values.data(), to_lapack(b.cols), 0.0, c.values.data(), to_lapack(cols));
  return c;
}

}  // namespace

Matrix to_matrix(const Tensor& tensor) {
  SPECFUSE_CHECK(tensor.shape().rank() == 2, "to_matrix: expected two dimensions, got ", tensor.shape().text());
  Matrix matrix(tensor.dim(0), tensor.dim(1));
  std::copy(tensor.data(), tensor.data() + tensor.size(), matrix.values.begin());
  return matrix;
}

Tensor to_tensor(const Matrix& matrix) {
  Tensor tensor = Tensor::uninitialized({matrix.rows, matrix.cols});
  std::transform(matrix.values.begin(), matrix.values.end(), tensor.data(),
                 [](double x) { return static_cast<float>(x); });
  return tensor;
}

Matrix identity(Index size) {
  Matrix result(size, size);
  for (Index i = 0; i < size; ++i) result(i, i) = 1;
  return result;
}

Matrix transpose(const Matrix& a) {
  Matrix result(a.cols, a.rows);
  for (Index row = 0; row < a.rows; ++row) {
    for (Index col = 0; col < a.cols; ++col) result(col, row) = a(row, col);
  }
  return result;
}

Matrix centred(Matrix a, const std::vector<double>& means) {
  SPECFUSE_CHECK(static_cast<Index>(means.size()) == a.cols, "centred: expected ", a.cols, " means, got ",
                 means.size());
  for (Index row = 0; row < a.rows; ++row) {
    for (Index col = 0; col < a.cols; ++col) a(row, col) -= means[static_cast<std::size_t>(col)];
  }
  return a;
}

Matrix product(const Matrix& a, const Matrix& b) { return multiply(a, false, b, false); }
Matrix product_tn(const Matrix& a, const Matrix& b) { return multiply(a, true, b, false); }
Matrix product_nt(const Matrix& a, const Matrix& b) { return multiply(a, false, b, true); }

Matrix least_squares(const Matrix& a, const Matrix& b) {
  SPECFUSE_CHECK(a.rows == b.rows && a.rows >= 1 && a.cols >= 1 && b.cols >= 1,
                 "least_squares: expected [m, n] and [m, k], got ", a.rows, " x ", a.cols, " and ", b.rows, " x ",
                 b.cols);
  const Index height = std::max(a.rows, a.cols);
  const int m = to_lapack(a.rows), n = to_lapack(a.cols), k = to_lapack(b.cols), ldb = to_lapack(height);
  std::vector<double> left = by_columns(a, a.rows), right = by_columns(b, height);
  std::vector<double> singular(static_cast<std::size_t>(std::min(m, n)));
  const double smallest = 1e-12;
  int rank = 0, info = 0;
  const auto run = [&](std::vector<double>& work, int size, std::vector<int>& integers) {
    dgelsd_(&m, &n, &k, left.data(), &m, right.data(), &ldb, singular.data(), &smallest, &rank, work.data(), &size,
            integers.data(), &info);
    SPECFUSE_CHECK(info == 0, "least_squares: LAPACK dgelsd failed with info ", info);
  };
  // A first call with size -1 asks how much memory to bring.
  std::vector<double> work(1);
  std::vector<int> integers(1);
  run(work, -1, integers);
  work.resize(static_cast<std::size_t>(work[0]));
  integers.resize(static_cast<std::size_t>(integers[0]));
  run(work, static_cast<int>(work.size()), integers);
  return from_columns(right, height, a.cols, b.cols);
}

Cholesky::Cholesky(const Matrix& a) : size_(a.rows), factor_(by_columns(a, a.rows)) {
  SPECFUSE_CHECK(a.rows == a.cols && a.rows >= 1, "Cholesky: expected [n, n], got ", a.rows, " x ", a.cols);
  const int n = to_lapack(size_);
  int info = 0;
  dpotrf_("L", &n, factor_.data(), &n, &info);
  positive_ = info == 0;
}

Matrix Cholesky::solve(const Matrix& b) const {
  SPECFUSE_CHECK(positive_, "Cholesky: the matrix is not positive definite");
  SPECFUSE_CHECK(b.rows == size_ && b.cols >= 1, "Cholesky: expected a right-hand side of ", size_, " rows, got ",
                 b.rows, " x ", b.cols);
  const int n = to_lapack(size_), k = to_lapack(b.cols);
  std::vector<double> right = by_columns(b, size_);
  int info = 0;
  dpotrs_("L", &n, &k, factor_.data(), &n, right.data(), &n, &info);
  return from_columns(right, size_, size_, b.cols);
}

Matrix solve_positive(const Matrix& a, const Matrix& b) { return Cholesky(a).solve(b); }

Eigen eigen_symmetric(const Matrix& a) {
  SPECFUSE_CHECK(a.rows == a.cols && a.rows >= 1, "eigen_symmetric: expected [n, n], got ", a.rows, " x ", a.cols);
  const int n = to_lapack(a.rows), size = std::max(1, 34 * n);
  std::vector<double> vectors = by_columns(a, a.rows), increasing(static_cast<std::size_t>(n));
  std::vector<double> work(static_cast<std::size_t>(size));
  int info = 0;
  dsyev_("V", "L", &n, vectors.data(), &n, increasing.data(), work.data(), &size, &info);
  SPECFUSE_CHECK(info == 0, "eigen_symmetric: LAPACK dsyev failed with info ", info);

  Eigen eigen{{increasing.rbegin(), increasing.rend()}, Matrix(a.rows, a.rows)};
  for (Index col = 0; col < a.rows; ++col) {
    const double* vector = vectors.data() + (a.rows - 1 - col) * a.rows;
    const double* largest =
        std::max_element(vector, vector + a.rows, [](double x, double y) { return std::abs(x) < std::abs(y); });
    const double sign = *largest < 0 ? -1.0 : 1.0;
    for (Index row = 0; row < a.rows; ++row) eigen.vectors(row, col) = sign * vector[row];
  }
  return eigen;
}

Matrix leading_eigenvectors(const Matrix& a, Index count) {
  SPECFUSE_CHECK(count >= 0 && count <= a.rows, "leading_eigenvectors: expected at most ", a.rows, ", got ", count);
  const Eigen eigen = eigen_symmetric(a);
  Matrix result(a.rows, count);
  for (Index row = 0; row < a.rows; ++row) std::copy_n(eigen.vectors.row(row), count, result.row(row));
  return result;
}

}  // namespace specfuse
