#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "estimate/response_fit.h"

using namespace specfuse;

namespace {

constexpr int kBands = 40;

std::vector<double> bell(const std::vector<double>& position, double centre, double width, double exponent) {
  std::vector<double> weights;
  for (const double at : position) {
    weights.push_back(std::exp(-std::log(2) * std::pow(std::abs(2 * (at - centre) / width), exponent)));
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// Bands that share half of their variance, and an MSI band that is a mixture of them.
ResponseProblem problem_of(const std::vector<double>& weights) {
  ResponseProblem problem;
  problem.covariance = Matrix(kBands, kBands);
  problem.y_variance = 1e-9;
  problem.pixels = 1000;
  for (int i = 0; i < kBands; ++i) {
    problem.position.push_back(400 + 10 * i);
    problem.mean.push_back(5 + std::sin(i));
    double cross = 0;
    for (int j = 0; j < kBands; ++j) {
      problem.covariance(i, j) = i == j ? 1 : 0.5;
      cross += problem.covariance(i, j) * weights[static_cast<std::size_t>(j)];
    }
    problem.cross.push_back(cross);
    problem.y_variance += weights[static_cast<std::size_t>(i)] * cross;
    problem.y_mean += weights[static_cast<std::size_t>(i)] * problem.mean.back();
  }
  return problem;
}

}  // namespace

TEST_CASE("response fit: a bell is never wider than the bands reach, also where one that is far away explains more") {
  std::vector<double> rising;
  for (int i = 0; i < kBands; ++i) rising.push_back(std::exp(0.05 * i));
  const double sum = std::accumulate(rising.begin(), rising.end(), 0.0);
  for (double& weight : rising) weight /= sum;
  const std::vector<double> found = fit_bell(problem_of(rising), 2).weights;
  REQUIRE(found.size() == rising.size());
  // The logarithm of a Gaussian is a parabola, of which the second difference gives the width.
  const double bend = std::log(found[0]) - 2 * std::log(found[19]) + std::log(found[38]);
  CHECK(std::sqrt(-8 * std::log(2) * 190 * 190 / bend) < 391);
}

TEST_CASE("response fit: a bell is found wherever it lies between the bands and however wide it is") {
  std::vector<double> position(kBands);
  for (int i = 0; i < kBands; ++i) position[static_cast<std::size_t>(i)] = 400 + 10 * i;
  for (const double exponent : {2.0, 6.0}) {
    for (double centre = 541.5; centre < 660; centre += 13.1) {
      for (const double width : {33.0, 52.5, 118.0}) {
        const std::vector<double> expected = bell(position, centre, width, exponent);
        const Response found = fit_bell(problem_of(expected), exponent);
        REQUIRE(found.weights.size() == expected.size());
        const double peak = *std::max_element(expected.begin(), expected.end());
        double most = 0;
        for (std::size_t i = 0; i < expected.size(); ++i)
          most = std::max(most, std::abs(found.weights[i] - expected[i]));
        CHECK_MESSAGE(most < 0.02 * peak, "centre ", centre, ", width ", width, ", exponent ", exponent);
      }
    }
  }
}
