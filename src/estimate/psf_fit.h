#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "estimate/coarse_samples.h"

namespace specfuse {

/// What of a PSF is sought: the widths of a Gaussian down and across, and where it points.
struct PsfFreedom {
  bool width = false, shift = false;
  /// Where the Gaussian is cut off [support, support]; 0: at twice the ratio, as one that is told.
  Index support = 0;
  int numbers() const { return (width ? 2 : 0) + (shift ? 2 : 0); }
};

/// A PSF as it fits the samples.
struct PsfFit {
  PsfFreedom freedom;
  Tensor psf;
  /// Full widths at half maximum of the Gaussian, down and across, in fine pixels; only where they were sought.
  std::array<double, 2> fwhm{};
  /// In fine pixels down and to the right, and its standard errors.
  std::array<double, 2> shift{}, shift_error{};
  /// Minus the log-likelihood for white residuals in each band, up to a constant.
  double cost = 0;
  /// By how much the log-likelihood of samples that are left out is larger for the free form; 0: it has none.
  double worth_of_form = 0;
};

/// Least residual, as a part of the standard deviation of a band: what float32 cannot tell.
inline constexpr double kLeastResidual = 1e-5;

/// Standard deviations of the columns.
std::vector<double> column_spreads(const Matrix& x);
/// The rows of a matrix that are kept.
Matrix kept_rows(const Matrix& values, const std::vector<std::uint8_t>& kept);

/// The PSF by which the HSI sees the grid of the MSI. Each band of the MSI under it is explained by the signal of the
/// HSI's bands, whatever the response, gain and offset of that band: what no combination of them explains is the
/// residual, and least of it is sought (Gauss and Newton). Samples that disagree in most bands, such as those of an
/// area that changed between the dates, are left out.
class PsfProblem {
 public:
  /// `srf` is the response as it is told; undefined where nothing is.
  PsfProblem(const CoarseSamples& samples, const Tensor& srf);

  /// Looks for the place within two coarse pixels, then refines; what is kept follows from it.
  PsfFit find(const PsfFreedom& freedom);
  /// The same from a fit that is near, after the samples changed.
  PsfFit settle(const PsfFit& from);
  /// The best of what is kept for the freedom given, from a fit with more of it.
  PsfFit refine(const PsfFit& from, const PsfFreedom& freedom) const;

  /// The same PSF with a form of its own: regularised least squares of its weights, the penalty chosen by leaving out
  /// groups of samples in turn; the PSF as it is where that is no better for them.
  PsfFit free_form(const PsfFit& from) const;

  /// How the shift that is left varies over the image, by one step of Gauss and Newton with at most so many terms for
  /// each axis: where a field of first or second degree explains more than a constant does in blocks that are left out.
  std::optional<ShiftField> field_step(const PsfFit& fit, Index terms) const;

  /// Which samples count.
  const std::vector<std::uint8_t>& kept() const { return kept_; }
  Index kept_count() const;
  /// The part of the variance of each MSI band under a PSF that the HSI does not explain.
  std::vector<double> unexplained(const Tensor& psf) const;

 private:
  /// Log widths relative to those told, and shifts.
  using Parameters = std::array<double, 4>;
  /// What explains the MSI bands: a constant and, if `all`, the signal of the HSI; each with the response as told.
  struct Basis {
    Matrix columns, gram;
  };

  Parameters parameters_of(const PsfFit& fit) const;
  PsfFit settle(Parameters at, const PsfFreedom& freedom);
  Tensor psf_of(const Parameters& at, const PsfFreedom& freedom) const;
  void choose_basis(bool all);
  Matrix unexplained_by_basis(const Matrix& x) const;
  void take_told_from(Index column, Index band, Matrix& left) const;
  Matrix residuals(const Matrix& x) const;
  /// Of columns that all belong to one MSI band.
  Matrix residuals_of_band(const Matrix& x, Index band) const;
  struct FormGroup;
  std::vector<Matrix> field_groups(const PsfFit& fit, Index terms) const;
  std::vector<FormGroup> form_groups(const Tensor& psf, Index size, double& used) const;
  std::vector<double> deviations(const Matrix& residuals) const;
  double cost(const Matrix& x, const Matrix& residuals) const;
  double cost_at(const Parameters& at, const PsfFreedom& freedom) const;
  /// Those that count, in units of the standard deviation of each band under the PSF, as the cost has them: a wider PSF
  /// is not better for leaving less of everything.
  Matrix relative_residuals(const Parameters& at, const PsfFreedom& freedom) const;
  double robust_cost(const Matrix& x) const;
  void keep_agreeing(const Parameters& at, const PsfFreedom& freedom);
  std::array<Matrix, 2> shift_slopes(const PsfFit& fit) const;
  std::array<double, 2> noise_bias(const PsfFit& fit) const;
  std::array<double, 2> shift_errors(const Matrix& slopes, const Matrix& left, const Matrix& normal) const;
  Parameters descend(Parameters at, const PsfFreedom& freedom, int steps, std::array<double, 2>* error) const;
  void factor();

  const CoarseSamples& samples_;
  /// The HSI under the response as told [samples, msi bands]; empty where it is not known.
  Matrix told_;
  /// Scores along the principal directions of the HSI's signal, of variance one [samples, directions].
  Matrix scores_;
  /// The part of the variance of each that is noise.
  std::vector<double> noise_shares_;
  Basis basis_;
  /// What the basis leaves of `told_`.
  Matrix told_left_;
  std::vector<double> told_spread_;
  std::vector<std::uint8_t> kept_;
  double fwhm_;
};

/// The field of the registration where there is one; samples, problem and fit are then those under it.
std::optional<ShiftField> find_shift_field(CoarseSamples& samples, PsfProblem& problem, PsfFit& fit);

}  // namespace specfuse
