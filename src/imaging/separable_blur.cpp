#include "specfuse/imaging/separable_blur.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/threads.h"
#include "specfuse/kernels/weighted_sums.h"

namespace specfuse {
namespace {

/// A PSF is a product if no value is farther from it than this part of its largest: what float32 rounds, with room.
constexpr double kRounding = 1e-6;

/// A PSF as down[i] across[j].
struct Factors {
  std::vector<double> down, across;
};

std::optional<Factors> factors_of(const Tensor& psf) {
  const Index size = psf.dim(0);
  Factors factors{std::vector<double>(static_cast<std::size_t>(size)), {}};
  factors.across = factors.down;
  double sum = 0, largest = 0;
  for (Index i = 0; i < size * size; ++i) {
    const double value = psf.data()[i];
    factors.down[static_cast<std::size_t>(i / size)] += value;
    factors.across[static_cast<std::size_t>(i % size)] += value;
    sum += value;
    largest = std::max(largest, std::abs(value));
  }
  if (!(std::abs(sum) > kRounding * largest)) return {};
  for (double& value : factors.across) value /= sum;
  for (Index i = 0; i < size * size; ++i) {
    const double product =
        factors.down[static_cast<std::size_t>(i / size)] * factors.across[static_cast<std::size_t>(i % size)];
    if (std::abs(product - double{psf.data()[i]}) > kRounding * largest) return {};
  }
  return factors;
}

}  // namespace

std::optional<SeparableBlur> SeparableBlur::of(const Degradation& degradation, Index coarse_rows, Index coarse_cols) {
  const std::optional<Factors> factors = factors_of(degradation.psf);
  if (!factors) return {};
  SeparableBlur blur;
  blur.down_ = axis_of(coarse_rows, factors->down, degradation);
  blur.across_ = axis_of(coarse_cols, factors->across, degradation);
  blur.down_back_ = transposed(blur.down_, coarse_rows * degradation.ratio);
  blur.across_back_ = transposed(blur.across_, coarse_cols * degradation.ratio);
  return blur;
}

Tensor SeparableBlur::degrade(const Tensor& fine) const { return resampled(fine, down_, across_); }

Tensor SeparableBlur::adjoint(const Tensor& coarse) const { return resampled(coarse, down_back_, across_back_); }

SeparableBlur::Axis SeparableBlur::axis_of(Index coarse_extent, const std::vector<double>& taps,
                                           const Degradation& degradation) {
  const std::vector<Index> seen = positions_seen(coarse_extent * degradation.ratio, degradation);
  Axis axis;
  for (auto from = seen.begin(); from != seen.end(); from += std::ssize(taps)) {
    axis.push_back({{from, from + std::ssize(taps)}, taps});
  }
  return axis;
}

SeparableBlur::Axis SeparableBlur::transposed(const Axis& axis, Index extent) {
  Axis result(static_cast<std::size_t>(extent));
  for (std::size_t to = 0; to < axis.size(); ++to) {
    for (std::size_t i = 0; i < axis[to].from.size(); ++i) {
      Position& position = result[static_cast<std::size_t>(axis[to].from[i])];
      position.from.push_back(static_cast<Index>(to));
      position.weights.push_back(axis[to].weights[i]);
    }
  }
  return result;
}

/// Whole rows first, as they are long.
Tensor SeparableBlur::resampled(const Tensor& image, const Axis& down, const Axis& across) {
  const Index bands = image.dim(2), width = image.dim(1) * bands;
  const auto rows = static_cast<Index>(down.size()), cols = static_cast<Index>(across.size());
  Tensor result = Tensor::uninitialized({rows, cols, bands});
  parallel_for(rows, [&](Index row) {
    std::vector<const float*> from;
    const auto point_at = [&](const Position& position, const float* first, Index stride) {
      from.clear();
      for (const Index index : position.from) from.push_back(first + index * stride);
    };
    Tensor line = Tensor::uninitialized({width});
    const Position& above = down[static_cast<std::size_t>(row)];
    point_at(above, image.data(), width);
    weighted_sum(from, above.weights, width, line.data());
    float* to = result.data() + row * cols * bands;
    for (const Position& beside : across) {
      point_at(beside, line.data(), bands);
      weighted_sum(from, beside.weights, bands, to);
      to += bands;
    }
  });
  return result;
}

}  // namespace specfuse
