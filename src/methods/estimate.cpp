#include "specfuse/methods/estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "band_moments.h"
#include "response_fit.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/psf.h"

namespace specfuse {
namespace {

Tensor gaussian_psf(double fwhm, Index ratio) {
  PsfOptions options;
  options.fwhm = fwhm;
  return make_psf(options, ratio);
}

/// Where a function of one minimum in [low, high] has it (Kiefer 1953).
template <class Function>
double golden_section(double low, double high, Function value) {
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double left = high - golden * (high - low), right = low + golden * (high - low);
  double at_left = value(left), at_right = value(right);
  for (const double tolerance = 1e-3 * (high - low); high - low > tolerance;) {
    if (at_left <= at_right) {
      high = right, right = left, at_right = at_left;
      at_left = value(left = high - golden * (high - low));
    } else {
      low = left, left = right, at_left = at_right;
      at_right = value(right = low + golden * (high - low));
    }
  }
  return (low + high) / 2;
}

double estimate_fwhm(const Pair& pair, const BandMoments& moments) {
  const auto ratio = static_cast<double>(pair.degradation.ratio);
  Degradation degradation = pair.degradation;
  return golden_section(0.25 * ratio, 3 * ratio, [&](double fwhm) {
    degradation.psf = gaussian_psf(fwhm, degradation.ratio);
    const auto unexplained = moments.with(degrade_spatially(pair.msi, degradation)).unexplained;
    return std::accumulate(unexplained.begin(), unexplained.end(), 0.0);
  });
}

/// Bands in the order of their positions.
struct Order {
  std::vector<Index> bands;
  std::vector<double> position;
};

Order order_of(const Cube& hsi) {
  Order order{std::vector<Index>(static_cast<std::size_t>(hsi.bands())), {}};
  std::iota(order.bands.begin(), order.bands.end(), Index{0});
  const auto position = [&](Index b) {
    return hsi.wavelength_nm.empty() ? static_cast<double>(b) : hsi.wavelength_nm[static_cast<std::size_t>(b)];
  };
  std::stable_sort(order.bands.begin(), order.bands.end(), [&](Index a, Index b) { return position(a) < position(b); });
  for (const Index b : order.bands) order.position.push_back(position(b));
  return order;
}

std::vector<ResponseProblem> problems_of(const Pair& pair, const BandMoments& moments, const Order& order, bool gain) {
  const Index bands = pair.hsi.bands();
  const BandMoments::Cross cross = moments.with(degrade_spatially(pair.msi, pair.degradation));
  ResponseProblem common;
  common.covariance = Matrix(bands, bands);
  common.position = order.position;
  common.pixels = moments.pixels();
  common.gain = gain;
  const auto at = [&](Index i) { return order.bands[static_cast<std::size_t>(i)]; };
  for (Index i = 0; i < bands; ++i) {
    common.mean.push_back(moments.mean()[static_cast<std::size_t>(at(i))]);
    for (Index j = 0; j < bands; ++j) common.covariance(i, j) = moments.covariance()(at(i), at(j));
  }
  const bool centres = !pair.hsi.wavelength_nm.empty() && !pair.msi.wavelength_nm.empty();
  std::vector<ResponseProblem> problems;
  for (std::size_t m = 0; m < cross.mean.size(); ++m) {
    SPECFUSE_CHECK(cross.unexplained[m] < 1 && cross.variance[m] > 0, "estimate: nothing in the hsi explains msi band ",
                   m);
    ResponseProblem problem = common;
    for (Index i = 0; i < bands; ++i) problem.cross.push_back(cross.covariance(at(i), static_cast<Index>(m)));
    problem.y_mean = cross.mean[m];
    problem.y_variance = cross.variance[m];
    if (centres) problem.centre = pair.msi.wavelength_nm[m];
    problems.push_back(std::move(problem));
  }
  return problems;
}

struct Family {
  const char* name;
  /// 0 for a box.
  double exponent;
  /// What a row has to gain in cost to leave the simpler shape before it.
  double handicap;
};
constexpr Family kFamilies[] = {{"box", 0, 0}, {"super-gaussian", 6, 6}, {"gaussian", 2, 12}};

void estimate_srf(const Pair& pair, const BandMoments& moments, bool gain, Estimate& estimate) {
  const Order order = order_of(pair.hsi);
  const std::vector<ResponseProblem> problems = problems_of(pair, moments, order, gain);
  std::vector<Response> best;
  double best_cost = 0;
  for (const Family& shape : kFamilies) {
    std::vector<Response> rows(problems.size());
    parallel_for(static_cast<Index>(rows.size()), [&](Index m) {
      const auto at = static_cast<std::size_t>(m);
      rows[at] = shape.exponent == 0 ? fit_box(problems[at]) : fit_bell(problems[at], shape.exponent);
    });
    double cost = shape.handicap * static_cast<double>(rows.size());
    for (const Response& row : rows) cost += row.cost;
    if (!best.empty() && cost >= best_cost) continue;
    best = std::move(rows);
    best_cost = cost;
    estimate.srf_shape = shape.name;
  }
  const Index bands = pair.hsi.bands();
  estimate.srf = Tensor(Shape{static_cast<Index>(best.size()), bands});
  for (std::size_t m = 0; m < best.size(); ++m) {
    float* const row = estimate.srf.data() + static_cast<Index>(m) * bands;
    for (std::size_t i = 0; i < order.bands.size(); ++i) row[order.bands[i]] = static_cast<float>(best[m].weights[i]);
    if (!gain) continue;
    const auto [factor, offset] = gain_and_offset(problems[m], best[m].weights);
    SPECFUSE_CHECK(factor > 0, "estimate: no response with a positive gain explains msi band ", m);
    estimate.gain.push_back(factor);
    estimate.offset.push_back(offset);
  }
}

}  // namespace

Estimate estimate_degradation(const Pair& pair, const EstimateOptions& options) {
  const BandMoments moments(pair.hsi);
  Estimate estimate;
  Pair known = pair;
  if (options.psf) {
    estimate.psf_fwhm = estimate_fwhm(pair, moments);
    known.degradation.psf = gaussian_psf(*estimate.psf_fwhm, pair.degradation.ratio);
  }
  if (options.srf) estimate_srf(known, moments, options.gain, estimate);
  return estimate;
}

Pair with_estimate(const Pair& pair, const Estimate& estimate) {
  Pair result = pair;
  Degradation& degradation = result.degradation;
  if (estimate.psf_fwhm) degradation.psf = gaussian_psf(*estimate.psf_fwhm, degradation.ratio);
  if (estimate.srf.defined()) degradation.srf = estimate.srf;
  if (estimate.gain.empty()) return result;
  result.msi.values = pair.msi.values.clone();
  const auto bands = static_cast<std::size_t>(pair.msi.bands());
  for (Index i = 0; i < result.msi.values.size(); ++i) {
    const std::size_t m = static_cast<std::size_t>(i) % bands;
    const double value = (double{result.msi.values[i]} - estimate.offset[m]) / estimate.gain[m];
    result.msi.values[i] = static_cast<float>(value);
  }
  return result;
}

}  // namespace specfuse
