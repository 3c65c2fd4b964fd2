#include "specfuse/estimate/harmonise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "estimate/band_moments.h"
#include "estimate/coarse_samples.h"
#include "estimate/sharp_factor.h"
#include "specfuse/core/error.h"
#include "specfuse/core/quantile.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/upsample.h"

namespace specfuse {
namespace {

/// A residual counts as far as it exceeds this many standard deviations (the non-negative garrote, Breiman 1995).
constexpr double kTrusted = 3;
/// Relative to its mean, what a band is at least where it is divided by.
constexpr double kDark = 0.05, kDarkForAreas = 0.25;
constexpr float kLeastFactor = 0.3f, kMostFactor = 3;
/// An area that changed: by so much of the MSI, by so many standard deviations, in so many connected coarse pixels; and
/// the pixels around it that are looked at with it.
constexpr float kChanged = 0.08f, kChangedNoise = 6;
constexpr std::size_t kLeastArea = 4;
constexpr Index kAround = 4;
/// Of the least noise that counts for the map, relative to the mean of a band.
constexpr double kLeastNoise = 1e-3;
/// The part of a relative disagreement that is left as an error, as a standard deviation.
constexpr float kLeft = 0.15f;

/// More than this part of the PSF beyond the image, and a coarse pixel is one at its edge.
constexpr double kBeyond = 0.02;

/// How many coarse rows (axis 0) or columns at either end of an image see beyond it.
std::array<Index, 2> edge_pixels(const Degradation& degradation, int axis) {
  const Tensor& psf = degradation.psf;
  const Index size = psf.dim(0), overhang = (size - degradation.ratio) / 2;
  std::array<Index, 2> count{};
  for (std::size_t end = 0; end < 2; ++end) {
    for (Index pixel = 0; pixel * degradation.ratio < overhang; ++pixel) {
      double beyond = 0;
      for (Index i = 0; i < psf.size(); ++i) {
        const Index along = axis == 0 ? i / size : i % size, tap = end == 0 ? along : size - 1 - along;
        if (tap < overhang - pixel * degradation.ratio) beyond += double{psf[i]};
      }
      if (beyond > kBeyond) count[end] = pixel + 1;
    }
  }
  return count;
}

/// Connected coarse pixels.
struct Area {
  Rectangle box;
  std::size_t pixels = 0;
  double sum = 0;
};

std::vector<Area> areas_of(const Cube& disagreement) {
  const Index rows = disagreement.rows(), cols = disagreement.cols();
  std::vector<std::uint8_t> open(static_cast<std::size_t>(rows * cols));
  for (Index p = 0; p < rows * cols; ++p) {
    open[static_cast<std::size_t>(p)] = has_changed(disagreement.values.data() + 2 * p);
  }
  std::vector<Area> areas;
  for (Index start = 0; start < rows * cols; ++start) {
    if (open[static_cast<std::size_t>(start)] == 0) continue;
    Area area;
    Index top = rows, left = cols, bottom = 0, right = 0;
    std::vector<Index> waiting{start};
    open[static_cast<std::size_t>(start)] = 0;
    while (!waiting.empty()) {
      const Index p = waiting.back(), row = p / cols, col = p % cols;
      waiting.pop_back();
      ++area.pixels;
      area.sum += double{disagreement.values[2 * p + 1]};
      top = std::min(top, row), bottom = std::max(bottom, row + 1);
      left = std::min(left, col), right = std::max(right, col + 1);
      for (Index r = std::max<Index>(0, row - 1); r < std::min(rows, row + 2); ++r) {
        for (Index c = std::max<Index>(0, col - 1); c < std::min(cols, col + 2); ++c) {
          if (open[static_cast<std::size_t>(r * cols + c)] == 0) continue;
          open[static_cast<std::size_t>(r * cols + c)] = 0;
          waiting.push_back(r * cols + c);
        }
      }
    }
    area.box = {top, left, bottom - top, right - left};
    if (area.pixels >= kLeastArea) areas.push_back(area);
  }
  return areas;
}

/// What the residual leaves open of each HSI band in a fine pixel: its covariance, without what the noise of the HSI
/// explains of it, spread over the bands. As much of it as is noise of fine pixels is smaller in a coarse one by the
/// square root of the sum of the squared weights of the PSF.
std::vector<float> fine_error_of(const Matrix& steps, const Cube& hsi, const Degradation& degradation,
                                 const Matrix& spread) {
  Matrix covariance = product_tn(steps, steps);
  const std::vector<double> noise = BandMoments(hsi).noise();
  const Tensor &srf = degradation.srf, &psf = degradation.psf;
  for (Index m = 0; m < covariance.rows; ++m) {
    for (Index k = 0; k < covariance.cols; ++k) {
      covariance(m, k) /= static_cast<double>(steps.rows);
      for (Index b = 0; b < hsi.bands(); ++b) {
        const double of_band = noise[static_cast<std::size_t>(b)];
        covariance(m, k) -= double{srf[m * hsi.bands() + b]} * double{srf[k * hsi.bands() + b]} * of_band * of_band;
      }
    }
  }
  double kept = 0;
  for (Index i = 0; i < psf.size(); ++i) kept += double{psf[i]} * double{psf[i]};
  const Matrix of_msi = product(covariance, spread);
  std::vector<float> error;
  for (Index b = 0; b < spread.cols; ++b) {
    double square = 0;
    for (Index m = 0; m < spread.rows; ++m) square += spread(m, b) * of_msi(m, b);
    error.push_back(static_cast<float>(std::sqrt(std::max(0.0, square) / kept)));
  }
  return error;
}

/// y' = y (1 - (3 noise / y)^2) where y is larger than that, else 0.
double trusted(double residual, double noise) {
  return residual * std::max(0.0, 1 - std::pow(kTrusted * noise, 2) / std::max(residual * residual, 1e-300));
}

/// Gives coarse pixels that see beyond the image the factor of the nearest that does not, and takes what is then left
/// of the residual out of the HSI.
void treat_edges(const Harmony& harmony, const Cube& low, const Cube& said, Pair& pair, Cube& factor, Cube& wanted) {
  const std::array<Index, 2> down = edge_pixels(pair.degradation, 0), across = edge_pixels(pair.degradation, 1);
  const Index rows = low.rows(), cols = low.cols(), bands = low.bands();
  if (rows <= down[0] + down[1] || cols <= across[0] + across[1]) return;
  pair.hsi.values = pair.hsi.values.clone();
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const Index r = std::clamp(row, down[0], rows - 1 - down[1]),
                  c = std::clamp(col, across[0], cols - 1 - across[1]);
      if (r == row && c == col) continue;
      for (Index m = 0; m < bands; ++m) {
        const auto at = static_cast<std::size_t>(m);
        factor.pixel(row, col)[m] = factor.pixel(r, c)[m];
        wanted.pixel(row, col)[m] = low.pixel(row, col)[m] * factor.pixel(r, c)[m];
        const double left =
            trusted(double{said.pixel(row, col)[m]} - double{wanted.pixel(row, col)[m]}, harmony.noise[at]);
        for (Index b = 0; left != 0 && b < pair.hsi.bands(); ++b)
          pair.hsi.pixel(row, col)[b] -= static_cast<float>(left * harmony.spread(m, b));
      }
    }
  }
}

