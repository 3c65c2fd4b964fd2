#include "specfuse/estimate/shift_field.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace specfuse {
namespace {

/// A window of the interpolation that passes what a PSF does not take away.
constexpr Index kWindow = 8;
/// Places along each axis that the range is taken from.
constexpr int kPlaces = 17;

}  // namespace

ShiftField::ShiftField(std::array<double, 2> size, std::array<std::vector<double>, 2> coefficients)
    : size_(size), coefficients_(std::move(coefficients)) {}

std::vector<double> ShiftField::terms(double row, double col) const {
  const double u = (2 * row + 1) / size_[0] - 1, v = (2 * col + 1) / size_[1] - 1;
  if (coefficients_[0].size() == 2) return {u, v};
  return {u, v, u * u - 1.0 / 3, u * v, v * v - 1.0 / 3};
}

std::array<double, 2> ShiftField::at(double row, double col) const {
  const std::vector<double> all = terms(row, col);
  std::array<double, 2> shift{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    for (std::size_t k = 0; k < all.size(); ++k) shift[axis] += coefficients_[axis][k] * all[k];
  }
  return shift;
}

std::array<std::array<double, 2>, 2> ShiftField::range() const {
  std::array<std::array<double, 2>, 2> result{at(0, 0), at(0, 0)};
  for (int i = 0; i < kPlaces * kPlaces; ++i) {
    const std::array<double, 2> here =
        at((size_[0] - 1) * (i / kPlaces) / (kPlaces - 1), (size_[1] - 1) * (i % kPlaces) / (kPlaces - 1));
    for (std::size_t axis = 0; axis < 2; ++axis) {
      result[0][axis] = std::min(result[0][axis], here[axis]);
      result[1][axis] = std::max(result[1][axis], here[axis]);
    }
  }
  return result;
}

double ShiftField::farthest() const {
  double most = 0;
  for (const std::array<double, 2>& end : range()) most = std::max({most, std::abs(end[0]), std::abs(end[1])});
  return most;
}

Index field_reach(const ShiftField& field) { return kWindow + 1 + static_cast<Index>(std::ceil(field.farthest())); }

Cube on_hsi(const Cube& msi, const ShiftField& field, const std::array<Index, 2>& begin, Boundary boundary) {
  const auto down = static_cast<double>(begin[0]), right = static_cast<double>(begin[1]);
  return shift_image(
      msi, [&](double row, double col) { return field.at(down + row, right + col); }, boundary, kWindow);
}

ShiftAt onto_msi(const ShiftField& field, const std::array<double, 2>& constant, const std::array<Index, 2>& begin) {
  const auto down = static_cast<double>(begin[0]), right = static_cast<double>(begin[1]);
  return [=](double row, double col) {
    constexpr int kRounds = 4;
    std::array<double, 2> shift{-constant[0], -constant[1]};
    for (int round = 0; round < kRounds; ++round) {
      const std::array<double, 2> there = field.at(down + row + shift[0], right + col + shift[1]);
      shift = {-constant[0] - there[0], -constant[1] - there[1]};
    }
    return shift;
  };
}

}  // namespace specfuse
