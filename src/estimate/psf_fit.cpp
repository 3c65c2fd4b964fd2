#include "estimate/psf_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "estimate/band_moments.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/quantile.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/imaging/upsample.h"

namespace specfuse {
namespace {

/// How far a first shift is sought, in coarse pixels, in steps of half of one.
constexpr int kHalvesSought = 4;
/// A sample whose residual exceeds this many robust standard deviations in most bands does not count.
constexpr double kFar = 4;
/// Samples for each direction of the HSI's signal at least, and the most directions.
constexpr Index kSamplesEach = 10, kMostDirections = 40;
/// Half the width of the differences that slopes are taken from: of log widths and of shifts in fine pixels.
constexpr double kWidthStep = 0.02, kShiftStep = 0.05;

/// What is left of y after an affine fit on x that trusts far values less (Cauchy's weights), as a robust standard
/// deviation relative to that of y.
double affine_residual(const Matrix& y, const Matrix& x, Index m) {
  const auto count = static_cast<std::size_t>(y.rows);
  std::vector<double> weight(count, 1), left(count);
  double spread = 0;
  for (int round = 0; round < 4; ++round) {
    double w = 0, sx = 0, sy = 0, xx = 0, xy = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double a = x(static_cast<Index>(i), m), b = y(static_cast<Index>(i), m);
      w += weight[i], sx += weight[i] * a, sy += weight[i] * b, xx += weight[i] * a * a, xy += weight[i] * a * b;
    }
    const double variance = xx - sx * sx / w, gain = variance > 0 ? (xy - sx * sy / w) / variance : 0;
    for (std::size_t i = 0; i < count; ++i)
      left[i] = std::abs(y(static_cast<Index>(i), m) - sy / w - gain * (x(static_cast<Index>(i), m) - sx / w));
    spread = kMedianToDeviation * median(left);
    for (std::size_t i = 0; i < count; ++i) weight[i] = 1 / (1 + std::pow(left[i] / (2 * spread + 1e-300), 2));
  }
  return spread;
}

}  // namespace

std::vector<double> column_spreads(const Matrix& x) {
  std::vector<double> result;
  for (Index m = 0; m < x.cols; ++m) {
    double sum = 0, squares = 0;
    for (Index i = 0; i < x.rows; ++i) sum += x(i, m), squares += x(i, m) * x(i, m);
    const double mean = sum / static_cast<double>(x.rows);
    result.push_back(std::sqrt(std::max(1e-300, squares / static_cast<double>(x.rows) - mean * mean)));
  }
  return result;
}

Matrix kept_rows(const Matrix& values, const std::vector<std::uint8_t>& kept) {
  Matrix result(static_cast<Index>(std::count(kept.begin(), kept.end(), std::uint8_t{1})), values.cols);
  double* to = result.values.data();
  for (Index i = 0; i < values.rows; ++i) {
    if (kept[static_cast<std::size_t>(i)] != 0) to = std::copy_n(values.row(i), values.cols, to);
  }
  return result;
}

PsfProblem::PsfProblem(const CoarseSamples& samples, const Tensor& srf)
    : samples_(samples), kept_(static_cast<std::size_t>(samples.count()), 1),
      fwhm_(static_cast<double>(samples.ratio())) {
  if (srf.defined()) {
    const Cube told = degrade_spectrally(samples.hsi(), srf);
    told_ = to_matrix(told.values.reshape({told.pixels(), told.bands()}));
    told_spread_ = column_spreads(told_);
  }
  const Index most = std::min(kMostDirections, samples.count() / kSamplesEach);
  const BandMoments moments(samples.hsi());
  scores_ = moments.scores(std::max<Index>(1, most));
  noise_shares_ = moments.noise_shares();
}

Index PsfProblem::kept_count() const { return std::count(kept_.begin(), kept_.end(), std::uint8_t{1}); }

PsfProblem::Parameters PsfProblem::parameters_of(const PsfFit& fit) const {
  Parameters at{};
  if (fit.freedom.width) at[0] = std::log(fit.fwhm[0] / fwhm_), at[1] = std::log(fit.fwhm[1] / fwhm_);
  if (fit.freedom.shift) at[2] = fit.shift[0], at[3] = fit.shift[1];
  return at;
}

