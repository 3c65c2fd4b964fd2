#include "specfuse/results/paired_test.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "specfuse/core/error.h"

namespace specfuse {

double two_sided_t(double t, int freedom) {
  const double angle = std::atan(std::abs(t) / std::sqrt(static_cast<double>(freedom)));
  const double sine = std::sin(angle), cosine = std::cos(angle);
  // Odd: cos + 2/3 cos^3 + (2 4)/(3 5) cos^5 + ...; even: 1 + 1/2 cos^2 + (1 3)/(2 4) cos^4 + ...; up to
  // cos^(freedom-2).
  const bool odd = freedom % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (int power = odd ? 1 : 0; power <= freedom - 2; power += 2) {
    sum += term;
    term *= cosine * cosine * (power + 1) / (power + 2);
  }
  const double within = odd ? 2 / std::numbers::pi * (angle + sine * sum) : sine * sum;
  return std::clamp(1 - within, 0.0, 1.0);
}

double paired_t_test(const std::vector<double>& a, const std::vector<double>& b) {
  SPECFUSE_CHECK(a.size() == b.size(), "paired_t_test: expected as many values of both, got ", a.size(), " and ",
                 b.size());
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  const auto usable = [](double value) { return std::isfinite(value); };
  if (a.size() < 2 || !std::all_of(differences.begin(), differences.end(), usable)) return kNothing;
  // Deterministic methods on data without noise give no sample: its variance would be rounding error.
  const double first = differences.front();
  if (std::all_of(differences.begin(), differences.end(), [&](double value) { return value == first; })) {
    return kNothing;
  }
  const double count = static_cast<double>(a.size());
  const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) / count;
  double squares = 0;
  for (const double value : differences) squares += (value - mean) * (value - mean);
  return two_sided_t(mean / std::sqrt(squares / (count - 1) / count), static_cast<int>(a.size()) - 1);
}

}  // namespace specfuse
