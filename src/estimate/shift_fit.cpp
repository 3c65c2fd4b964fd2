#include "estimate/shift_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/imaging/shift.h"

namespace specfuse {
namespace {

using Vector = std::array<double, 2>;

constexpr int kWideSteps = 3, kNarrowSteps = 2, kExactSteps = 2;
/// Half the width of the differences that slope and curvature are taken from, in fine pixels: at first, and near the
/// minimum, where wide ones would feel that it is no parabola.
constexpr double kWide = 0.5, kNarrow = 0.05;
/// Least unexplained part of a band: what float32 cannot tell.
constexpr double kLeast = 1e-14;
/// Coarse pixels at the edges whose PSF reaches what the msi did not see.
constexpr Index kBorder = 2;

/// A PSF with its centre moved up and to the left: what takes a shift of the image back and, as it is smooth, loses
/// nothing of it.
Tensor moved(const Tensor& psf, const Vector& shift) {
  const Index size = psf.dim(0),
              room = 2 + static_cast<Index>(std::ceil(std::max(std::abs(shift[0]), std::abs(shift[1]))));
  Cube wide(size + 2 * room, size + 2 * room, 1);
  for (Index i = 0; i < psf.size(); ++i) wide.pixel(i / size + room, i % size + room)[0] = psf[i];
  return shift_image(wide, shift, Boundary::replicate).values.reshape({wide.rows(), wide.cols()});
}

/// First and second moments of two numbers.
struct Sums {
  double count = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  void add(double a, double b) {
    ++count;
    x += a, y += b;
    xx += a * a, xy += a * b, yy += b * b;
  }
  /// The part of the variance of the first that a line over the second leaves.
  double unexplained() const {
    const double cross = xy - x * y / count;
    return 1 - cross * cross / ((xx - x * x / count) * (yy - y * y / count));
  }
};

/// What a shift of the msi, taken back, leaves of it that the hsi does not explain.
class Misfit {
 public:
  Misfit(const Pair& pair, const BandMoments& moments) : pair_(pair), moments_(moments) {
    if (!pair.degradation.srf.defined()) return;
    const Tensor seen = degrade_spectrally(pair.hsi, pair.degradation.srf).values;
    seen_.assign(seen.data(), seen.data() + seen.size());
  }
  /// Of each msi band, as a fraction of its variance.
  std::vector<double> operator()(const Vector& shift) const {
    const Cube coarse = taken_back(shift);
    std::vector<double> parts = seen_.empty() ? moments_.with(coarse).unexplained : unexplained_by_response(coarse);
    for (double& part : parts) part = std::max(part, kLeast);
    return parts;
  }

  /// Whether the response is known.
  bool knows_response() const { return !seen_.empty(); }

  /// From here on shifts near this one are taken back by `undo_shift`, which knows what cubic interpolation does to
  /// fine detail; the border, of which the msi did not see all, no longer counts.
  void be_exact(const Vector& near) { penalties_ = shift_penalties(pair_.msi, near, pair_.degradation.boundary); }

 private:
  Cube taken_back(const Vector& shift) const {
    Degradation degradation = pair_.degradation;
    if (!penalties_.empty()) {
      Cube back = undo_shift(pair_.msi, shift, degradation.boundary, penalties_);
      back.valid = pair_.msi.valid;
      return degrade_spatially(back, degradation);
    }
    degradation.psf = moved(degradation.psf, shift);
    return degrade_spatially(pair_.msi, degradation);
  }

  bool counts(const Cube& coarse, Index p) const {
    const Index row = p / coarse.cols(), col = p % coarse.cols();
    const Index border = penalties_.empty() ? 0 : kBorder;
    return coarse.is_valid(p) && pair_.hsi.is_valid(p) && std::min(row, coarse.rows() - 1 - row) >= border &&
           std::min(col, coarse.cols() - 1 - col) >= border;
  }

  /// Of each band, the part of the variance that gain and offset of what the response makes of the hsi do not explain.
  std::vector<double> unexplained_by_response(const Cube& coarse) const {
    std::vector<double> parts;
    for (Index b = 0; b < coarse.bands(); ++b) {
      Sums sums;
      for (Index p = 0; p < coarse.pixels(); ++p) {
        if (counts(coarse, p))
          sums.add(double{coarse.values[p * coarse.bands() + b]},
                   seen_[static_cast<std::size_t>(p * coarse.bands() + b)]);
      }
      parts.push_back(sums.unexplained());
    }
    return parts;
  }

