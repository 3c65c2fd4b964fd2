#include "specfuse/methods/shared/signal_subspace.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/core/quantile.h"
#include "specfuse/core/threads.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// A regression on all bands takes more pixels than this for each of them; else it is on this many on either side.
constexpr double kPixelsPerBand = 1.5;
constexpr Index kNeighbours = 3;
/// Added to the variances, in units of their mean: keeps the regression solvable.
constexpr double kRidge = 1e-10;
/// A signal direction has more than this many deviations of the noise, and there are at least this many of them.
constexpr double kLeastDeviation = 2;
constexpr Index kLeastDirections = 3;

/// A PSF whose own correlation over a coarse pixel is below this is no evidence of what passed it.
constexpr double kLeastPassed = 0.05;
/// Least share of a residual that is taken for white.
constexpr double kLeastWhite = 1e-12;

/// Correlation of a PSF [size, size] with itself, shifted by this many fine pixels along one axis.
double correlation_over(const Tensor& psf, Index shift) {
  double common = 0;
  for (Index i = 0; i < psf.dim(0); ++i) {
    for (Index j = 0; j + shift < psf.dim(1); ++j) {
      common += double{psf[i * psf.dim(1) + j]} * psf[i * psf.dim(1) + j + shift];
    }
  }
  return common / dot(psf, psf);
}

Matrix block(const Matrix& a, Index first, Index count) {
  Matrix result(count, count);
  for (Index i = 0; i < count; ++i) std::copy_n(a.row(first + i) + first, count, result.row(i));
  return result;
}

/// Covariance of the bands, with a ridge that keeps it positive definite.
Matrix ridged_covariance(const Cube& hsi) {
  Matrix moments = covariance(hsi, hsi).xx;
  double ridge = std::pow(kRounding * intensity_of(hsi), 2);
  for (Index b = 0; b < moments.rows; ++b) ridge += kRidge * moments(b, b) / static_cast<double>(moments.rows);
  for (Index b = 0; b < moments.rows; ++b) moments(b, b) += ridge;
  return moments;
}

bool has_many_pixels(const Cube& hsi) {
  return static_cast<double>(hsi.pixels()) > kPixelsPerBand * static_cast<double>(hsi.bands());
}

/// [bands, bands] that turns a spectrum into the residuals of each band's regression, divided by their variances, which
/// are 1 / its diagonal.
Matrix residual_filter(const Cube& hsi) {
  const Matrix moments = ridged_covariance(hsi);
  const Index bands = moments.rows;
  if (has_many_pixels(hsi)) return solve_positive(moments, identity(bands));
  Matrix filter(bands, bands);
  for (Index b = 0; b < bands; ++b) {
    const Index first = std::max<Index>(b - kNeighbours, 0), end = std::min(b + kNeighbours + 1, bands);
    const Matrix inverse = solve_positive(block(moments, first, end - first), identity(end - first));
    for (Index i = first; i < end; ++i) filter(i, b) = inverse(i - first, b - first);
  }
  return filter;
}

/// Standard deviations of the residuals.
std::vector<double> residual_deviations(const Cube& hsi, const Matrix& filter) {
  const Index bands = hsi.bands();
  const double pixels = static_cast<double>(hsi.pixels());
  std::vector<double> deviations;
  for (Index b = 0; b < bands; ++b) {
    // The mean and the weights of the other bands are fitted to the same pixels.
    const Index near = std::min(b + kNeighbours + 1, bands) - std::max<Index>(b - kNeighbours, 0);
    const auto fitted = static_cast<double>(has_many_pixels(hsi) ? bands : near);
    deviations.push_back(std::sqrt(1 / filter(b, b) * pixels / std::max(pixels - fitted, 1.0)));
  }
  return deviations;
}

/// Part of the variance of each band's residual that is white: what neighbours have in common passed the PSF, whose own
/// correlation over one coarse pixel says how much that is.
std::vector<double> white_shares(const Cube& hsi, const Matrix& filter, const Degradation& degradation) {
  const Index bands = hsi.bands();
  const double passed = correlation_over(degradation.psf, degradation.ratio);
  std::vector<double> shares(static_cast<std::size_t>(bands), 1.0);
  if (passed < kLeastPassed || hsi.rows() < 2 || hsi.cols() < 2) return shares;
  Cube centred_hsi = hsi;
  centred_hsi.values = hsi.values.clone();
  const std::vector<double> mean = band_means(hsi);
  for (Index i = 0; i < hsi.values.size(); ++i) {
    centred_hsi.values[i] -= static_cast<float>(mean[static_cast<std::size_t>(i % bands)]);
  }
  const Cube residual = transform_spectra(centred_hsi, filter);
  for (Index b = 0; b < bands; ++b) {
    const auto at = [&](Index r, Index c) { return double{residual.pixel(r, c)[b]}; };
    double square = 0, down = 0, along = 0;
    for (Index r = 0; r < hsi.rows(); ++r) {
      for (Index c = 0; c < hsi.cols(); ++c) {
        square += at(r, c) * at(r, c);
        if (r > 0) down += at(r, c) * at(r - 1, c);
        if (c > 0) along += at(r, c) * at(r, c - 1);
      }
    }
    const double rows = static_cast<double>(hsi.rows()), cols = static_cast<double>(hsi.cols());
    const double common = (down / ((rows - 1) * cols) + along / (rows * (cols - 1))) / 2;
    if (square == 0) continue;
    const double share = 1 - std::max(common, 0.0) / passed / (square / (rows * cols));
    shares[static_cast<std::size_t>(b)] = std::max(share, kLeastWhite);
  }
  return shares;
}

