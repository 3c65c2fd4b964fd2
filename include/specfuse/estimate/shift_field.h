#pragma once

#include <array>
#include <vector>

#include "specfuse/imaging/shift.h"

namespace specfuse {

/// How the registration of the MSI varies over the image: where the MSI shows a place of the HSI's grid, less a
/// constant, as a polynomial of first or second degree of the place.
class ShiftField {
 public:
  /// Of the whole image, in fine pixels; coefficients down and to the right of u, v and, with five of each, also
  /// u^2 - 1/3, u v and v^2 - 1/3, where u and v run from -1 to 1 down and across.
  ShiftField(std::array<double, 2> size, std::array<std::vector<double>, 2> coefficients);

  /// Terms at a fine pixel of the whole image.
  std::vector<double> terms(double row, double col) const;
  /// In fine pixels, down and to the right.
  std::array<double, 2> at(double row, double col) const;
  /// The farthest of any pixel, along either axis.
  double farthest() const;
  /// The least and the most of all pixels, down and to the right.
  std::array<std::array<double, 2>, 2> range() const;

  const std::array<double, 2>& size() const { return size_; }
  const std::array<std::vector<double>, 2>& coefficients() const { return coefficients_; }

 private:
  std::array<double, 2> size_;
  std::array<std::vector<double>, 2> coefficients_;
};

/// Fine pixels around one that `on_hsi` looks at.
Index field_reach(const ShiftField& field);

/// The MSI, or a part of it that begins at this fine pixel, as the HSI's grid has it, up to a constant shift:
/// interpolated well enough to be degraded.
Cube on_hsi(const Cube& msi, const ShiftField& field, const std::array<Index, 2>& begin, Boundary boundary);

/// How much further down and to the right an image on the HSI's grid has to be read in each pixel of a part that begins
/// there to lie on the MSI, which shows it `constant` fine pixels further down and to the right.
ShiftAt onto_msi(const ShiftField& field, const std::array<double, 2>& constant, const std::array<Index, 2>& begin);

}  // namespace specfuse
