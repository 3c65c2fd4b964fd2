#include "estimate/band_moments.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// The spectra of all pixels less the mean of each band [pixels, bands].
Matrix centred_spectra(const Cube& cube, const std::vector<double>& means) {
  return centred(to_matrix(cube.values.reshape({cube.pixels(), cube.bands()})), means);
}

Matrix mean_product(const Matrix& a, const Matrix& b) {
  Matrix result = product_tn(a, b);
  for (double& value : result.values) value /= static_cast<double>(a.rows);
  return result;
}

/// The standard deviation of what the bands next to band b do not explain of it. As many are asked as the pixels allow.
double noise_of(const Matrix& covariance, Index b, Index pixels) {
  const Index bands = covariance.rows, asked = std::min(bands - 1, pixels / 4);
  const double floor = 1e-7 * std::sqrt(covariance(b, b));
  if (asked < 1) return floor;
  const Index first = std::clamp<Index>(b - asked / 2, 0, bands - 1 - asked);
  Matrix left(asked, asked), right(asked, 1);
  const auto at = [&](Index i) { return first + i < b ? first + i : first + i + 1; };
  for (Index i = 0; i < asked; ++i) {
    right(i, 0) = covariance(at(i), b);
    for (Index j = 0; j < asked; ++j) left(i, j) = covariance(at(i), at(j));
    // Bands that are copies of each other still have a solution.
    left(i, i) += 1e-10 * covariance(at(i), at(i)) + 1e-300;
  }
  const Matrix weights = solve_positive(left, right);
  double residual = covariance(b, b);
  for (Index i = 0; i < asked; ++i) residual -= weights(i, 0) * right(i, 0);
  const auto count = static_cast<double>(pixels);
  return std::max(floor, std::sqrt(std::max(0.0, residual) * count / (count - static_cast<double>(asked) - 1)));
}

/// What is left of a direction of this variance, in noise units, when it is estimated from what was seen (Wiener).
double signal_share(double variance) { return std::max(0.0, 1 - 1 / variance); }

constexpr double kGramRidge = 1e-4;

}  // namespace

BandMoments::BandMoments(const Cube& hsi) : mean_(band_means(hsi)) {
  SPECFUSE_CHECK(hsi.pixels() >= 16, "estimate: expected an hsi of at least 16 pixels, got ", hsi.pixels());
  centred_ = centred_spectra(hsi, mean_);
  const Index bands = hsi.bands();
  const Matrix noisy = mean_product(centred_, centred_);
  for (Index b = 0; b < bands; ++b) noise_.push_back(std::max(1e-30, noise_of(noisy, b, pixels())));

  Matrix whitened(bands, bands);
  const auto noise = [&](Index b) { return noise_[static_cast<std::size_t>(b)]; };
  for (Index i = 0; i < bands; ++i) {
    for (Index j = 0; j < bands; ++j) whitened(i, j) = noisy(i, j) / (noise(i) * noise(j));
  }
  const Eigen eigen = eigen_symmetric(whitened);
  // A direction of nothing but noise has variance 1.
  constexpr double kLeast = 4;
  const auto kept = std::max<Index>(
      1, std::count_if(eigen.values.begin(), eigen.values.end(), [=](double value) { return value > kLeast; }));
  directions_ = Matrix(bands, kept);
  variances_.assign(eigen.values.begin(), eigen.values.begin() + kept);
  Matrix scaled(bands, kept);
  for (Index b = 0; b < bands; ++b) {
    for (Index k = 0; k < kept; ++k) {
      const double variance = variances_[static_cast<std::size_t>(k)];
      directions_(b, k) = eigen.vectors(b, k);
      scaled(b, k) = noise(b) * eigen.vectors(b, k) * signal_share(variance) * std::sqrt(std::max(0.0, variance));
    }
  }
  covariance_ = product_nt(scaled, scaled);
}

Matrix BandMoments::scores(Index most) const {
  const Index count = std::min(most, directions_.cols);
  Matrix along(directions_.rows, count);
  for (Index b = 0; b < along.rows; ++b) {
    for (Index k = 0; k < count; ++k) {
      const double deviation = std::sqrt(std::max(1e-30, variances_[static_cast<std::size_t>(k)]));
      along(b, k) = directions_(b, k) / (noise_[static_cast<std::size_t>(b)] * deviation);
    }
  }
  return product(centred_, along);
}

std::vector<double> BandMoments::noise_shares() const {
  std::vector<double> shares;
  for (const double variance : variances_) shares.push_back(1 - signal_share(variance));
  return shares;
}

BandMoments::Cross BandMoments::with(const Cube& other) const {
  SPECFUSE_CHECK(other.pixels() == pixels(), "estimate: expected ", pixels(), " pixels, got ", other.pixels());
  Cross cross;
  cross.mean = band_means(other);
  const Matrix values = centred_spectra(other, cross.mean);
  Matrix whitened = mean_product(centred_, values);
  for (Index b = 0; b < whitened.rows; ++b) {
    for (Index m = 0; m < whitened.cols; ++m) whitened(b, m) /= noise_[static_cast<std::size_t>(b)];
  }
  const Matrix along = product_tn(directions_, whitened);
  Matrix signal = along;
  for (Index k = 0; k < signal.rows; ++k) {
    const double share = signal_share(variances_[static_cast<std::size_t>(k)]);
    for (Index m = 0; m < signal.cols; ++m) signal(k, m) *= share;
  }
  cross.covariance = product(directions_, signal);
  for (Index b = 0; b < whitened.rows; ++b) {
    for (Index m = 0; m < whitened.cols; ++m) cross.covariance(b, m) *= noise_[static_cast<std::size_t>(b)];
  }
  for (Index m = 0; m < values.cols; ++m) {
    double variance = 0, explained = 0;
    for (Index i = 0; i < values.rows; ++i) variance += values(i, m) * values(i, m);
    variance /= static_cast<double>(values.rows);
    for (Index k = 0; k < along.rows; ++k) {
      const double length = variances_[static_cast<std::size_t>(k)];
      if (length > 0) explained += along(k, m) * along(k, m) / length;
    }
    cross.variance.push_back(variance);
    cross.unexplained.push_back(variance > 0 ? std::max(0.0, 1 - explained / variance) : 0);
  }
  return cross;
}

Matrix regression_of(const Cube& from, const Cube& to) {
  const auto centred_values = [](const Cube& cube) {
    return centred(to_matrix(cube.values.reshape({cube.pixels(), cube.bands()})), band_means(cube));
  };
  const Matrix x = centred_values(from);
  Matrix gram = product_tn(x, x);
  double trace = 1e-300;
  for (Index i = 0; i < gram.rows; ++i) trace += gram(i, i);
  for (Index i = 0; i < gram.rows; ++i) gram(i, i) += kGramRidge * trace / static_cast<double>(gram.rows);
  return solve_positive(gram, product_tn(x, centred_values(to)));
}

}  // namespace specfuse
