#include <algorithm>
#include <cmath>
#include <numeric>

#include "estimate/psf_fit.h"

namespace specfuse {
namespace {

/// Weights of the penalty that are tried, relative to the mean of the diagonal of the normal equations.
constexpr std::array kPenalties = {3.0, 1.0, 0.3, 0.1, 0.03, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6};
/// Samples are left out in turn in so many groups of runs of so many.
constexpr std::size_t kGroups = 4, kRun = 16;
/// Samples that are looked at.
constexpr Index kMostSamples = 4096;
/// Of the penalty, what counts each weight itself beside the steps between neighbours.
constexpr double kPsfRidge = 0.05;
/// Steps of a fit, each with what the HSI explains under the one before.
constexpr int kFreeRounds = 12;

/// Steps between neighbouring weights of a PSF, and the weights themselves: the penalty as a quadratic form.
Matrix roughness(Index size) {
  Matrix result(size * size, size * size);
  const auto step = [&](Index a, Index b) {
    result(a, a) += 1, result(b, b) += 1, result(a, b) -= 1, result(b, a) -= 1;
  };
  for (Index i = 0; i < size * size; ++i) {
    result(i, i) += kPsfRidge;
    if (i % size + 1 < size) step(i, i + 1);
    if (i + size < size * size) step(i, i + size);
  }
  return result;
}

/// A PSF in the middle of a larger one.
Matrix padded(const Tensor& psf, Index size) {
  Matrix result(size * size, 1);
  const Index given = psf.dim(0), room = (size - given) / 2;
  for (Index i = 0; i < psf.size(); ++i) result((i / given + room) * size + i % given + room, 0) = double{psf[i]};
  return result;
}

Matrix centred_columns(Matrix values) {
  std::vector<double> means(static_cast<std::size_t>(values.cols));
  for (Index i = 0; i < values.rows; ++i) {
    for (std::size_t k = 0; k < means.size(); ++k)
      means[k] += values(i, static_cast<Index>(k)) / static_cast<double>(values.rows);
  }
  return centred(std::move(values), means);
}

/// Above zero also where all is zero.
double mean_of_diagonal(const Matrix& a) {
  double mean = 1e-300;
  for (Index i = 0; i < a.rows; ++i) mean += a(i, i) / static_cast<double>(a.rows);
  return mean;
}

double quadratic(const Matrix& form, const Matrix& at) { return product_tn(at, product(form, at)).values[0]; }

Matrix sum(const Matrix& a, const Matrix& b, double factor) {
  Matrix result = a;
  for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] += factor * b.values[i];
  return result;
}

}  // namespace

/// The patches of the samples of one group, whole and under the MSI's residual, in units of the residual.
struct PsfProblem::FormGroup {
  /// A'A, (PA)'(PA), where P takes away what the HSI explains.
  Matrix normal, residual;
};

std::vector<PsfProblem::FormGroup> PsfProblem::form_groups(const Tensor& psf, Index size, double& used) const {
  const Matrix x = samples_.degraded(psf);
  const std::vector<double> left = deviations(residuals(x)), all = column_spreads(x);
  const Matrix none(size * size, size * size);
  std::vector<FormGroup> groups(kGroups, FormGroup{none, none});
  const auto stride = static_cast<std::size_t>(1 + samples_.count() / kMostSamples);
  for (Index band = 0; band < samples_.msi_bands(); ++band) {
    const auto at = static_cast<std::size_t>(band);
    // What float32 cannot tell from nothing says nothing of the form.
    if (left[at] <= kLeastResidual * all[at]) continue;
    const Matrix patches = centred_columns(samples_.patches(size, band));
    const Matrix under = residuals_of_band(patches, band);
    for (std::size_t group = 0; group < kGroups; ++group) {
      std::vector<std::uint8_t> own(kept_.size(), 0);
      for (std::size_t i = 0; i < kept_.size(); i += stride)
        own[i] = kept_[i] != 0 && i / stride / kRun % kGroups == group;
      const Matrix rows = kept_rows(patches, own), seen = kept_rows(under, own);
      used += static_cast<double>(rows.rows);
      const double unit = 1 / (left[at] * left[at]);
      groups[group].normal = sum(groups[group].normal, product_tn(rows, rows), unit);
      groups[group].residual = sum(groups[group].residual, product_tn(seen, seen), unit);
    }
  }
  return groups;
}

PsfFit PsfProblem::free_form(const PsfFit& from) const {
  const Index ratio = samples_.ratio(), given = from.psf.dim(0);
  const Index size = std::max(given, 3 * ratio + (3 * ratio - given) % 2);
  double used = 0;
  const std::vector<FormGroup> groups = form_groups(from.psf, size, used);
  const Matrix prior = padded(from.psf, size), rough = roughness(size);
  // Steps that take back what is left of the MSI, without going far from `prior`.
  const auto fitted = [&](const FormGroup* without, double penalty) {
    Matrix normal(size * size, size * size), residual = normal, at = prior;
    for (const FormGroup& group : groups) {
      if (&group == without) continue;
      normal = sum(normal, group.normal, 1);
      residual = sum(residual, group.residual, 1);
    }
    const double scale = mean_of_diagonal(normal);
    Matrix system = sum(normal, rough, penalty * scale);
    // A step that changes the sum of the weights costs much, so the sum stays.
    for (double& value : system.values) value += 1e3 * scale;
    const Cholesky factor(system);
    for (int round = 0; round < kFreeRounds; ++round) {
      const Matrix slope = sum(product(residual, at), product(rough, sum(at, prior, -1)), penalty * scale);
      at = sum(at, factor.solve(slope), -1);
    }
    return at;
  };
  // Relative to what the MSI varies under it, as a wider PSF leaves less of everything.
  const auto error_of = [&](const FormGroup& group, const Matrix& at) {
    return quadratic(group.residual, at) / std::max(1e-300, quadratic(group.normal, at));
  };
  double as_it_is = 0;
  for (const FormGroup& group : groups) as_it_is += error_of(group, prior);
  double best = as_it_is, chosen = 0;
  for (const double penalty : kPenalties) {
    double error = 0;
    for (const FormGroup& group : groups) error += error_of(group, fitted(&group, penalty));
    if (error < best) best = error, chosen = penalty;
  }
  PsfFit fit = from;
  if (chosen == 0 || used == 0) return fit;
  const Matrix weights = fitted(nullptr, chosen);
  fit.worth_of_form = used / 2 * std::log(as_it_is / std::max(best, 1e-300));
  fit.psf = Tensor({size, size});
  const double whole = std::accumulate(weights.values.begin(), weights.values.end(), 0.0);
  for (Index i = 0; i < fit.psf.size(); ++i) fit.psf[i] = static_cast<float>(weights(i, 0) / whole);
  const Matrix x = samples_.degraded(fit.psf);
  fit.cost = cost(x, residuals(x));
  return fit;
}

}  // namespace specfuse
