#include "estimate/response_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "specfuse/core/quantile.h"

namespace specfuse {
namespace {

/// Fits go in steps that are halved until they are shorter than this, in units of their first step.
constexpr double kShortestStep = 0.02;
/// How surely the published centre of a band is where its mean wavelength is: standard deviation in band spacings. A
/// band more or less at one end moves the mean by half a spacing, which known centres have to tell apart.
constexpr double kCentreDeviation = 0.15;

/// What a response predicts: its variance, covariance with y, mean, and its mean position.
struct Prediction {
  double variance, cross, mean, position;
};

/// The median distance of neighbouring bands.
double spacing(const std::vector<double>& position) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < position.size(); ++i) steps.push_back(position[i] - position[i - 1]);
  return steps.empty() ? 1 : std::max(1e-9, median(std::move(steps)));
}

double cost_of(const ResponseProblem& problem, const Prediction& p) {
  double error = problem.y_variance;
  if (problem.gain) {
    if (p.cross > 0 && p.variance > 0) error -= p.cross * p.cross / p.variance;
  } else {
    error += p.variance - 2 * p.cross + (problem.y_mean - p.mean) * (problem.y_mean - p.mean);
  }
  // Less than rounding errors of the moments leave is not seen.
  const double least = 1e-14 * (problem.y_variance + problem.y_mean * problem.y_mean) + 1e-300;
  double cost = static_cast<double>(problem.pixels) * std::log(std::max(error, least));
  if (problem.centre) {
    const double deviation = kCentreDeviation * spacing(problem.position);
    cost += std::pow((p.position - *problem.centre) / deviation, 2);
  }
  return cost;
}

Prediction prediction_of(const ResponseProblem& problem, const std::vector<double>& weights) {
  Prediction p{};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    double sum = 0;
    const double* const row = problem.covariance.row(static_cast<Index>(i));
    for (std::size_t j = 0; j < weights.size(); ++j) sum += row[j] * weights[j];
    p.variance += weights[i] * sum;
    p.cross += weights[i] * problem.cross[i];
    p.mean += weights[i] * problem.mean[i];
    p.position += weights[i] * problem.position[i];
  }
  return p;
}

/// Bands [begin, end).
struct Interval {
  std::size_t begin, end;
  double cost;
};

/// Every interval in order of its cost.
std::vector<Interval> intervals(const ResponseProblem& problem) {
  const std::size_t bands = problem.position.size();
  std::vector<Interval> list;
  for (std::size_t begin = 0; begin < bands; ++begin) {
    Prediction sum{};
    for (std::size_t end = begin + 1; end <= bands; ++end) {
      const double* const row = problem.covariance.row(static_cast<Index>(end - 1));
      sum.variance += row[end - 1];
      for (std::size_t i = begin; i + 1 < end; ++i) sum.variance += 2 * row[i];
      sum.cross += problem.cross[end - 1];
      sum.mean += problem.mean[end - 1];
      sum.position += problem.position[end - 1];
      const auto n = static_cast<double>(end - begin);
      list.push_back(
          {begin, end, cost_of(problem, {sum.variance / (n * n), sum.cross / n, sum.mean / n, sum.position / n})});
    }
  }
  std::stable_sort(list.begin(), list.end(), [](const Interval& a, const Interval& b) { return a.cost < b.cost; });
  return list;
}

struct Bell {
  double centre, width, exponent;
  double operator()(double at) const {
    return std::exp(-std::numbers::ln2 * std::pow(std::abs(2 * (at - centre) / width), exponent));
  }
};

