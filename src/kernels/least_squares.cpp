#include "specfuse/kernels/least_squares.h"

#include <algorithm>

#include "specfuse/core/error.h"

extern "C" void dgelsd_(const int* m, const int* n, const int* nrhs, double* a, const int* lda, double* b,
                        const int* ldb, double* s, const double* rcond, int* rank, double* work, const int* lwork,
                        int* iwork, int* info);

namespace specfuse {
namespace {

/// LAPACK wants columns one after the other; `rows` may be larger than the matrix.
std::vector<double> by_columns(const Matrix& matrix, Index rows) {
  std::vector<double> columns(static_cast<std::size_t>(rows * matrix.cols));
  for (Index row = 0; row < matrix.rows; ++row) {
    for (Index col = 0; col < matrix.cols; ++col)
      columns[static_cast<std::size_t>(col * rows + row)] = matrix(row, col);
  }
  return columns;
}

}  // namespace

Matrix least_squares(const Matrix& a, const Matrix& b) {
  SPECFUSE_CHECK(a.rows == b.rows && a.rows >= 1 && a.cols >= 1 && b.cols >= 1,
                 "least_squares: expected [m, n] and "
                 "[m, k], got ",
                 a.rows, " x ", a.cols, " and ", b.rows, " x ", b.cols);
  const Index longest = std::max(a.rows, a.cols);
  const int m = static_cast<int>(a.rows), n = static_cast<int>(a.cols), k = static_cast<int>(b.cols);
  const int lda = m, ldb = static_cast<int>(longest);
  std::vector<double> left = by_columns(a, a.rows), right = by_columns(b, longest);
  std::vector<double> singular(static_cast<std::size_t>(std::min(m, n)));
  const double smallest = 1e-12;
  int rank = 0, info = 0;

  double work_size = 0;
  int integer_size = 0;
  const int query = -1;
  dgelsd_(&m, &n, &k, left.data(), &lda, right.data(), &ldb, singular.data(), &smallest, &rank, &work_size, &query,
          &integer_size, &info);
  SPECFUSE_CHECK(info == 0, "least_squares: LAPACK dgelsd refused the sizes (info ", info, ")");
  const int work_count = static_cast<int>(work_size);
  std::vector<double> work(static_cast<std::size_t>(work_count));
  std::vector<int> integers(static_cast<std::size_t>(integer_size));
  dgelsd_(&m, &n, &k, left.data(), &lda, right.data(), &ldb, singular.data(), &smallest, &rank, work.data(),
          &work_count, integers.data(), &info);
  SPECFUSE_CHECK(info == 0, "least_squares: LAPACK dgelsd did not converge (info ", info, ")");

  Matrix x(a.cols, b.cols);
  for (Index row = 0; row < x.rows; ++row) {
    for (Index col = 0; col < x.cols; ++col) x(row, col) = right[static_cast<std::size_t>(col * longest + row)];
  }
  return x;
}

}  // namespace specfuse
