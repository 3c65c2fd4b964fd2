#pragma once

#include <functional>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// A row-major matrix in memory that is not its own: `rows` x `cols`, `stride` floats from row to row.
template <class Float>
struct MatrixView {
  Float* data;
  Index rows, cols, stride;

  MatrixView(Float* elements, Index row_count, Index col_count)
      : MatrixView(elements, row_count, col_count, col_count) {}
  MatrixView(Float* elements, Index row_count, Index col_count, Index row_stride)
      : data(elements), rows(row_count), cols(col_count), stride(row_stride) {}
};

/// A factor of a product: a matrix, or its transpose.
struct Factor {
  MatrixView<const float> matrix;
  bool transposed = false;
  Index rows() const { return transposed ? matrix.cols : matrix.rows; }
  Index cols() const { return transposed ? matrix.rows : matrix.cols; }
};

inline Factor plain(MatrixView<const float> matrix) { return {matrix, false}; }
inline Factor transposed(MatrixView<const float> matrix) { return {matrix, true}; }

/// The same of tensors [rows, cols].
inline Factor plain(const Tensor& x) { return plain(MatrixView<const float>(x.data(), x.dim(0), x.dim(1))); }
inline Factor transposed(const Tensor& x) { return transposed(MatrixView<const float>(x.data(), x.dim(0), x.dim(1))); }
inline MatrixView<float> output(Tensor& x) { return {x.data(), x.dim(0), x.dim(1)}; }

/// c = a b, or c += a b when `accumulate`; on the calling thread. Throws `Error` where the sizes do not fit.
void gemm(const Factor& a, const Factor& b, const MatrixView<float>& c, bool accumulate = false);

struct GemmOptions {
  /// c += a b instead of c = a b.
  bool accumulate = false;
  /// What becomes of each row of c once it is done, while it is in cache.
  std::function<void(float* row)> finish_row = nullptr;
};

/// The same spread over the threads in blocks of rows of c that depend on the sizes alone.
void parallel_gemm(const Factor& a, const Factor& b, const MatrixView<float>& c, const GemmOptions& options = {});

/// c = a b, c of the shape it has, where the sums have many terms and c is small: the terms are spread over the threads
/// in blocks of fixed size, whose sums are added in order.
void gemm_of_long(const Factor& a, const Factor& b, Tensor& c);

}  // namespace specfuse