/// What an interference filter in front of a detector lets through: two edges, the steeper the narrower the band, and
/// between them a top that the detector tilts. `departure` is from what is expected of published edges, in standard
/// deviations: of the two edges, of their slopes and of the tilt.
struct Filter {
  /// Chosen so that measured responses of Landsat-7 and -8, Sentinel-2A and WorldView-2 are found. Edges depart
  /// from their published values by a nanometre; a slope is this part of sqrt(edge * width), in nm, and departs by a
  /// factor of exp(0.5); across the top, from the middle to an edge, a detector gains 5 % and departs by 35 %.
  static constexpr double kEdgeNm = 1, kSlope = 0.008, kSlopeDeviation = 0.5, kTilt = 0.05, kTiltDeviation = 0.35;
  std::array<double, 2> published;
  std::array<double, 5> departure{};
  double operator()(double at) const {
    const double low = published[0] + kEdgeNm * departure[0], high = published[1] + kEdgeNm * departure[1];
    const auto slope = [&](std::size_t edge) {
      const auto [blue, red] = published;
      const double expected = kSlope * std::sqrt((edge == 0 ? blue : red) * (red - blue));
      return expected * std::exp(kSlopeDeviation * departure[2 + edge]);
    };
    const double across = std::clamp((at - (low + high) / 2) / (high - low), -1.0, 1.0);
    const double top = std::max(0.0, 1 + (kTilt + kTiltDeviation * departure[4]) * across);
    return top / ((1 + std::exp((low - at) / slope(0))) * (1 + std::exp((at - high) / slope(1))));
  }
};

/// The least sum of weights, whose largest possible one is 1, that counts as seeing anything.
constexpr double kLeastTotal = 1e-3;

/// Values of a shape at all positions, scaled to sum 1; empty where no band has a weight.
template <class Shape>
std::vector<double> weights_of(const Shape& shape, const std::vector<double>& position) {
  std::vector<double> weights;
  for (const double at : position) weights.push_back(shape(at));
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (total < kLeastTotal) return {};
  for (double& weight : weights) weight /= total;
  return weights;
}

/// Goes downhill in steps of centre and width that are halved where none leads further down.
Response descend(const ResponseProblem& problem, Bell bell) {
  const double unit = spacing(problem.position);
  const double first = problem.position.front(), range = problem.position.back() - first;
  Response best{weights_of(bell, problem.position), std::numeric_limits<double>::infinity()};
  if (best.weights.empty()) return best;
  best.cost = response_cost(problem, best.weights);
  for (double step = unit; step > kShortestStep * unit;) {
    bool moved = false;
    for (int direction = 0; direction < 9 && !moved; ++direction) {
      const Bell next{bell.centre + step * (direction % 3 - 1), bell.width + step * (direction / 3 - 1), bell.exponent};
      if (next.width < 0.5 * unit) continue;  // it would fall between two bands
      // Ever wider, or ever further away, it would be ever so little better where nothing explains the band.
      if (next.width > std::max(range, unit) || std::abs(next.centre - first - range / 2) > (range + next.width) / 2)
        continue;
      std::vector<double> weights = weights_of(next, problem.position);
      if (weights.empty()) continue;
      const double cost = response_cost(problem, weights);
      if (cost >= best.cost) continue;
      best = {std::move(weights), cost};
      bell = next;
      moved = true;
    }
    if (!moved) step /= 2;
  }
  return best;
}

}  // namespace

double response_cost(const ResponseProblem& problem, const std::vector<double>& weights) {
  return cost_of(problem, prediction_of(problem, weights));
}

Response fit_box(const ResponseProblem& problem) {
  const Interval best = intervals(problem).front();
  Response response{std::vector<double>(problem.position.size()), best.cost};
  for (std::size_t b = best.begin; b < best.end; ++b) {
    response.weights[b] = 1 / static_cast<double>(best.end - best.begin);
  }
  return response;
}

