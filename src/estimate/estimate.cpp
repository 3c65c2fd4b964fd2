#include "specfuse/estimate/estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "estimate/band_moments.h"
#include "estimate/response_fit.h"
#include "estimate/shift_fit.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/sensors.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/imaging/srf.h"

namespace specfuse {
namespace {

/// Exponents of the fitted shapes; 0 stands for a box.
constexpr double kBox = 0, kGaussian = 2, kSuperGaussian = 6;

/// What a candidate pays for its freedom, as minus twice a log-likelihood, set by trial on simulated pairs of Jasper
/// Ridge, Berlin and Potsdam at 35 dB so that published sensors are recognised. A smooth shape fits fractions of a band
/// where a box fits whole ones; this much for each MSI band.
constexpr double kFractionsOfGaussian = 12, kFractionsOfSuperGaussian = 6;
/// The share of each pixel's residual that errors of the noise model may explain, for shapes fitted anywhere and for
/// filters near published edges; set on the same pairs.
constexpr double kAllowanceAnywhere = 0.1, kAllowanceNear = 0.02;

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
  for (const double tolerance = 1e-5 * (high - low); high - low > tolerance;) {
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
  // Sharper than a quarter of a coarse pixel or wider than three is no sensor's.
  constexpr double kLeastRatios = 0.25, kMostRatios = 3;
  const auto ratio = static_cast<double>(pair.degradation.ratio);
  Degradation degradation = pair.degradation;
  return golden_section(kLeastRatios * ratio, kMostRatios * ratio, [&](double fwhm) {
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

/// Responses of all MSI bands, and how well they explain them.
struct Candidate {
  std::string name;
  std::vector<Response> rows;
  /// Sum of the costs of the rows and of what they pay for their freedom.
  double cost = 0;
};

/// What counts against a fitted row, as minus twice a log-likelihood: log(pixels) for each of its two edges
/// (Schwarz 1978), and the allowance for each pixel.
double handicap(const ResponseProblem& problem, double allowance) {
  const auto pixels = static_cast<double>(problem.pixels);
  return 2 * std::log(pixels) + allowance * pixels;
}

double price_of_fractions(double exponent) {
  if (exponent == kBox) return 0;
  return exponent == kGaussian ? kFractionsOfGaussian : kFractionsOfSuperGaussian;
}

/// The best intervals or bells of one shape.
Candidate fitted(const std::vector<ResponseProblem>& problems, const std::string& name, double exponent) {
  Candidate candidate{name, std::vector<Response>(problems.size()), 0};
  parallel_for(static_cast<Index>(problems.size()), [&](Index m) {
    const auto at = static_cast<std::size_t>(m);
    candidate.rows[at] = exponent == kBox ? fit_box(problems[at]) : fit_bell(problems[at], exponent);
  });
  for (const Response& row : candidate.rows) {
    candidate.cost += row.cost + handicap(problems.front(), kAllowanceAnywhere) + price_of_fractions(exponent);
  }
  return candidate;
}

/// The published bands of every sensor that has as many as the MSI, as far as the hsi reaches.
std::vector<Candidate> published(const Pair& pair, const std::vector<ResponseProblem>& problems, const Order& order) {
  std::vector<Candidate> candidates;
  for (const auto& [sensor, bands] : sensor_list()) {
    if (bands.size() != problems.size()) continue;
    for (const std::string shape : {"box", "gaussian"}) {
      SrfOptions options;
      options.sensor = sensor;
      options.shape = shape;
      Tensor srf;
      try {
        srf = make_srf(options, pair.hsi.wavelength_nm, pair.hsi.bands());
      } catch (const ConfigError&) {
        continue;  // the hsi does not cover it
      }
      Candidate candidate{concat(sensor, shape == "box" ? " box" : " super-gaussian"), {}, 0};
      for (std::size_t m = 0; m < problems.size(); ++m) {
        Response row;
        for (const Index b : order.bands) row.weights.push_back(srf[static_cast<Index>(m) * srf.dim(1) + b]);
        row.cost = response_cost(problems[m], row.weights);
        candidate.cost += row.cost;
        candidate.rows.push_back(std::move(row));
      }
      candidates.push_back(std::move(candidate));
    }
  }
  return candidates;
}

/// Filters near the published edges of the same sensors: what was measured in the laboratory departs from both shapes.
void fit_near_published(const Pair& pair, const std::vector<ResponseProblem>& problems,
                        std::vector<Candidate>& candidates) {
  if (pair.hsi.wavelength_nm.empty()) return;
  for (const auto& [sensor, bands] : sensor_list()) {
    if (bands.size() != problems.size()) continue;
    Candidate candidate{concat("near ", sensor), std::vector<Response>(problems.size()), 0};
    parallel_for(static_cast<Index>(problems.size()), [&, name = sensor](Index m) {
      const auto at = static_cast<std::size_t>(m);
      const SensorBand& band = sensor_bands(name)[at];
      candidate.rows[at] = fit_filter(problems[at], {band.low_nm, band.high_nm});
    });
    for (const Response& row : candidate.rows) candidate.cost += row.cost + handicap(problems.front(), kAllowanceNear);
    candidates.push_back(std::move(candidate));
  }
}

void estimate_srf(const Pair& pair, const BandMoments& moments, bool gain, Estimate& estimate) {
  const Order order = order_of(pair.hsi);
  const std::vector<ResponseProblem> problems = problems_of(pair, moments, order, gain);
  std::vector<Candidate> candidates = published(pair, problems, order);
  fit_near_published(pair, problems, candidates);
  candidates.push_back(fitted(problems, "box", kBox));
  candidates.push_back(fitted(problems, "super-gaussian", kSuperGaussian));
  candidates.push_back(fitted(problems, "gaussian", kGaussian));
  const Candidate& best = *std::min_element(candidates.begin(), candidates.end(),
                                            [](const auto& a, const auto& b) { return a.cost < b.cost; });
  estimate.srf_shape = best.name;
  estimate.gain.clear();
  estimate.offset.clear();
  const Index bands = pair.hsi.bands();
  estimate.srf = Tensor(Shape{static_cast<Index>(best.rows.size()), bands});
  for (std::size_t m = 0; m < best.rows.size(); ++m) {
    const std::vector<double>& weights = best.rows[m].weights;
    float* const row = estimate.srf.data() + static_cast<Index>(m) * bands;
    for (std::size_t i = 0; i < order.bands.size(); ++i) row[order.bands[i]] = static_cast<float>(weights[i]);
    if (!gain) continue;
    const auto [factor, offset] = gain_and_offset(problems[m], weights);
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
  const Index rounds = options.shift ? 2 : 1, others = (options.psf ? 1 : 0) + (options.srf ? 1 : 0);
  Progress progress(rounds * others + (options.shift ? std::min(others, Index{1}) + 1 : 0), "estimates");
  const auto find_fwhm = [&] {
    if (!options.psf) return;
    estimate.psf_fwhm = estimate_fwhm(known, moments);
    known.degradation.psf = gaussian_psf(*estimate.psf_fwhm, pair.degradation.ratio);
    progress.tick();
  };
  const auto find_response = [&] {
    if (!options.srf) return;
    estimate_srf(known, moments, options.gain, estimate);
    known.degradation.srf = estimate.srf;
    progress.tick();
  };
  if (options.srf) known.degradation.srf = {};
  find_fwhm();
  if (options.shift) {
    const auto find_shift = [&] {
      known.msi = pair.msi;
      const ShiftFit fit = fit_shift(known, moments);
      estimate.shift = fit.shift;
      estimate.shift_error = fit.error;
      const Boundary boundary = pair.degradation.boundary;
      estimate.shift_penalties = shift_penalties(pair.msi, fit.shift, boundary);
      known.msi = undo_shift(pair.msi, fit.shift, boundary, estimate.shift_penalties);
      progress.tick();
    };
    // Each was found with the others not yet known.
    find_shift();
    find_fwhm();
    find_response();
    if (options.psf || options.srf) find_shift();
  }
  find_response();
  return estimate;
}

Pair with_estimate(const Pair& pair, const Estimate& estimate) {
  Pair result = pair;
  Degradation& degradation = result.degradation;
  if (estimate.psf_fwhm) degradation.psf = gaussian_psf(*estimate.psf_fwhm, degradation.ratio);
  if (estimate.srf.defined()) degradation.srf = estimate.srf;
  if (estimate.shift)
    result.msi = undo_shift(pair.msi, *estimate.shift, degradation.boundary, estimate.shift_penalties);
  if (estimate.gain.empty()) return result;
  result.msi.values = result.msi.values.clone();
  const auto bands = static_cast<std::size_t>(pair.msi.bands());
  for (Index i = 0; i < result.msi.values.size(); ++i) {
    const std::size_t m = static_cast<std::size_t>(i) % bands;
    const double value = (double{result.msi.values[i]} - estimate.offset[m]) / estimate.gain[m];
    result.msi.values[i] = static_cast<float>(value);
  }
  return result;
}

}  // namespace specfuse
