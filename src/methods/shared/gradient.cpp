#include "specfuse/methods/shared/gradient.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "specfuse/core/threads.h"

namespace specfuse {

Tensor gradient(const Tensor& image) {
  const Index rows = image.dim(0), cols = image.dim(1), channels = image.dim(2), line = cols * channels;
  Tensor differences = Tensor::uninitialized({rows, cols, 2 * channels});
  parallel_for(rows, [&](Index row) {
    for (Index col = 0; col < cols; ++col) {
      const float* x = image.data() + row * line + col * channels;
      float* d = differences.data() + 2 * (row * line + col * channels);
      std::fill_n(d, 2 * channels, 0.0f);
      for (Index i = 0; i < channels && col + 1 < cols; ++i) d[i] = x[channels + i] - x[i];
      for (Index i = 0; i < channels && row + 1 < rows; ++i) d[channels + i] = x[line + i] - x[i];
    }
  });
  return differences;
}

Tensor gradient_adjoint(const Tensor& differences) {
  const Index rows = differences.dim(0), cols = differences.dim(1), channels = differences.dim(2) / 2;
  Tensor image = Tensor::uninitialized({rows, cols, channels});
  parallel_for(rows, [&](Index row) {
    for (Index col = 0; col < cols; ++col) {
      float* x = image.data() + (row * cols + col) * channels;
      const float* d = differences.data() + 2 * (row * cols + col) * channels;
      std::fill_n(x, channels, 0.0f);
      for (Index i = 0; i < channels && col + 1 < cols; ++i) x[i] -= d[i];
      for (Index i = 0; i < channels && row + 1 < rows; ++i) x[i] -= d[channels + i];
      for (Index i = 0; i < channels && col > 0; ++i) x[i] += d[i - 2 * channels];
      for (Index i = 0; i < channels && row > 0; ++i) x[i] += d[channels + i - 2 * cols * channels];
    }
  });
  return image;
}

void add_gradient_curvature(const Tensor& image, float factor, Tensor& result) {
  const Index rows = image.dim(0), channels = image.dim(2), line = image.dim(1) * channels;
  parallel_for(rows, [&](Index row) {
    std::vector<float> curvature(static_cast<std::size_t>(line));
    float* const sum = curvature.data();
    const float* x = image.data() + row * line;
    for (Index i = 0; i + channels < line; ++i) sum[i] -= x[i + channels] - x[i];
    for (Index i = 0; i < line && row + 1 < rows; ++i) sum[i] -= x[i + line] - x[i];
    for (Index i = channels; i < line; ++i) sum[i] += x[i] - x[i - channels];
    for (Index i = 0; i < line && row > 0; ++i) sum[i] += x[i] - x[i - line];
    float* const to = result.data() + row * line;
    for (Index i = 0; i < line; ++i) to[i] += factor * sum[i];
  });
}

void shrink_pixels(Tensor& image, double length) {
  const Index cols = image.dim(1), channels = image.dim(2);
  parallel_for(image.dim(0), [&](Index row) {
    for (Index col = 0; col < cols; ++col) {
      float* x = image.data() + (row * cols + col) * channels;
      double squared = 0;
      for (Index i = 0; i < channels; ++i) squared += double{x[i]} * x[i];
      const double norm = std::sqrt(squared);
      const float factor = norm > length ? static_cast<float>(1 - length / norm) : 0.0f;
      for (Index i = 0; i < channels; ++i) x[i] *= factor;
    }
  });
}

}  // namespace specfuse