Response fit_bell(const ResponseProblem& problem, double exponent) {
  constexpr std::size_t kStarts = 5;  // of the best intervals
  const std::vector<Interval> starts = intervals(problem);
  const double unit = spacing(problem.position);
  Response best{{}, std::numeric_limits<double>::infinity()};
  for (std::size_t i = 0; i < std::min(kStarts, starts.size()); ++i) {
    const auto [begin, end, cost] = starts[i];
    const double centre = (problem.position[begin] + problem.position[end - 1]) / 2;
    Response response = descend(problem, {centre, static_cast<double>(end - begin) * unit, exponent});
    if (response.cost < best.cost) best = std::move(response);
  }
  return best;
}

Response fit_filter(const ResponseProblem& problem, const std::array<double, 2>& published) {
  // Not every pixel is one more witness, as neighbours share what the noise model leaves out: each counts as a tenth,
  // set by trial on the pairs of estimate.cpp.
  constexpr double kTrust = 0.1;
  const auto unlikeliness = [&](const Filter& filter) {
    const std::vector<double> weights = weights_of(filter, problem.position);
    if (weights.empty()) return std::numeric_limits<double>::infinity();
    double cost = kTrust * response_cost(problem, weights);
    for (const double z : filter.departure) cost += z * z;
    return cost;
  };
  Filter filter{published};
  double least = unlikeliness(filter);
  for (double step = 1; step > kShortestStep;) {
    bool moved = false;
    for (double& z : filter.departure) {
      for (const double move : {step, -step}) {
        z += move;
        const double cost = unlikeliness(filter);
        if (cost < least) {
          least = cost;
          moved = true;
        } else {
          z -= move;
        }
      }
    }
    if (!moved) step /= 2;
  }
  Response response{weights_of(filter, problem.position), std::numeric_limits<double>::infinity()};
  if (!response.weights.empty()) response.cost = response_cost(problem, response.weights);
  return response;
}

Response fit_moved(const ResponseProblem& problem, const std::vector<double>& weights) {
  const std::vector<double>& position = problem.position;
  const double unit = spacing(position), total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double centre = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) centre += weights[i] / total * position[i];
  const auto value_at = [&](double place) {
    const auto above = std::lower_bound(position.begin(), position.end(), place) - position.begin();
    if (above == 0 || above == std::ssize(position)) return place == position.front() ? weights.front() : 0.0;
    const auto at = static_cast<std::size_t>(above);
    const double part = (place - position[at - 1]) / (position[at] - position[at - 1]);
    return (1 - part) * weights[at - 1] + part * weights[at];
  };
  const auto moved = [&](const std::array<double, 2>& by) {
    return weights_of(
        [&](double place) { return value_at(centre + (place - centre - by[0] * unit) / std::exp(by[1])); }, position);
  };
  std::array<double, 2> by{};
  Response best{{}, std::numeric_limits<double>::infinity()};
  const auto improves = [&](const std::array<double, 2>& next) {
    std::vector<double> row = moved(next);
    if (row.empty()) return false;
    const double cost = response_cost(problem, row);
    if (cost >= best.cost) return false;
    best = {std::move(row), cost};
    by = next;
    return true;
  };
  improves(by);
  for (double step = 1; step > kShortestStep;) {
    bool went = false;
    for (const double sign : {1.0, -1.0}) {
      went = improves({by[0] + sign * step, by[1]}) || went;
      went = improves({by[0], by[1] + sign * step / 4}) || went;
    }
    if (!went) step /= 2;
  }
  return best;
}

double unexplained_by(const ResponseProblem& problem, const std::vector<double>& weights) {
  const Prediction p = prediction_of(problem, weights);
  return std::max(
      0.0, problem.gain ? 1 - p.cross * p.cross / (p.variance * problem.y_variance)
                        : 1 + (p.variance - 2 * p.cross + std::pow(problem.y_mean - p.mean, 2)) / problem.y_variance);
}

std::array<double, 2> gain_and_offset(const ResponseProblem& problem, const std::vector<double>& weights) {
  const Prediction p = prediction_of(problem, weights);
  const double gain = p.cross / p.variance;
  return {gain, problem.y_mean - gain * p.mean};
}

}  // namespace specfuse
