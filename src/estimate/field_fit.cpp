#include <algorithm>
#include <cmath>

#include "estimate/psf_fit.h"

namespace specfuse {
namespace {

/// What a field has to gain for samples that are left out, as a log-likelihood, and of each of them.
constexpr double kFieldWorth = 10, kFieldAllowance = 0.02;
/// The least that it has to move anything, in fine pixels: less is no field but an error of the model.
constexpr double kLeastField = 0.05;
/// Steps after the first, and what they end at, in fine pixels.
constexpr int kFieldSteps = 4;
constexpr double kFieldDone = 0.003;
/// The blocks of the image are left out in turn in so many groups.
constexpr std::size_t kBlockGroups = 4;

std::size_t group_of(std::size_t block) {
  constexpr std::size_t along = CoarseSamples::kBlocksAlong;
  return (block / along + 2 * (block % along)) % kBlockGroups;
}

double field_error(const Matrix& gram, const Matrix& at) { return product_tn(at, product(gram, at)).values[0]; }

}  // namespace

std::array<double, 2> PsfProblem::shift_errors(const Matrix& slopes, const Matrix& left, const Matrix& normal) const {
  const Index count = slopes.cols, bands = slopes.rows / kept_count();
  // What the blocks of the image say each, as what is left of their samples is not independent.
  constexpr std::size_t kBlocks = CoarseSamples::kBlocksAlong * CoarseSamples::kBlocksAlong;
  Matrix says(static_cast<Index>(kBlocks), count);
  Index at = 0;
  for (Index i = 0; i < samples_.count(); ++i) {
    if (kept_[static_cast<std::size_t>(i)] == 0) continue;
    double* const block = says.row(static_cast<Index>(samples_.block(i)));
    for (Index row = at; row < at + bands; ++row) {
      for (Index k = 0; k < count; ++k) block[k] += slopes(row, k) * left(row, 0);
    }
    at += bands;
  }
  Matrix exact = normal;
  for (Index k = 0; k < count; ++k) exact(k, k) *= 1 + 1e-9;
  const Matrix inverse = solve_positive(exact, identity(count)), by_blocks = product(says, inverse);
  const Matrix spread = product_tn(by_blocks, by_blocks);
  constexpr double kFreedom = double{kBlocks} / (kBlocks - 1);
  const auto error = [&](Index k) { return std::sqrt(std::max(inverse(k, k), kFreedom * spread(k, k))); };
  return {error(count - 2), error(count - 1)};
}

/// How the MSI under the PSF changes with its place, down and to the right.
std::array<Matrix, 2> PsfProblem::shift_slopes(const PsfFit& fit) const {
  constexpr double kSlope = 0.05;
  std::array<Matrix, 2> slopes;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    Parameters below = parameters_of(fit), above = below;
    below[2 + axis] -= kSlope, above[2 + axis] += kSlope;
    slopes[axis] = samples_.degraded(psf_of(above, fit.freedom));
    const Matrix low = samples_.degraded(psf_of(below, fit.freedom));
    for (std::size_t i = 0; i < low.values.size(); ++i)
      slopes[axis].values[i] = (slopes[axis].values[i] - low.values[i]) / (2 * kSlope);
  }
  return slopes;
}

/// By how much the noise of the HSI moves the least residual: regression on noisy bands leaves a part of the signal
/// itself, and where that looks like a shift, it is taken for one.
std::array<double, 2> PsfProblem::noise_bias(const PsfFit& fit) const {
  const Matrix x = samples_.degraded(fit.psf);
  const std::vector<double> unit = deviations(residuals(x)), all = column_spreads(x);
  Matrix weights = solve_positive(basis_.gram, product_tn(kept_rows(basis_.columns, kept_), kept_rows(x, kept_)));
  for (Index k = 0; k < weights.rows; ++k) {
    const double share = k == 0 ? 0 : noise_shares_[static_cast<std::size_t>(k - 1)];
    for (Index m = 0; m < weights.cols; ++m) weights(k, m) *= share / (1 - share);
  }
  const Matrix signal = product(basis_.columns, weights);
  const std::array<Matrix, 2> slopes = shift_slopes(fit), own{residuals(slopes[0]), residuals(slopes[1])};
  Matrix normal(2, 2), side(2, 1);
  for (Index i = 0; i < x.rows; ++i) {
    if (kept_[static_cast<std::size_t>(i)] == 0) continue;
    for (Index m = 0; m < x.cols; ++m) {
      const auto band = static_cast<std::size_t>(m);
      const double scale = std::pow(std::max(unit[band], kLeastResidual * all[band]), -2);
      for (std::size_t a = 0; a < 2; ++a) {
        side(static_cast<Index>(a), 0) += scale * slopes[a](i, m) * signal(i, m);
        for (std::size_t b = 0; b < 2; ++b)
          normal(static_cast<Index>(a), static_cast<Index>(b)) += scale * own[a](i, m) * own[b](i, m);
      }
    }
  }
  for (Index a = 0; a < 2; ++a) normal(a, a) = normal(a, a) * (1 + 1e-9) + 1e-300;
  const Matrix bias = solve_positive(normal, side);
  return {bias(0, 0), bias(1, 0)};
}

