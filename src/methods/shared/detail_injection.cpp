#include "specfuse/methods/shared/detail_injection.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/kernels/gemm.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// A band whose deviation is below this part of its mean holds nothing but rounding: float32 rounds to 6e-8 of a value.
constexpr double kFlat = 1e-6;
/// A share of the variance below this is rounding, too.
constexpr double kUnexplained = 1e-10;

void add(Matrix& sum, const Matrix& term, double factor) {
  for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += factor * term.values[i];
}

}  // namespace

Covariance covariance(const Cube& x, const Cube& y) {
  SPECFUSE_CHECK(x.rows() == y.rows() && x.cols() == y.cols() && x.pixels() > 0,
                 "covariance: expected two images of equal size, got ", x.rows(), " x ", x.cols(), " and ", y.rows(),
                 " x ", y.cols(), " pixels");
  SPECFUSE_CHECK(all_finite(x.values) && all_finite(y.values), "covariance: expected finite values, got NaN or inf");
  Covariance result{x.pixels(), band_means(x), band_means(y), {}, {x.bands(), x.bands()}, {x.bands(), y.bands()}};
  result.y_variance.resize(result.y_mean.size());
  // Blocks, so that no image is held a second time in double precision.
  constexpr Index kBlock = 4096;
  const double share = 1.0 / static_cast<double>(x.pixels());
  for (Index first = 0; first < x.pixels(); first += kBlock) {
    const Index count = std::min(kBlock, x.pixels() - first);
    const Matrix x_block = centred(spectra_of(x, first, count), result.x_mean);
    const Matrix y_block = centred(spectra_of(y, first, count), result.y_mean);
    add(result.xx, product_tn(x_block, x_block), share);
    add(result.xy, product_tn(x_block, y_block), share);
    for (Index p = 0; p < count; ++p) {
      const double* row = y_block.row(p);
      for (std::size_t b = 0; b < result.y_variance.size(); ++b) result.y_variance[b] += share * row[b] * row[b];
    }
  }
  return result;
}

void add(Covariance& sum, const Covariance& part) {
  if (sum.pixels == 0) return void(sum = part);
  const double all = static_cast<double>(sum.pixels + part.pixels), share = static_cast<double>(part.pixels) / all;
  // What lies between the two means, in units of the variance.
  const double between = share * (1 - share);
  const auto gaps = [](const std::vector<double>& means, const std::vector<double>& others) {
    std::vector<double> result;
    for (std::size_t i = 0; i < means.size(); ++i) result.push_back(others[i] - means[i]);
    return result;
  };
  const std::vector<double> x = gaps(sum.x_mean, part.x_mean), y = gaps(sum.y_mean, part.y_mean);
  const auto join = [&](Matrix& into, const Matrix& from, const std::vector<double>& cols) {
    for (Index i = 0; i < into.rows; ++i) {
      for (Index j = 0; j < into.cols; ++j) {
        const double gap = x[static_cast<std::size_t>(i)] * cols[static_cast<std::size_t>(j)];
        into(i, j) += share * (from(i, j) - into(i, j)) + between * gap;
      }
    }
  };
  join(sum.xx, part.xx, x);
  join(sum.xy, part.xy, y);
  for (std::size_t b = 0; b < y.size(); ++b) {
    sum.y_variance[b] += share * (part.y_variance[b] - sum.y_variance[b]) + between * y[b] * y[b];
    sum.y_mean[b] += share * y[b];
  }
  for (std::size_t i = 0; i < x.size(); ++i) sum.x_mean[i] += share * x[i];
  sum.pixels += part.pixels;
}

Regression regress(const Covariance& covariance) {
  const Index bands = covariance.xx.rows;
  Matrix xx = covariance.xx, xy = covariance.xy;
  for (Index i = 0; i < bands; ++i) {
    if (std::sqrt(xx(i, i)) > kFlat * std::abs(covariance.x_mean[static_cast<std::size_t>(i)])) continue;
    for (Index j = 0; j < bands; ++j) xx(i, j) = xx(j, i) = 0;
    std::fill_n(xy.row(i), xy.cols, 0.0);
  }
  Regression result{least_squares(xx, xy), covariance.y_mean};
  for (Index i = 0; i < bands; ++i) {
    const double mean = covariance.x_mean[static_cast<std::size_t>(i)];
    for (Index b = 0; b < xy.cols; ++b) result.offset[static_cast<std::size_t>(b)] -= mean * result.weights(i, b);
  }
  return result;
}

