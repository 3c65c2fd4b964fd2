#include "estimate/response_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "estimate/band_moments.h"
#include "estimate/response_fit.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/sensors.h"
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

/// One for each MSI band, without gain.
std::vector<ResponseProblem> problems_of(const ResponseSamples& samples, const Order& order) {
  const BandMoments moments(samples.hsi);
  const Index bands = samples.hsi.bands();
  const BandMoments::Cross cross = moments.with(samples.msi);
  ResponseProblem common;
  common.covariance = Matrix(bands, bands);
  common.position = order.position;
  common.pixels = moments.pixels();
  const auto at = [&](Index i) { return order.bands[static_cast<std::size_t>(i)]; };
  for (Index i = 0; i < bands; ++i) {
    common.mean.push_back(moments.mean()[static_cast<std::size_t>(at(i))]);
    for (Index j = 0; j < bands; ++j) common.covariance(i, j) = moments.covariance()(at(i), at(j));
  }
  const bool centres = !samples.hsi.wavelength_nm.empty() && !samples.msi.wavelength_nm.empty();
  std::vector<ResponseProblem> problems;
  for (std::size_t m = 0; m < cross.mean.size(); ++m) {
    SPECFUSE_CHECK(cross.unexplained[m] < 1 && cross.variance[m] > 0, "estimate: nothing in the HSI explains MSI band ",
                   m + 1);
    ResponseProblem problem = common;
    for (Index i = 0; i < bands; ++i) problem.cross.push_back(cross.covariance(at(i), static_cast<Index>(m)));
    problem.y_mean = cross.mean[m];
    problem.y_variance = cross.variance[m];
    if (centres) problem.centre = samples.msi.wavelength_nm[m];
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

/// The sensors that have this many bands; of those with the same edges the first.
std::vector<std::string> sensors_with(std::size_t count) {
  const auto same = [](const SensorBand& one, const SensorBand& other) {
    return one.low_nm == other.low_nm && one.high_nm == other.high_nm;
  };
  std::vector<std::string> sensors;
  for (const auto& [sensor, names] : sensor_list()) {
    const std::vector<SensorBand>& bands = sensor_bands(sensor);
    const bool known = std::any_of(sensors.begin(), sensors.end(), [&](const std::string& other) {
      const std::vector<SensorBand>& others = sensor_bands(other);
      return std::equal(bands.begin(), bands.end(), others.begin(), others.end(), same);
    });
    if (bands.size() == count && !known) sensors.push_back(sensor);
  }
  return sensors;
}

/// The published bands of every sensor that has as many as the MSI, as far as the hsi reaches.
std::vector<Candidate> published(const ResponseSamples& pair, const std::vector<ResponseProblem>& problems,
                                 const Order& order) {
  std::vector<Candidate> candidates;
  for (const std::string& sensor : sensors_with(problems.size())) {
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
void fit_near_published(const ResponseSamples& pair, const std::vector<ResponseProblem>& problems,
                        std::vector<Candidate>& candidates) {
  if (pair.hsi.wavelength_nm.empty()) return;
  for (const std::string& sensor : sensors_with(problems.size())) {
    Candidate candidate{concat("near ", sensor), std::vector<Response>(problems.size()), 0};
    parallel_for(static_cast<Index>(problems.size()), [&](Index m) {
      const auto at = static_cast<std::size_t>(m);
      const SensorBand& band = sensor_bands(sensor)[at];
      candidate.rows[at] = fit_filter(problems[at], {band.low_nm, band.high_nm});
    });
    for (const Response& row : candidate.rows) candidate.cost += row.cost + handicap(problems.front(), kAllowanceNear);
    candidates.push_back(std::move(candidate));
  }
}

/// What is told, in the order of the positions; each row of sum 1 where gains are free.
Candidate told(const ResponseSamples& samples, const std::vector<ResponseProblem>& problems, const Order& order) {
  Candidate candidate{kAssumed, {}, 0};
  for (std::size_t m = 0; m < problems.size(); ++m) {
    Response row;
    for (const Index b : order.bands)
      row.weights.push_back(double{samples.told[static_cast<Index>(m) * samples.told.dim(1) + b]});
    row.cost = response_cost(problems[m], row.weights);
    candidate.cost += row.cost;
    candidate.rows.push_back(std::move(row));
  }
  return candidate;
}

/// The rows of another candidate, each moved and stretched.
Candidate near(const Candidate& from, const std::vector<ResponseProblem>& problems) {
  Candidate candidate{concat("near ", from.name), std::vector<Response>(problems.size()), 0};
  parallel_for(static_cast<Index>(problems.size()), [&](Index m) {
    const auto at = static_cast<std::size_t>(m);
    candidate.rows[at] = fit_moved(problems[at], from.rows[at].weights);
  });
  for (const Response& row : candidate.rows) candidate.cost += row.cost + handicap(problems.front(), kAllowanceNear);
  return candidate;
}

/// Of infinite cost where a band would need a gain that is not positive.
ResponseChoice choice_of(const Candidate& candidate, const std::vector<ResponseProblem>& problems, const Order& order) {
  ResponseChoice choice{candidate.name, {}, {}, {}, candidate.cost, {}};
  const Index bands = std::ssize(order.bands);
  choice.srf = Tensor(Shape{std::ssize(problems), bands});
  for (std::size_t m = 0; m < problems.size(); ++m) {
    const std::vector<double>& weights = candidate.rows[m].weights;
    float* const row = choice.srf.data() + static_cast<Index>(m) * bands;
    for (std::size_t i = 0; i < order.bands.size(); ++i) row[order.bands[i]] = static_cast<float>(weights[i]);
    choice.unexplained.push_back(unexplained_by(problems[m], weights));
    if (!problems[m].gain) continue;
    const auto [factor, offset] = gain_and_offset(problems[m], weights);
    if (factor <= 0) choice.cost = std::numeric_limits<double>::infinity();
    choice.gain.push_back(factor);
    choice.offset.push_back(offset);
    choice.cost += handicap(problems[m], kAllowanceNear);
  }
  return choice;
}

}  // namespace

std::vector<ResponseChoice> choose_response(const ResponseSamples& samples, Trust srf, Trust gain) {
  const Order order = order_of(samples.hsi);
  std::vector<ResponseProblem> problems = problems_of(samples, order);
  std::vector<ResponseChoice> found, as_told;
  const auto keep = [&](const Candidate& candidate, std::vector<ResponseChoice>& list) {
    ResponseChoice choice = choice_of(candidate, problems, order);
    if (std::isfinite(choice.cost)) list.push_back(std::move(choice));
  };
  const bool tells = samples.told.defined();
  for (const bool gains : {false, true}) {
    if (gain != Trust::tested && gains != (gain == Trust::found)) continue;
    for (ResponseProblem& problem : problems) problem.gain = gains;
    std::vector<Candidate> candidates;
    if (tells) {
      candidates.push_back(told(samples, problems, order));
      keep(candidates.front(), as_told);
      if (srf == Trust::tested) candidates.push_back(near(candidates.front(), problems));
      if (srf == Trust::found) candidates.clear();
    }
    if (!tells || srf != Trust::told) {
      for (Candidate& one : published(samples, problems, order)) candidates.push_back(std::move(one));
      fit_near_published(samples, problems, candidates);
      candidates.push_back(fitted(problems, "box", kBox));
      candidates.push_back(fitted(problems, "super-gaussian", kSuperGaussian));
      candidates.push_back(fitted(problems, "gaussian", kGaussian));
    }
    for (const Candidate& candidate : candidates) keep(candidate, found);
  }
  const auto best = [](const std::vector<ResponseChoice>& list) {
    return *std::min_element(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.cost < b.cost; });
  };
  SPECFUSE_CHECK_AS(UnrelatedImages, !found.empty(), "estimate: no response with a positive gain explains the MSI");
  std::vector<ResponseChoice> result{best(found)};
  if (!as_told.empty()) result.push_back(best(as_told));
  return result;
}

}  // namespace specfuse