/// Puts a part of an image where it belongs.
void put(const Cube& part, const Rectangle& place, Cube& image) {
  for (Index row = 0; row < place.rows; ++row)
    std::copy_n(part.pixel(row, 0), place.cols * part.bands(), image.pixel(place.row + row, place.col));
}

}  // namespace

Harmony harmony_of(const PairParts& pair) {
  const CoarseSamples samples(pair);
  const Degradation& degradation = pair.degradation();
  SPECFUSE_CHECK(degradation.srf.defined(), "harmony_of: expected the response of the MSI, got none");
  const Matrix x = samples.degraded(degradation.psf);
  const Cube y = degrade_spectrally(samples.hsi(), degradation.srf);
  Harmony harmony;
  // Differences of neighbours, as what both have in common is no noise.
  Matrix steps(x.rows - 1, x.cols);
  for (Index m = 0; m < x.cols; ++m) {
    std::vector<double> sizes;
    double sum = x(0, m);
    for (Index i = 1; i < x.rows; ++i) {
      const auto residual = [&](Index at) { return double{y.values[at * x.cols + m]} - x(at, m); };
      steps(i - 1, m) = (residual(i) - residual(i - 1)) / std::sqrt(2.0);
      sizes.push_back(std::abs(steps(i - 1, m)));
      sum += x(i, m);
    }
    harmony.mean.push_back(std::abs(sum) / static_cast<double>(x.rows) + 1e-30);
    harmony.noise.push_back(kMedianToDeviation * median(std::move(sizes)) + 1e-6 * harmony.mean.back());
    const double most = kTrusted * harmony.noise.back();
    for (Index i = 0; i < steps.rows; ++i) steps(i, m) = std::clamp(steps(i, m), -most, most);
  }
  harmony.spread = regression_of(y, samples.hsi());
  harmony.fine_error = fine_error_of(steps, samples.hsi(), degradation, harmony.spread);
  return harmony;
}

Index harmony_halo(const Degradation& degradation) { return detail_margin(degradation) + kAround; }

namespace {

/// Whether nearly all that each coarse pixel sees of the MSI was measured, and not filled in; empty: everywhere.
std::vector<std::uint8_t> sees_measured(const Cube& msi, const Degradation& degradation) {
  constexpr float kNearlyAll = 0.98F;
  if (msi.valid.empty()) return {};
  Cube measured(msi.rows(), msi.cols(), 1);
  for (Index p = 0; p < msi.pixels(); ++p) measured.values[p] = msi.is_valid(p) ? 1.0F : 0.0F;
  const Cube share = degrade_spatially(measured, degradation);
  std::vector<std::uint8_t> sees(static_cast<std::size_t>(share.pixels()));
  for (std::size_t p = 0; p < sees.size(); ++p) sees[p] = share.values[static_cast<Index>(p)] >= kNearlyAll;
  return sees;
}

}  // namespace