Tensor PsfProblem::psf_of(const Parameters& at, const PsfFreedom& freedom) const {
  const Tensor& told = samples_.degradation().psf;
  const Index ratio = samples_.ratio();
  // A Gaussian points where what is told does.
  const std::array<double, 2> offset =
      freedom.width ? CoarseGrid(samples_.degradation()).offset : std::array<double, 2>{};
  const std::array<double, 2> shift{at[2] + offset[0], at[3] + offset[1]};
  const std::array<double, 2> fwhm{fwhm_ * std::exp(at[0]), fwhm_ * std::exp(at[1])};
  const Tensor base = freedom.width ? gaussian_psf(fwhm, ratio, freedom.support) : told;
  if (shift == std::array<double, 2>{}) return base;
  return moved_psf(base, shift, moved_psf_size(base, shift));
}

void PsfProblem::choose_basis(bool all) {
  // Where no response is told there is nothing else to explain the MSI by.
  const Index directions = all || told_.values.empty() ? scores_.cols : 0;
  basis_.columns = Matrix(samples_.count(), 1 + directions);
  for (Index i = 0; i < samples_.count(); ++i) {
    basis_.columns(i, 0) = 1;
    std::copy_n(scores_.row(i), directions, basis_.columns.row(i) + 1);
  }
  factor();
}

void PsfProblem::factor() {
  const Matrix kept = kept_rows(basis_.columns, kept_);
  basis_.gram = product_tn(kept, kept);
  for (Index i = 0; i < basis_.gram.rows; ++i) basis_.gram(i, i) *= 1 + 1e-12;
  told_left_ = {};
  if (!told_.values.empty()) told_left_ = unexplained_by_basis(told_);
}

Matrix PsfProblem::unexplained_by_basis(const Matrix& x) const {
  const Matrix weights = solve_positive(basis_.gram, product_tn(kept_rows(basis_.columns, kept_), kept_rows(x, kept_)));
  Matrix left = product(basis_.columns, weights);
  for (std::size_t i = 0; i < left.values.size(); ++i) left.values[i] = x.values[i] - left.values[i];
  return left;
}

void PsfProblem::take_told_from(Index column, Index band, Matrix& left) const {
  double square = 0, cross = 0;
  for (Index i = 0; i < left.rows; ++i) {
    if (kept_[static_cast<std::size_t>(i)] == 0) continue;
    square += told_left_(i, band) * told_left_(i, band);
    cross += told_left_(i, band) * left(i, column);
  }
  const double least = kLeastResidual * told_spread_[static_cast<std::size_t>(band)];
  if (square <= least * least * static_cast<double>(kept_count())) return;
  for (Index i = 0; i < left.rows; ++i) left(i, column) -= cross / square * told_left_(i, band);
}

Matrix PsfProblem::residuals(const Matrix& x) const {
  Matrix left = unexplained_by_basis(x);
  for (Index m = 0; m < left.cols && !told_left_.values.empty(); ++m) take_told_from(m, m, left);
  return left;
}

Matrix PsfProblem::residuals_of_band(const Matrix& x, Index band) const {
  Matrix left = unexplained_by_basis(x);
  for (Index k = 0; k < left.cols && !told_left_.values.empty(); ++k) take_told_from(k, band, left);
  return left;
}

std::vector<double> PsfProblem::deviations(const Matrix& residuals) const {
  std::vector<double> squares(static_cast<std::size_t>(residuals.cols));
  for (Index i = 0; i < residuals.rows; ++i) {
    if (kept_[static_cast<std::size_t>(i)] == 0) continue;
    for (std::size_t m = 0; m < squares.size(); ++m)
      squares[m] += residuals(i, static_cast<Index>(m)) * residuals(i, static_cast<Index>(m));
  }
  for (double& square : squares) square = std::sqrt(square / static_cast<double>(kept_count()));
  return squares;
}

double PsfProblem::cost(const Matrix& x, const Matrix& residuals) const {
  const std::vector<double> all = column_spreads(x), left = deviations(residuals);
  double sum = 0;
  for (std::size_t m = 0; m < all.size(); ++m) sum += std::log(std::max(left[m] / all[m], kLeastResidual));
  return sum * static_cast<double>(kept_count());
}

