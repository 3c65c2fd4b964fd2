#include "specfuse/methods/shared/vca.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/methods/shared/spectra.h"

namespace specfuse {
namespace {

std::vector<double> mean_row(const Matrix& a) {
  std::vector<double> mean(static_cast<std::size_t>(a.cols));
  for (Index row = 0; row < a.rows; ++row) {
    for (Index col = 0; col < a.cols; ++col) mean[static_cast<std::size_t>(col)] += a(row, col);
  }
  for (double& value : mean) value /= static_cast<double>(a.rows);
  return mean;
}

double energy(const Matrix& a) {
  double total = 0;
  for (const double value : a.values) total += value * value;
  return total;
}

/// The strongest directions [bands, count] of the rows.
Matrix directions(const Matrix& rows, Index count) { return leading_eigenvectors(product_tn(rows, rows), count); }

/// Signal to noise ratio in dB if the signal fills `count` dimensions, as the paper estimates it.
double estimated_snr_db(const Matrix& spectra, const Matrix& without_mean, Index count) {
  const Matrix kept = product(without_mean, directions(without_mean, count));
  const double all = energy(spectra), signal = energy(kept) + all - energy(without_mean);
  const double noise_share = static_cast<double>(count) / static_cast<double>(spectra.cols);
  if (all - signal <= 1e-12 * all) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(std::max(signal - noise_share * all, 1e-300) / (all - signal));
}

/// What projecting leaves: the search happens in `points`, the answers are rows of `spectra`.
struct Projected {
  Matrix points, spectra;
};

/// Little noise: points on the plane <x, mean> = 1 of the signal subspace (the algorithm's projective projection).
Projected projective(const Matrix& spectra, Index count) {
  const Matrix basis = directions(spectra, count);
  Matrix points = product(spectra, basis);
  const Matrix denoised = product_nt(points, basis);
  const std::vector<double> mean = mean_row(points);
  double norm = 0;
  for (const double value : mean) norm += value * value;
  for (Index row = 0; row < points.rows; ++row) {
    double along = 0;
    for (Index col = 0; col < count; ++col) along += points(row, col) * mean[static_cast<std::size_t>(col)];
    // Dark pixels would be thrown to infinity.
    const double factor = along > 1e-3 * norm ? 1 / along : 0;
    for (Index col = 0; col < count; ++col) points(row, col) *= factor;
  }
  return {points, denoised};
}

/// Much noise: principal components of one dimension less, and a constant.
Projected orthogonal(const Matrix& without_mean, const std::vector<double>& mean, Index count) {
  const Matrix basis = directions(without_mean, count - 1);
  const Matrix components = product(without_mean, basis);
  Matrix denoised = product_nt(components, basis), points(components.rows, count);
  double farthest = 0;
  for (Index row = 0; row < points.rows; ++row) {
    double squared = 0;
    for (Index col = 0; col + 1 < count; ++col) {
      points(row, col) = components(row, col);
      squared += components(row, col) * components(row, col);
    }
    farthest = std::max(farthest, squared);
    for (Index col = 0; col < denoised.cols; ++col) denoised(row, col) += mean[static_cast<std::size_t>(col)];
  }
  for (Index row = 0; row < points.rows; ++row) points(row, count - 1) = std::sqrt(farthest);
  return {points, denoised};
}

}  // namespace

Matrix vca(const Cube& cube, Index count, std::uint64_t seed) {
  SPECFUSE_CHECK(count >= 1 && count <= std::min(cube.bands(), cube.pixels()), "vca: expected from 1 to ",
                 std::min(cube.bands(), cube.pixels()), " endmembers, got ", count);
  const Matrix spectra = spectra_of(cube, 0, cube.pixels());
  const std::vector<double> mean = band_means(cube);
  const Matrix without_mean = centred(spectra, mean);
  const double enough_db = 15 + 10 * std::log10(static_cast<double>(count));
  const bool clean = count == 1 || estimated_snr_db(spectra, without_mean, count) > enough_db;
  const Projected projected = clean ? projective(spectra, count) : orthogonal(without_mean, mean, count);

  Rng rng(seed, stream_of("vca"));
  Matrix corners(count, count), endmembers(count, cube.bands());
  // The algorithm starts with the last unit vector in place of a corner, and replaces it by the first corner.
  corners(count - 1, 0) = 1;
  for (Index found = 0; found < count; ++found) {
    Matrix direction(count, 1);
    for (double& value : direction.values) value = rng.normal();
    const Matrix inside = product(corners, least_squares(corners, direction));
    for (Index i = 0; i < count && count > 1; ++i) direction(i, 0) -= inside(i, 0);
    const Matrix along = product(projected.points, direction);
    const auto farther = [](double x, double y) { return std::abs(x) < std::abs(y); };
    const Index pixel = std::max_element(along.values.begin(), along.values.end(), farther) - along.values.begin();
    for (Index i = 0; i < count; ++i) corners(i, found) = projected.points(pixel, i);
    std::copy_n(projected.spectra.row(pixel), cube.bands(), endmembers.row(found));
  }
  return endmembers;
}

}  // namespace specfuse
