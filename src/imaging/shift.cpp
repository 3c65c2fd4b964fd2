#include "specfuse/imaging/shift.h"

#include <algorithm>
#include <cmath>

#include "imaging/keys.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {
namespace {

/// Weights of the penalty that are tried, for images without noise to those of little else.
constexpr std::array kPenalties = {1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1};
/// Side of the part of an image that the penalty is chosen on.
constexpr Index kChosenOn = 256;

/// The shift along an axis of `extent` pixels as a matrix.
Matrix shift_matrix(double shift, Index extent, Boundary boundary) {
  Matrix result(extent, extent);
  const auto whole = static_cast<Index>(std::floor(shift));
  const auto weights = keys_weights(shift - static_cast<double>(whole));
  for (Index i = 0; i < extent; ++i) {
    for (Index k = 0; k < 4; ++k)
      result(i, position_within(i + whole + k - 1, extent, boundary)) += weights[static_cast<std::size_t>(k)];
  }
  return result;
}

/// Second differences along an axis.
Matrix differences_matrix(Index extent, Boundary boundary) {
  Matrix result(extent, extent);
  for (Index i = 0; i < extent; ++i) {
    result(i, i) += 2;
    for (const Index side : {-1, 1}) result(i, position_within(i + side, extent, boundary)) -= 1;
  }
  return result;
}

/// A shift along one axis K, its K'K, and L'L of the second differences.
struct AxisShift {
  Matrix shift, normal, roughness;
};

AxisShift axis_shift(double shift, Index extent, Boundary boundary) {
  const Matrix along = shift_matrix(shift, extent, boundary), differences = differences_matrix(extent, boundary);
  return {along, product_tn(along, along), product_tn(differences, differences)};
}

/// X that takes what was seen back along one axis: (K'K + penalty L'L)^-1 K'.
Matrix inverse_of(const AxisShift& axis, double penalty) {
  Matrix normal = axis.normal;
  for (std::size_t i = 0; i < normal.values.size(); ++i) normal.values[i] += penalty * axis.roughness.values[i];
  return solve_positive(normal, transpose(axis.shift));
}

double trace(const Matrix& a) {
  double sum = 0;
  for (Index i = 0; i < a.rows; ++i) sum += a(i, i);
  return sum;
}

Matrix band_of(const Cube& cube, Index band) {
  Matrix result(cube.rows(), cube.cols());
  for (Index p = 0; p < cube.pixels(); ++p)
    result.values[static_cast<std::size_t>(p)] = double{cube.values[p * cube.bands() + band]};
  return result;
}

/// For one weight of the penalty: what takes an image back along rows and columns, and what becomes of it when it is
/// shifted again.
struct Inverse {
  Matrix down, across, again_down, again_across;
};

Inverse inverse_for(const AxisShift& down, const AxisShift& across, double penalty) {
  Inverse inverse{inverse_of(down, penalty), inverse_of(across, penalty), {}, {}};
  inverse.again_down = product(down.shift, inverse.down);
  inverse.again_across = product(across.shift, inverse.across);
  return inverse;
}

/// Mean squared residual over the squared share of freedom that is left (Golub, Heath and Wahba 1979, eq. 1.4).
double cross_validation(const Matrix& band, const Inverse& inverse) {
  const Matrix again = product_nt(product(inverse.again_down, band), inverse.again_across);
  double squares = 0;
  for (std::size_t i = 0; i < band.values.size(); ++i) {
    const double off = band.values[i] - again.values[i];
    squares += off * off;
  }
  const auto pixels = static_cast<double>(band.values.size());
  const double left = 1 - trace(inverse.again_down) * trace(inverse.again_across) / pixels;
  return squares / pixels / (left * left);
}

}  // namespace

