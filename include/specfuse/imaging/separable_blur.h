#pragma once

#include <optional>
#include <vector>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// `degrade_spatially` and `degrade_adjoint` along one axis after the other, for PSFs that are the product of one along
/// each axis, as Gaussians and boxes are: a third of the arithmetic, the same results up to rounding. For methods
/// that blur again and again.
class SeparableBlur {
 public:
  /// For coarse images of this size; nothing where the PSF is no such product.
  static std::optional<SeparableBlur> of(const Degradation& degradation, Index coarse_rows, Index coarse_cols);

  /// [rows * ratio, cols * ratio, bands] -> [rows, cols, bands].
  Tensor degrade(const Tensor& fine) const;
  /// [rows, cols, bands] -> [rows * ratio, cols * ratio, bands].
  Tensor adjoint(const Tensor& coarse) const;

 private:
  /// What each position along an axis is made of.
  struct Position {
    std::vector<Index> from;
    std::vector<double> weights;
  };
  using Axis = std::vector<Position>;

  SeparableBlur() = default;
  static Axis axis_of(Index coarse_extent, const std::vector<double>& taps, const Degradation& degradation);
  static Axis transposed(const Axis& axis, Index extent);
  static Tensor resampled(const Tensor& image, const Axis& down, const Axis& across);

  Axis down_, across_, down_back_, across_back_;
};

}  // namespace specfuse
