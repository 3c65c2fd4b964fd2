#pragma once

#include <array>
#include <optional>
#include <vector>

#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// One MSI band y against the bands x that its response is to be made of, in the order of their positions.
struct ResponseProblem {
  /// Of the bands x, [bands, bands]; increasing positions (wavelengths, or numbers of bands).
  Matrix covariance;
  std::vector<double> mean, position;
  /// Covariances of y with each band, its mean and variance.
  std::vector<double> cross;
  double y_mean = 0, y_variance = 0;
  Index pixels = 0;
  /// Where the response is centred, as far as it is known.
  std::optional<double> centre;
  /// Whether y = gain * response + offset with both unknown, gain positive.
  bool gain = false;
};

/// A response of sum 1, and its cost: minus twice its log-likelihood, up to a constant.
struct Response {
  std::vector<double> weights;
  double cost = 0;
};

double response_cost(const ResponseProblem& problem, const std::vector<double>& weights);

/// The best interval of equal weights.
Response fit_box(const ResponseProblem& problem);
/// The best exp(-ln 2 |2 (position - centre) / width|^exponent).
Response fit_bell(const ResponseProblem& problem, double exponent);
/// The likeliest filter with edges at half its peak near those published, in nanometres, as the positions are.
Response fit_filter(const ResponseProblem& problem, const std::array<double, 2>& published);

/// The likeliest of the rows that a given one becomes when it is moved and stretched along the positions.
Response fit_moved(const ResponseProblem& problem, const std::vector<double>& weights);

/// The part of the variance of y that a response leaves.
double unexplained_by(const ResponseProblem& problem, const std::vector<double>& weights);

/// Gain and offset of the response.
std::array<double, 2> gain_and_offset(const ResponseProblem& problem, const std::vector<double>& weights);

}  // namespace specfuse