void harmonise(const Harmony& harmony, Pair& pair) {
  const Degradation& degradation = pair.degradation;
  const std::vector<std::uint8_t> sees = sees_measured(pair.msi, degradation);
  Cube msi = pair.msi;
  msi.valid.clear();
  const Cube low = degrade_spatially(msi, degradation), said = degrade_spectrally(pair.hsi, degradation.srf);
  const Index bands = msi.bands();
  Cube wanted(low.rows(), low.cols(), bands), factor(low.rows(), low.cols(), bands);
  pair.disagreement = Cube(low.rows(), low.cols(), 2);
  copy_georeference(pair.hsi, pair.disagreement);
  pair.disagreement.attributes["bands"] = std::string("in standard deviations of noise; relative to the MSI");
  pair.disagreement.valid = pair.hsi.valid;
  for (Index p = 0; p < low.pixels(); ++p) {
    double of_noise = 0, relative = 0;
    const bool is_judged = pair.hsi.is_valid(p) && (sees.empty() || sees[static_cast<std::size_t>(p)] != 0);
    for (Index m = 0; m < bands; ++m) {
      const auto at = static_cast<std::size_t>(m);
      const double x = double{low.values[p * bands + m]}, mean = harmony.mean[at], noise = harmony.noise[at];
      const double residual = is_judged ? double{said.values[p * bands + m]} - x : 0;
      const double kept = trusted(residual, noise);
      wanted.values[p * bands + m] = static_cast<float>(x + kept);
      factor.values[p * bands + m] = static_cast<float>(1 + kept / std::max(x, kDark * mean));
      of_noise += std::pow(residual / std::max(noise, kLeastNoise * mean), 2);
      relative += std::pow(residual / std::max(x, kDarkForAreas * mean), 2);
    }
    pair.disagreement.values[2 * p] = static_cast<float>(std::sqrt(of_noise / static_cast<double>(bands)));
    pair.disagreement.values[2 * p + 1] = static_cast<float>(std::sqrt(relative / static_cast<double>(bands)));
  }
  treat_edges(harmony, low, said, pair, factor, wanted);
  Cube fine = upsample_cubic(factor, degradation);
  for (Index i = 0; i < fine.values.size(); ++i) fine.values[i] = std::clamp(fine.values[i], kLeastFactor, kMostFactor);
  for (const Area& area : areas_of(pair.disagreement)) {
    const Rectangle box = with_margin(area.box, kAround, low.rows(), low.cols()),
                    place = fine_part(box, degradation.ratio);
    put(sharpen_factor(crop(msi, place), crop(wanted, box), degradation, crop(fine, place)), place, fine);
  }
  pair.msi.values = pair.msi.values.clone();
  for (Index i = 0; i < fine.values.size(); ++i)
    pair.msi.values[i] *= std::clamp(fine.values[i], kLeastFactor, kMostFactor);
}

bool has_changed(const float* disagreement) { return disagreement[0] > kChangedNoise && disagreement[1] > kChanged; }

std::vector<std::string> changed_areas(const Cube& disagreement, Index step) {
  std::vector<Area> areas = areas_of(disagreement);
  std::sort(areas.begin(), areas.end(), [](const Area& a, const Area& b) { return a.pixels > b.pixels; });
  constexpr std::size_t kNamed = 3;
  const std::size_t each = static_cast<std::size_t>(step * step);
  std::vector<std::string> texts;
  std::size_t others = 0;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    if (i >= kNamed) {
      others += each * areas[i].pixels;
      continue;
    }
    texts.push_back(concat("HSI and MSI disagree by ",
                           std::lround(100 * areas[i].sum / static_cast<double>(areas[i].pixels)), " % in ",
                           each * areas[i].pixels, " connected coarse pixels (", fine_part(areas[i].box, step).text(),
                           "): the ground changed between the dates, or a cloud or its shadow is in one of them; the "
                           "result follows the HSI there, and sigma is larger"));
  }
  if (others > 0)
    texts.push_back(
        concat("they disagree in ", areas.size() - kNamed, " smaller areas of ", others, " coarse pixels, too"));
  return texts;
}

void widen_sigma(const Harmony& harmony, const Cube& disagreement, const Cube& fused, Cube& sigma) {
  const Index ratio = fused.rows() / disagreement.rows();
  for (Index row = 0; row < fused.rows(); ++row) {
    for (Index col = 0; col < fused.cols(); ++col) {
      const float* const there = disagreement.pixel(row / ratio, col / ratio);
      const float part = there[0] > static_cast<float>(kTrusted) ? kLeft * there[1] : 0;
      for (Index b = 0; b < fused.bands(); ++b) {
        float& value = sigma.pixel(row, col)[b];
        value = std::hypot(std::max(value, harmony.fine_error[static_cast<std::size_t>(b)]),
                           part * fused.pixel(row, col)[b]);
      }
    }
  }
}

}  // namespace specfuse