double PsfProblem::cost_at(const Parameters& at, const PsfFreedom& freedom) const {
  const Matrix x = samples_.degraded(psf_of(at, freedom));
  return cost(x, residuals(x));
}

Matrix PsfProblem::relative_residuals(const Parameters& at, const PsfFreedom& freedom) const {
  const Matrix x = samples_.degraded(psf_of(at, freedom));
  Matrix left = kept_rows(residuals(x), kept_);
  const std::vector<double> all = column_spreads(x);
  for (std::size_t i = 0; i < left.values.size(); ++i) left.values[i] /= all[i % all.size()];
  return left;
}

double PsfProblem::robust_cost(const Matrix& x) const {
  double sum = 0;
  const std::vector<double> all = column_spreads(x);
  if (!told_.values.empty()) {
    for (Index m = 0; m < x.cols; ++m)
      sum += std::log(affine_residual(x, told_, m) / all[static_cast<std::size_t>(m)] + kLeastResidual);
    return sum;
  }
  const Matrix left = residuals(x);
  for (Index m = 0; m < x.cols; ++m) {
    std::vector<double> sizes;
    for (Index i = 0; i < x.rows; ++i) sizes.push_back(std::abs(left(i, m)));
    sum += std::log(median(std::move(sizes)) / all[static_cast<std::size_t>(m)] + kLeastResidual);
  }
  return sum;
}

void PsfProblem::keep_agreeing(const Parameters& at, const PsfFreedom& freedom) {
  const Matrix x = samples_.degraded(psf_of(at, freedom));
  const std::vector<double> all = column_spreads(x);
  constexpr int kKeepRounds = 12;
  for (int round = 0; round < kKeepRounds; ++round) {
    const Matrix left = residuals(x);
    std::vector<double> robust;
    for (Index m = 0; m < x.cols; ++m) {
      std::vector<double> sizes;
      for (Index i = 0; i < x.rows; ++i) {
        if (kept_[static_cast<std::size_t>(i)] != 0) sizes.push_back(std::abs(left(i, m)));
      }
      robust.push_back(kMedianToDeviation * median(std::move(sizes)) +
                       0.01 * kLeastResidual * all[static_cast<std::size_t>(m)]);
    }
    std::vector<std::uint8_t> kept;
    for (Index i = 0; i < x.rows; ++i) {
      std::vector<double> far;
      for (std::size_t m = 0; m < robust.size(); ++m)
        far.push_back(std::abs(left(i, static_cast<Index>(m))) / robust[m]);
      kept.push_back(median(std::move(far)) < kFar);
    }
    if (kept == kept_) return;
    kept_ = std::move(kept);
    factor();
  }
}

PsfProblem::Parameters PsfProblem::descend(Parameters at, const PsfFreedom& freedom, int steps,
                                           std::array<double, 2>* error) const {
  std::vector<std::size_t> free;
  if (freedom.width) free = {0, 1};
  if (freedom.shift) free.insert(free.end(), {2, 3});
  const Index count = std::ssize(free);
  if (count == 0) return at;
  double least = cost_at(at, freedom), damping = 1e-3;
  for (int step = 0; step < steps; ++step) {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while estimating the sensors");
    const Matrix left = relative_residuals(at, freedom);
    const std::vector<double> unit = column_spreads(left);
    Matrix slopes(left.rows * left.cols, count), values(left.rows * left.cols, 1);
    const auto scaled = [&](std::size_t i) { return 1 / std::max(unit[i % unit.size()], 1e-3 * kLeastResidual); };
    for (std::size_t i = 0; i < left.values.size(); ++i) values.values[i] = left.values[i] * scaled(i);
    for (Index k = 0; k < count; ++k) {
      const std::size_t which = free[static_cast<std::size_t>(k)];
      const double width = which < 2 ? kWidthStep : kShiftStep;
      Parameters below = at, above = at;
      below[which] -= width, above[which] += width;
      const Matrix low = relative_residuals(below, freedom), high = relative_residuals(above, freedom);
      for (std::size_t i = 0; i < low.values.size(); ++i) {
        slopes(static_cast<Index>(i), k) = (high.values[i] - low.values[i]) / (2 * width) * scaled(i);
      }
    }
    const Matrix normal = product_tn(slopes, slopes), down = product_tn(slopes, values);
    if (error != nullptr && freedom.shift) *error = shift_errors(slopes, values, normal);
    bool moved = false;
    for (int tries = 0; tries < 6 && !moved; ++tries) {
      Matrix damped = normal;
      for (Index k = 0; k < count; ++k) damped(k, k) *= 1 + damping;
      const Matrix by = solve_positive(damped, down);
      Parameters next = at;
      for (Index k = 0; k < count; ++k) {
        const std::size_t which = free[static_cast<std::size_t>(k)];
        const double most = which < 2 ? 0.3 : 0.5 * static_cast<double>(samples_.ratio());
        next[which] -= std::clamp(by(k, 0), -most, most);
        if (which < 2) next[which] = std::clamp(next[which], std::log(0.25), std::log(3.0));
      }
      const double there = cost_at(next, freedom);
      if (there < least) {
        moved = there < least - 1e-6 * std::abs(least);
        at = next, least = there, damping = std::max(1e-6, damping / 10);
        if (!moved) return at;
      } else {
        damping = std::max(1e-2, damping * 10);
      }
    }
    if (!moved) break;
  }
  return at;
}

