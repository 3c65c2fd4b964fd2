#include "specfuse/imaging/shift.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "specfuse/core/threads.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {
namespace {

constexpr Index kReach = 64;

double sinc(double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

/// Weights of the pixels from -kReach + 1 to kReach around a place `offset` in [0, 1) beyond pixel 0, of sum 1.
std::vector<double> lanczos(double offset) {
  std::vector<double> weights;
  for (Index k = 1 - kReach; k <= kReach; ++k) {
    const double x = static_cast<double>(k) - offset;
    weights.push_back(std::abs(x) < kReach ? sinc(x) * sinc(x / kReach) : 0);
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= total;
  return weights;
}

/// The image read `shift` pixels further along one axis, of `lines` lines of `extent` pixels; `at` is where a pixel of
/// a line begins.
template <class At>
void shift_lines(Index lines, Index extent, Index bands, double shift, Boundary boundary, const float* in, float* out,
                 const At& at) {
  const double whole = std::floor(shift);
  const std::vector<double> weights = lanczos(shift - whole);
  const Index first = static_cast<Index>(whole) + 1 - kReach;
  parallel_for(lines, [&](Index line) {
    std::vector<double> sums(static_cast<std::size_t>(bands));
    for (Index i = 0; i < extent; ++i) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::size_t k = 0; k < weights.size(); ++k) {
        const float* const seen = in + at(line, position_within(i + first + static_cast<Index>(k), extent, boundary));
        for (std::size_t b = 0; b < sums.size(); ++b) sums[b] += weights[k] * double{seen[b]};
      }
      std::transform(sums.begin(), sums.end(), out + at(line, i), [](double x) { return static_cast<float>(x); });
    }
  });
}

}  // namespace

Cube shift_image(const Cube& image, const std::array<double, 2>& shift, Boundary boundary) {
  Cube result = image;
  const Index rows = image.rows(), cols = image.cols(), bands = image.bands();
  if (shift[0] != 0) {
    const Tensor before = result.values;
    result.values = Tensor::uninitialized(before.shape());
    shift_lines(cols, rows, bands, shift[0], boundary, before.data(), result.values.data(),
                [=](Index col, Index row) { return (row * cols + col) * bands; });
  }
  if (shift[1] != 0) {
    const Tensor before = result.values;
    result.values = Tensor::uninitialized(before.shape());
    shift_lines(rows, cols, bands, shift[1], boundary, before.data(), result.values.data(),
                [=](Index row, Index col) { return (row * cols + col) * bands; });
  }
  return result;
}

Index shift_reach(const std::array<double, 2>& shift) {
  return kReach + static_cast<Index>(std::ceil(std::max(std::abs(shift[0]), std::abs(shift[1]))));
}

Tensor moved_psf(const Tensor& psf, const std::array<double, 2>& shift, Index size) {
  const Index given = psf.dim(0);
  const auto along = [=](double by) {
    const double whole = std::floor(-by);
    const std::vector<double> weights = lanczos(-by - whole);
    const Index first = static_cast<Index>(whole) + 1 - kReach - (size - given) / 2;
    Matrix result(size, given);
    for (Index i = 0; i < size; ++i) {
      for (Index j = 0; j < given; ++j) {
        const Index k = j - i - first;
        if (k >= 0 && k < 2 * kReach) result(i, j) = weights[static_cast<std::size_t>(k)];
      }
    }
    return result;
  };
  const Matrix moved = product_nt(product(along(shift[0]), to_matrix(psf)), along(shift[1]));
  const double total = std::accumulate(moved.values.begin(), moved.values.end(), 0.0);
  Tensor result({size, size});
  for (Index i = 0; i < result.size(); ++i)
    result[i] = static_cast<float>(moved.values[static_cast<std::size_t>(i)] / total);
  return result;
}

Index moved_psf_size(const Tensor& psf, const std::array<double, 2>& shift) {
  const double farthest = std::max(std::abs(shift[0]), std::abs(shift[1]));
  return farthest == 0 ? psf.dim(0) : psf.dim(0) + 2 * (2 + static_cast<Index>(std::ceil(farthest)));
}

}  // namespace specfuse
