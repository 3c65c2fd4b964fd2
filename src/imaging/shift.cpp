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

/// Weights of the pixels from 1 - reach to reach around a place `offset` in [0, 1) beyond pixel 0, of sum 1.
std::vector<double> lanczos(double offset, Index reach = kReach) {
  const auto window = static_cast<double>(reach);
  std::vector<double> weights;
  for (Index k = 1 - reach; k <= reach; ++k) {
    const double x = static_cast<double>(k) - offset;
    weights.push_back(std::abs(x) < window ? sinc(x) * sinc(x / window) : 0);
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= total;
  return weights;
}

/// What a pixel that is read `shift` further along an axis is made of.
struct Seen {
  Index first;
  std::vector<double> weights;
};

Seen seen_at(double shift, Index reach) {
  const double whole = std::floor(shift);
  return {static_cast<Index>(whole) + 1 - reach, lanczos(shift - whole, reach)};
}

/// The image read further along one axis, of `lines` lines of `extent` pixels; `of` has what each pixel of a line is
/// made of, `at` where it begins.
template <class Of, class At>
void shift_lines(Index lines, Index extent, Index bands, const Of& of, Boundary boundary, const float* in, float* out,
                 const At& at) {
  parallel_for(lines, [&](Index line) {
    std::vector<double> sums(static_cast<std::size_t>(bands));
    for (Index i = 0; i < extent; ++i) {
      std::fill(sums.begin(), sums.end(), 0.0);
      const auto& [first, weights] = of(line, i);
      for (std::size_t k = 0; k < weights.size(); ++k) {
        const float* const seen = in + at(line, position_within(i + first + static_cast<Index>(k), extent, boundary));
        for (std::size_t b = 0; b < sums.size(); ++b) sums[b] += weights[k] * double{seen[b]};
      }
      std::transform(sums.begin(), sums.end(), out + at(line, i), [](double x) { return static_cast<float>(x); });
    }
  });
}

}  // namespace

namespace {

/// `of` has what the pixel of a column and row is made of.
template <class Of>
Tensor shift_down(const Cube& image, Boundary boundary, const Of& of) {
  const Index rows = image.rows(), cols = image.cols(), bands = image.bands();
  Tensor result = Tensor::uninitialized(image.values.shape());
  shift_lines(cols, rows, bands, of, boundary, image.values.data(), result.data(),
              [=](Index col, Index row) { return (row * cols + col) * bands; });
  return result;
}

/// The same for the pixel of a row and column.
template <class Of>
Tensor shift_right(const Cube& image, Boundary boundary, const Of& of) {
  const Index rows = image.rows(), cols = image.cols(), bands = image.bands();
  Tensor result = Tensor::uninitialized(image.values.shape());
  shift_lines(rows, cols, bands, of, boundary, image.values.data(), result.data(),
              [=](Index row, Index col) { return (row * cols + col) * bands; });
  return result;
}

}  // namespace

Cube shift_image(const Cube& image, const std::array<double, 2>& shift, Boundary boundary) {
  Cube result = image;
  const Seen down = seen_at(shift[0], kReach), right = seen_at(shift[1], kReach);
  if (shift[0] != 0) result.values = shift_down(result, boundary, [&](Index, Index) -> const Seen& { return down; });
  if (shift[1] != 0) result.values = shift_right(result, boundary, [&](Index, Index) -> const Seen& { return right; });
  return result;
}

Cube shift_image(const Cube& image, const ShiftAt& shift, Boundary boundary, Index reach) {
  Cube result = image;
  result.values = shift_down(result, boundary, [&](Index col, Index row) {
    // Down by what holds for the pixel that reads this one to the right.
    const auto r = static_cast<double>(row), c = static_cast<double>(col);
    return seen_at(shift(r, c - shift(r, c)[1])[0], reach);
  });
  result.values = shift_right(result, boundary, [&](Index row, Index col) {
    return seen_at(shift(static_cast<double>(row), static_cast<double>(col))[1], reach);
  });
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