PsfFit PsfProblem::find(const PsfFreedom& freedom) {
  choose_basis(false);
  Parameters best{};
  double least = std::numeric_limits<double>::infinity();
  const int reach = freedom.shift ? kHalvesSought : 0;
  const double half = static_cast<double>(samples_.ratio()) / 2;
  for (int i = -reach; i <= reach; ++i) {
    for (int j = -reach; j <= reach; ++j) {
      const Parameters at{0, 0, i * half, j * half};
      const double here = robust_cost(samples_.degraded(psf_of(at, freedom)));
      if (here < least) least = here, best = at;
    }
  }
  keep_agreeing(best, freedom);
  best = descend(best, freedom, 4, nullptr);
  keep_agreeing(best, freedom);
  choose_basis(true);
  return settle(best, freedom);
}

PsfFit PsfProblem::settle(const PsfFit& from) { return settle(parameters_of(from), from.freedom); }

PsfFit PsfProblem::settle(Parameters at, const PsfFreedom& freedom) {
  constexpr int kRefineRounds = 4;
  for (int round = 0; round < kRefineRounds; ++round) {
    const std::vector<std::uint8_t> before = kept_;
    keep_agreeing(at, freedom);
    at = descend(at, freedom, 4, nullptr);
    if (round > 0 && kept_ == before) break;
  }
  PsfFit fit;
  fit.fwhm = {fwhm_ * std::exp(at[0]), fwhm_ * std::exp(at[1])};
  fit.shift = {at[2], at[3]};
  return refine(fit, freedom);
}

PsfFit PsfProblem::refine(const PsfFit& from, const PsfFreedom& freedom) const {
  PsfFit fit = from;
  fit.freedom = freedom;
  fit.shift_error = {};
  fit.worth_of_form = 0;
  const Parameters at = descend(parameters_of(fit), freedom, 4, &fit.shift_error);
  if (freedom.width) fit.fwhm = {fwhm_ * std::exp(at[0]), fwhm_ * std::exp(at[1])};
  fit.shift = {at[2], at[3]};
  fit.psf = psf_of(at, freedom);
  fit.cost = cost_at(at, freedom);
  if (!freedom.shift) return fit;
  const std::array<double, 2> bias = noise_bias(fit);
  for (std::size_t axis = 0; axis < 2; ++axis) fit.shift_error[axis] = std::hypot(fit.shift_error[axis], bias[axis]);
  return fit;
}

std::vector<double> PsfProblem::unexplained(const Tensor& psf) const {
  const Matrix x = samples_.degraded(psf);
  const std::vector<double> all = column_spreads(x), left = deviations(residuals(x));
  std::vector<double> parts;
  for (std::size_t m = 0; m < all.size(); ++m) parts.push_back(std::pow(left[m] / all[m], 2));
  return parts;
}

}  // namespace specfuse