/// Of each group of blocks the sums of squares and products of what a shift changes in the residual, term by term, and
/// of the residual itself, which is the last.
std::vector<Matrix> PsfProblem::field_groups(const PsfFit& fit, Index terms) const {
  const std::array<double, 2> size = samples_.size();
  const auto count = static_cast<std::size_t>(terms);
  const ShiftField any(size, {std::vector<double>(count), std::vector<double>(count)});
  const Matrix x = samples_.degraded(fit.psf);
  const Matrix left = residuals(x);
  const std::vector<double> unit = deviations(left), all = column_spreads(x);
  const std::array<Matrix, 2> slopes = shift_slopes(fit);
  // A constant, and the terms; down, then to the right.
  const Index along = 1 + terms;
  std::vector<Matrix> columns;
  for (Index k = 0; k < 2 * along; ++k) {
    Matrix column = slopes[static_cast<std::size_t>(k / along)];
    for (Index i = 0; i < column.rows; ++i) {
      const auto [row, col] = samples_.place(i);
      const Index term = k % along;
      const double factor = term == 0 ? 1 : any.terms(row, col)[static_cast<std::size_t>(term - 1)];
      for (Index m = 0; m < column.cols; ++m) column(i, m) *= factor;
    }
    columns.push_back(residuals(column));
  }
  columns.push_back(left);
  std::vector<Matrix> groups(kBlockGroups, Matrix(2 * along + 1, 2 * along + 1));
  for (Index i = 0; i < left.rows; ++i) {
    if (kept_[static_cast<std::size_t>(i)] == 0) continue;
    Matrix& gram = groups[group_of(samples_.block(i))];
    for (Index m = 0; m < left.cols; ++m) {
      const auto band = static_cast<std::size_t>(m);
      const double scale = std::pow(std::max(unit[band], kLeastResidual * all[band]), -2);
      for (Index k = 0; k < gram.rows; ++k) {
        const double scaled = scale * columns[static_cast<std::size_t>(k)](i, m);
        for (Index l = 0; l < gram.cols; ++l) gram(k, l) += scaled * columns[static_cast<std::size_t>(l)](i, m);
      }
    }
  }
  return groups;
}

std::optional<ShiftField> PsfProblem::field_step(const PsfFit& fit, Index terms) const {
  const std::vector<Matrix> groups = field_groups(fit, terms);
  const Index along = 1 + terms, last = 2 * along;
  // Least squares of the first of the terms, without one of the groups; the residual has weight one.
  const auto fitted = [&](const Matrix* without, Index first_terms) {
    std::vector<Index> used;
    for (Index k = 0; k < last; ++k) {
      if (k % along <= first_terms) used.push_back(k);
    }
    Matrix gram(std::ssize(used), std::ssize(used)), side(std::ssize(used), 1), result(last + 1, 1);
    for (const Matrix& group : groups) {
      if (&group == without) continue;
      for (Index i = 0; i < gram.rows; ++i) {
        const Index k = used[static_cast<std::size_t>(i)];
        side(i, 0) -= group(k, last);
        for (Index j = 0; j < gram.cols; ++j) gram(i, j) += group(k, used[static_cast<std::size_t>(j)]);
      }
    }
    for (Index i = 0; i < gram.rows; ++i) gram(i, i) = gram(i, i) * (1 + 1e-9) + 1e-300;
    const Matrix weights = solve_positive(gram, side);
    for (Index i = 0; i < gram.rows; ++i) result(used[static_cast<std::size_t>(i)], 0) = weights(i, 0);
    result(last, 0) = 1;
    return result;
  };
  const auto error_left_out = [&](Index first_terms) {
    double error = 1e-300;
    for (const Matrix& group : groups) error += field_error(group, fitted(&group, first_terms));
    return error;
  };
  const auto samples = static_cast<double>(kept_count() * samples_.msi_bands());
  // As many terms as are worth it: none, those of first degree, or all.
  Index chosen = 0;
  double least = error_left_out(0);
  for (const Index first_terms : {Index{2}, terms}) {
    const double error = first_terms > chosen ? error_left_out(first_terms) : least;
    if (samples / 2 * std::log(least / error) < kFieldWorth + kFieldAllowance * samples) continue;
    chosen = first_terms, least = error;
  }
  if (chosen == 0) return {};
  const Matrix best = fitted(nullptr, chosen);
  std::array<std::vector<double>, 2> coefficients;
  for (Index k = 0; k < last; ++k) {
    const Index term = k % along;
    if (term > 0 && term <= chosen) coefficients[static_cast<std::size_t>(k / along)].push_back(best(k, 0));
  }
  return ShiftField(samples_.size(), coefficients);
}

std::optional<ShiftField> find_shift_field(CoarseSamples& samples, PsfProblem& problem, PsfFit& fit) {
  constexpr Index kMostTerms = 5;
  std::optional<ShiftField> field;
  for (int step = 0; step <= kFieldSteps; ++step) {
    const std::optional<ShiftField> by = problem.field_step(fit, kMostTerms);
    if (!by || by->farthest() < (field ? kFieldDone : kLeastField)) break;
    if (field) {
      std::array<std::vector<double>, 2> sum = field->coefficients();
      for (std::size_t axis = 0; axis < 2; ++axis) {
        const std::vector<double>& more = by->coefficients()[axis];
        sum[axis].resize(std::max(sum[axis].size(), more.size()));
        for (std::size_t k = 0; k < more.size(); ++k) sum[axis][k] += more[k];
      }
      field = ShiftField(samples.size(), sum);
    } else {
      field = by;
    }
    samples.bring(*field);
    fit = problem.settle(fit);
  }
  return field;
}

}  // namespace specfuse