  const Pair& pair_;
  const BandMoments& moments_;
  /// What the response makes of the hsi, for each pixel and msi band; empty where it is not known.
  std::vector<double> seen_;
  /// Of `undo_shift`; empty before `be_exact`.
  std::vector<double> penalties_;
};

/// Slope and curvature at a place.
struct Surface {
  Vector slope{};
  /// Down, across, and mixed.
  double down = 0, across = 0, mixed = 0;

  double determinant() const { return down * across - mixed * mixed; }
  bool is_bowl() const { return down > 0 && determinant() > 0; }
};

/// Of the misfit over the variance that it has here, half the sum over bands and `pixels`: to first order minus the
/// logarithm of the likelihood, and unlike it a bowl far from its minimum, too. By central differences.
Surface surface_at(const Misfit& misfit, const Vector& at, double width, double pixels) {
  const std::vector<double> here = misfit(at);
  const auto value = [&](double down, double across) {
    const std::vector<double> there = misfit({at[0] + down * width, at[1] + across * width});
    double sum = 0;
    for (std::size_t b = 0; b < here.size(); ++b) sum += there[b] / here[b];
    return sum * pixels / 2;
  };
  const double middle = static_cast<double>(here.size()) * pixels / 2;
  const double up = value(-1, 0), low = value(1, 0), left = value(0, -1), right = value(0, 1);
  const double area = width * width;
  return {{(low - up) / (2 * width), (right - left) / (2 * width)},
          (low - 2 * middle + up) / area,
          (right - 2 * middle + left) / area,
          (value(1, 1) - value(1, -1) - value(-1, 1) + value(-1, -1)) / (4 * area)};
}

Vector best_on_grid(const Misfit& misfit, double ratio) {
  Vector best{};
  double least = std::numeric_limits<double>::infinity();
  for (int i = -2; i <= 2; ++i) {
    for (int j = -2; j <= 2; ++j) {
      const Vector shift{i * ratio / 2, j * ratio / 2};
      double here = 0;
      for (const double part : misfit(shift)) here += std::log(part);
      if (here < least) least = here, best = shift;
    }
  }
  return best;
}

/// A step of Newton's method, and the errors where it was made.
void newton(const Misfit& misfit, double width, double pixels, double ratio, ShiftFit& fit) {
  const Surface surface = surface_at(misfit, fit.shift, width, pixels);
  SPECFUSE_CHECK(surface.is_bowl(), "estimate: the images do not say how the msi is shifted");
  const double det = surface.determinant();
  const Vector by{-(surface.across * surface.slope[0] - surface.mixed * surface.slope[1]) / det,
                  -(surface.down * surface.slope[1] - surface.mixed * surface.slope[0]) / det};
  for (std::size_t axis = 0; axis < 2; ++axis) fit.shift[axis] += std::clamp(by[axis], -ratio / 2, ratio / 2);
  fit.error = {std::sqrt(surface.across / det), std::sqrt(surface.down / det)};
}

}  // namespace

ShiftFit fit_shift(const Pair& pair, const BandMoments& moments) {
  Misfit misfit(pair, moments);
  const auto ratio = static_cast<double>(pair.degradation.ratio), pixels = static_cast<double>(moments.pixels());
  ShiftFit fit;
  fit.shift = best_on_grid(misfit, ratio);
  for (int step = 0; step < kWideSteps; ++step) newton(misfit, kWide, pixels, ratio, fit);
  const bool has_inside = std::min(pair.hsi.rows(), pair.hsi.cols()) > 4 * kBorder;
  for (int step = 0; step < kNarrowSteps; ++step) newton(misfit, kNarrow, pixels, ratio, fit);
  if (misfit.knows_response() && has_inside) {
    misfit.be_exact(fit.shift);
    for (int step = 0; step < kExactSteps; ++step) newton(misfit, kNarrow, pixels, ratio, fit);
  }
  SPECFUSE_CHECK(std::max(std::abs(fit.shift[0]), std::abs(fit.shift[1])) <= ratio,
                 "estimate: the msi is shifted by more than a coarse pixel, ", fit.shift[0], " rows and ", fit.shift[1],
                 " columns of fine pixels, if it is of the same place at all");
  return fit;
}

}  // namespace specfuse