/// Standard deviation of what differs from pixel to pixel in one band beyond planes and ridges (Immerkaer 1996, "Fast
/// noise variance estimation"), from the median of the filter's sizes: texture adds to it, edges hardly. Infinite where
/// the image is less than 3 x 3.
double fine_noise(const Cube& image, Index band) {
  constexpr double kMask[3] = {1, -2, 1}, kNorm = 6, kMedianOfNormal = 0.6745;
  std::vector<double> sizes;
  for (Index r = 1; r + 1 < image.rows(); ++r) {
    for (Index c = 1; c + 1 < image.cols(); ++c) {
      double sum = 0;
      for (Index i = 0; i < 3; ++i) {
        for (Index j = 0; j < 3; ++j) sum += kMask[i] * kMask[j] * image.pixel(r + i - 1, c + j - 1)[band];
      }
      sizes.push_back(std::abs(sum));
    }
  }
  if (sizes.empty()) return std::numeric_limits<double>::infinity();
  return median(std::move(sizes)) / (kNorm * kMedianOfNormal);
}

}  // namespace

std::vector<double> hsi_noise(const Cube& hsi) { return residual_deviations(hsi, residual_filter(hsi)); }

PairNoise noise_of(const Pair& pair) {
  const Degradation& degradation = pair.degradation;
  check_pair_with_srf(pair, "noise_of");
  const Matrix filter = residual_filter(pair.hsi);
  PairNoise noise{residual_deviations(pair.hsi, filter), {}};
  Cube residual = degrade_spatially(pair.msi, degradation);
  add_scaled(residual.values, degrade_spectrally(pair.hsi, degradation.srf).values, -1.0f);
  const double kept = dot(degradation.psf, degradation.psf);
  std::vector<double> shares;
  for (Index m = 0; m < residual.bands(); ++m) {
    const double square = mean_square(residual, m);
    noise.msi.push_back(std::min(std::sqrt(square / kept), fine_noise(pair.msi, m)));
    double claimed = 0;
    for (Index b = 0; b < pair.hsi.bands(); ++b) {
      claimed += std::pow(degradation.srf[m * pair.hsi.bands() + b] * noise.hsi[static_cast<std::size_t>(b)], 2);
    }
    shares.push_back(claimed > 0 ? square / claimed : 1);
  }
  std::sort(shares.begin(), shares.end());
  const double share = std::min(shares[shares.size() / 2], 1.0);
  const std::vector<double> white = white_shares(pair.hsi, filter, degradation);
  for (std::size_t b = 0; b < white.size(); ++b) noise.hsi[b] *= std::sqrt(std::min(share, white[b]));
  return noise;
}

Matrix signal_directions(const Cube& hsi, const std::vector<double>& noise) {
  SPECFUSE_CHECK(noise.size() == static_cast<std::size_t>(hsi.bands()), "signal_directions: expected the noise of ",
                 hsi.bands(), " bands, got ", noise.size());
  Matrix whitened = covariance(hsi, hsi).xx;
  for (Index i = 0; i < whitened.rows; ++i) {
    for (Index j = 0; j < whitened.cols; ++j) {
      whitened(i, j) /= noise[static_cast<std::size_t>(i)] * noise[static_cast<std::size_t>(j)];
    }
  }
  const Eigen eigen = eigen_symmetric(whitened);
  const auto stands_out = [](double variance) { return variance > kLeastDeviation * kLeastDeviation; };
  const Index found = std::count_if(eigen.values.begin(), eigen.values.end(), stands_out);
  Matrix directions(hsi.bands(), std::min(std::max(found, kLeastDirections), hsi.bands()));
  for (Index b = 0; b < directions.rows; ++b) std::copy_n(eigen.vectors.row(b), directions.cols, directions.row(b));
  return directions;
}

void project_on_signal(const Cube& hsi, Cube& fused) {
  SPECFUSE_CHECK(fused.bands() == hsi.bands(), "project_on_signal: expected ", hsi.bands(), " bands, got ",
                 fused.bands());
  const std::vector<double> noise = hsi_noise(hsi), mean = band_means(hsi);
  Matrix there = signal_directions(hsi, noise), back = transpose(there);
  for (Index b = 0; b < there.rows; ++b) {
    for (Index k = 0; k < there.cols; ++k) {
      there(b, k) /= noise[static_cast<std::size_t>(b)];
      back(k, b) *= noise[static_cast<std::size_t>(b)];
    }
  }
  const auto for_each_value = [&](const auto& change) {
    parallel_for(fused.rows(), [&](Index row) {
      float* const values = fused.pixel(row, 0);
      for (Index i = 0; i < fused.cols() * fused.bands(); ++i) {
        change(values[i], static_cast<float>(mean[static_cast<std::size_t>(i % fused.bands())]));
      }
    });
  };
  for_each_value([](float& value, float middle) { value -= middle; });
  const Cube coefficients = transform_spectra(fused, there);
  for_each_value([](float& value, float middle) { value = middle; });
  add_product(coefficients.values, back, fused.values);
}

}  // namespace specfuse