std::vector<double> shift_penalties(const Cube& image, const std::array<double, 2>& shift, Boundary boundary) {
  const Index rows = std::min(kChosenOn, image.rows()), cols = std::min(kChosenOn, image.cols());
  const Cube part = crop(image, {(image.rows() - rows) / 2, (image.cols() - cols) / 2, rows, cols});
  const AxisShift down = axis_shift(shift[0], rows, boundary), across = axis_shift(shift[1], cols, boundary);
  std::vector<Inverse> inverses(kPenalties.size());
  parallel_for(std::ssize(inverses), [&](Index i) {
    const auto at = static_cast<std::size_t>(i);
    inverses[at] = inverse_for(down, across, kPenalties[at]);
  });
  std::vector<double> chosen(static_cast<std::size_t>(image.bands()));
  parallel_for(image.bands(), [&](Index b) {
    const Matrix band = band_of(part, b);
    std::vector<double> costs;
    for (const Inverse& inverse : inverses) costs.push_back(cross_validation(band, inverse));
    chosen[static_cast<std::size_t>(b)] =
        kPenalties[static_cast<std::size_t>(std::min_element(costs.begin(), costs.end()) - costs.begin())];
  });
  return chosen;
}

namespace {

/// Where the image that was taken back has data: where the nearest pixel of what was seen of it has.
std::vector<std::uint8_t> valid_after(const Cube& image, const std::array<double, 2>& shift) {
  const Index down = std::lround(shift[0]), right = std::lround(shift[1]);
  if (image.valid.empty() && down == 0 && right == 0) return {};
  std::vector<std::uint8_t> valid(static_cast<std::size_t>(image.pixels()));
  for (Index p = 0; p < image.pixels(); ++p) {
    const Index row = p / image.cols() - down, col = p % image.cols() - right;
    const bool inside = row >= 0 && row < image.rows() && col >= 0 && col < image.cols();
    valid[static_cast<std::size_t>(p)] = inside && image.is_valid(row * image.cols() + col);
  }
  return valid;
}

}  // namespace

Cube shift_image(const Cube& image, const std::array<double, 2>& shift, Boundary boundary) {
  Cube result = image;
  result.values = Tensor::uninitialized(image.values.shape());
  const std::array<Index, 2> whole{static_cast<Index>(std::floor(shift[0])), static_cast<Index>(std::floor(shift[1]))};
  const auto down = keys_weights(shift[0] - static_cast<double>(whole[0]));
  const auto across = keys_weights(shift[1] - static_cast<double>(whole[1]));
  parallel_for(image.rows(), [&](Index row) {
    std::vector<double> sums(static_cast<std::size_t>(image.bands()));
    for (Index col = 0; col < image.cols(); ++col) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (Index k = 0; k < 16; ++k) {
        const double weight = down[static_cast<std::size_t>(k / 4)] * across[static_cast<std::size_t>(k % 4)];
        const float* in = image.pixel(position_within(row + whole[0] + k / 4 - 1, image.rows(), boundary),
                                      position_within(col + whole[1] + k % 4 - 1, image.cols(), boundary));
        for (std::size_t b = 0; b < sums.size(); ++b) sums[b] += weight * double{in[b]};
      }
      std::transform(sums.begin(), sums.end(), result.pixel(row, col), [](double x) { return static_cast<float>(x); });
    }
  });
  return result;
}

Cube undo_shift(const Cube& image, const std::array<double, 2>& shift, Boundary boundary,
                const std::vector<double>& given) {
  const std::vector<double> penalties = given.empty() ? shift_penalties(image, shift, boundary) : given;
  Cube result = image;
  result.values = Tensor::uninitialized(image.values.shape());
  const AxisShift down = axis_shift(shift[0], image.rows(), boundary);
  const AxisShift across = axis_shift(shift[1], image.cols(), boundary);
  for (const double penalty : kPenalties) {
    if (std::find(penalties.begin(), penalties.end(), penalty) == penalties.end()) continue;
    const Inverse inverse = inverse_for(down, across, penalty);
    parallel_for(image.bands(), [&](Index b) {
      if (penalties[static_cast<std::size_t>(b)] != penalty) return;
      const Matrix back = product_nt(product(inverse.down, band_of(image, b)), inverse.across);
      for (Index p = 0; p < image.pixels(); ++p)
        result.values[p * image.bands() + b] = static_cast<float>(back.values[static_cast<std::size_t>(p)]);
    });
  }
  result.valid = valid_after(image, shift);
  fill_from_around(result);
  return result;
}

}  // namespace specfuse