Paper hyper_sharpening_paper() {
  return {
      .author = "Selva, Massimo and Aiazzi, Bruno and Butera, Francesco and Chiarantini, Leandro and Baronti, Stefano",
      .title = "Hyper-sharpening: A first approach on {SIM-GA} data",
      .journal = "IEEE Journal of Selected Topics in Applied Earth Observations and Remote Sensing",
      .year = 2015,
      .volume = "8",
      .number = "6",
      .pages = "3008--3024",
      .doi = "10.1109/JSTARS.2015.2440092"};
}

std::vector<double> predict(const float* x, const Regression& regression) {
  std::vector<double> y = regression.offset;
  for (Index i = 0; i < regression.weights.rows; ++i) {
    const double value = x[i];
    const double* weights = regression.weights.row(i);
    for (std::size_t b = 0; b < y.size(); ++b) y[b] += value * weights[b];
  }
  return y;
}

void scale_by_gain(Matrix& weights, const Covariance& covariance) {
  const Matrix spread = product(covariance.xx, weights);
  for (Index b = 0; b < weights.cols; ++b) {
    double variance = 0, common = 0;
    for (Index i = 0; i < weights.rows; ++i) {
      variance += weights(i, b) * spread(i, b);
      common += weights(i, b) * covariance.xy(i, b);
    }
    const bool explains = variance > kUnexplained * covariance.y_variance[static_cast<std::size_t>(b)];
    const double gain = explains ? common / variance : 0.0;
    for (Index i = 0; i < weights.rows; ++i) weights(i, b) *= gain;
  }
}

LowStatistics low_statistics(const PairParts& pair) {
  LowStatistics seen;
  const Degradation& degradation = pair.degradation();
  for_each_part(pair, degrade_margin(degradation), [&](const PairPart& part) {
    const Cube hsi = part.inner_of_coarse(part.pair.hsi);
    add(seen.low_hsi, covariance(part.inner_of_coarse(degrade_spatially(part.pair.msi, degradation)), hsi));
    lower(seen.least, least_values(hsi));
  });
  return seen;
}

void inject(Cube& fused, const Cube& detail, const Tensor& gain) {
  parallel_gemm(plain({detail.values.data(), detail.pixels(), detail.bands()}),
                plain({gain.data(), gain.dim(0), gain.dim(1)}), {fused.values.data(), fused.pixels(), fused.bands()},
                {.accumulate = true});
}

std::vector<float> least_values(const Cube& hsi) {
  const Index bands = hsi.bands();
  std::vector<float> least(static_cast<std::size_t>(bands), 0.0f);
  for (Index i = 0; i < hsi.values.size(); ++i) {
    if (hsi.values[i] < 0) least[static_cast<std::size_t>(i % bands)] = std::numeric_limits<float>::lowest();
  }
  return least;
}

void lower(std::vector<float>& least, const std::vector<float>& part) {
  if (least.empty()) return void(least = part);
  for (std::size_t b = 0; b < least.size(); ++b) least[b] = std::min(least[b], part[b]);
}

void keep_non_negative(Cube& fused, const Cube& hsi) { keep_above(fused, least_values(hsi)); }

void keep_above(Cube& fused, const std::vector<float>& least) {
  const Index bands = fused.bands();
  parallel_for(fused.rows(), [&](Index row) {
    float* values = fused.pixel(row, 0);
    for (Index i = 0; i < fused.cols() * bands; ++i) {
      values[i] = std::max(values[i], least[static_cast<std::size_t>(i % bands)]);
    }
  });
}

InjectionLesson injection_lesson(const TrainingPair& lower) {
  InjectionLesson lesson{lower, msi_detail(lower.input), lower.target, lower.target, {}, {}};
  lesson.missing.values = lower.target.values.clone();
  add_scaled(lesson.missing.values, upsample_cubic(lower.input.hsi, lower.input.degradation).values, -1.0f);
  const Matrix d = spectra_of(lesson.detail, 0, lesson.detail.pixels());
  const Matrix e = spectra_of(lesson.missing, 0, lesson.missing.pixels());
  lesson.square = product_tn(d, d);
  lesson.gain = least_squares(lesson.square, product_tn(d, e));
  Matrix taken = lesson.gain;
  for (double& value : taken.values) value = -value;
  lesson.left.values = lesson.missing.values.clone();
  add_product(lesson.detail.values, taken, lesson.left.values);
  return lesson;
}

}  // namespace specfuse
