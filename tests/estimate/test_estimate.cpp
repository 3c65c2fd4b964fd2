#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "estimate/field_pair.h"
#include "estimate/response_fit.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/sensors.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// The first landscape again, seen with another response.
Pair responding(const Pair& pair, const SrfOptions& srf) {
  const Cube scene = landscape();
  Degradation degradation = pair.degradation;
  degradation.srf = make_srf(srf, scene.wavelength_nm, scene.bands());
  degradation.hsi_snr_db = degradation.msi_snr_db = 35;
  return simulate(scene, degradation, 1);
}

/// What an estimate may start from: another PSF, and no response.
Pair unknown(const Pair& pair) {
  Pair blind = pair;
  blind.degradation.psf = gaussian(1.5 * static_cast<double>(pair.degradation.ratio), pair.degradation.ratio);
  blind.degradation.srf = {};
  return blind;
}

/// Response and PSF, whatever is told; and gains.
EstimateOptions both(bool gain = false) {
  return asking(Trust::found, Trust::found, gain ? Trust::found : Trust::told, Trust::told);
}
const EstimateOptions kResponse = asking(Trust::found, Trust::told, Trust::told, Trust::told);

/// A pair of Landsat-7 bands as shape(band, side, wavelength) gives them; the side is -1 and 1 in turn.
template <class Shape>
Pair measured_landsat7(const Shape& shape) {
  const Pair pair = simulated({});
  SrfOptions measured;
  double side = 1;
  for (const SensorBand& band : sensor_bands("landsat7")) {
    auto& row = measured.weights.emplace_back();
    side = -side;
    for (const double at : pair.hsi.wavelength_nm) row.push_back(std::max(0.0, shape(band, side, at)));
  }
  return responding(pair, measured);
}

}  // namespace

TEST_CASE("estimate: at 35 dB the response comes within 5 % and the widths of the PSF within 2 %" *
          doctest::test_suite("long")) {
  for (const Setting& setting : {Setting{}, Setting{"gaussian", 3, 4, 35, 1}, Setting{"box", 5.5, 4, 35, 2}}) {
    CAPTURE(setting.shape);
    CAPTURE(setting.fwhm);
    const Pair pair = simulated(setting);
    const Estimate estimate = estimate_degradation(WholePair(unknown(pair)), both());
    CHECK(relative_l2(estimate.srf, pair.degradation.srf) < 0.05);
    REQUIRE(estimate.psf_fwhm);
    for (const double width : *estimate.psf_fwhm) CHECK(width == doctest::Approx(setting.fwhm).epsilon(0.02));
  }
}

TEST_CASE("estimate: a response of no sensor is fitted; one of a sensor is named, its bands exact") {
  Setting setting;
  setting.shape = "gaussian";
  Pair pair = simulated(setting);
  CHECK(estimate_degradation(WholePair(unknown(pair)), both()).srf_shape == "landsat7 super-gaussian");
  SrfOptions odd;
  for (const auto& [low, high] : {std::pair{455.0, 540.0}, {650.0, 790.0}, {1180.0, 1320.0}, {2100.0, 2300.0}}) {
    auto& row = odd.weights.emplace_back();
    for (const double at : pair.hsi.wavelength_nm) row.push_back(at >= low && at <= high ? 1 : 0);
  }
  pair = responding(pair, odd);
  const Estimate estimate = estimate_degradation(WholePair(unknown(pair)), both());
  CHECK(estimate.srf_shape == "box");
  CHECK(relative_l2(estimate.srf, pair.degradation.srf) < 0.05);
}

TEST_CASE("estimate: a measured response close to that of a sensor is found near its published bands") {
  // Edges that are off by 2 nm one way or the other, slopes, and a top that leans to one side.
  const Pair pair = measured_landsat7([](const SensorBand& band, double side, double at) {
    const double half = (band.high_nm - band.low_nm) / 2 + 1;
    const double offset = (at - (band.low_nm + band.high_nm) / 2 - 2 * side) / half;
    return (1 + 0.1 * offset) * std::exp(-std::log(2.0) * std::pow(offset, 12));
  });
  const Estimate estimate = estimate_degradation(WholePair(unknown(pair)), both());
  CHECK(estimate.srf_shape == "near landsat7");
  CHECK(relative_l2(estimate.srf, pair.degradation.srf) < 0.1);
}

TEST_CASE("estimate: interference filters with published edges are found within 5 % at 35 dB") {
  // Some lean to the red, some to the blue, and slopes are a quarter steeper or flatter than usual.
  const Pair pair = measured_landsat7([](const SensorBand& band, double side, double at) {
    const double width = band.high_nm - band.low_nm;
    const double slope = 0.008 * std::sqrt(band.low_nm * width) * (1 + 0.25 * side);
    const auto step = [&](double distance) { return 1 / (1 + std::exp(-distance / slope)); };
    const double across = std::clamp((at - (band.low_nm + band.high_nm) / 2) / width, -1.0, 1.0);
    return (1 + 0.2 * side * across) * step(at - band.low_nm) * step(band.high_nm - at);
  });
  for (const bool gain : {false, true}) {
    const Estimate estimate = estimate_degradation(WholePair(unknown(pair)), both(gain));
    CHECK(estimate.srf_shape == "near landsat7");
    CHECK(relative_l2(estimate.srf, pair.degradation.srf) < 0.05);
  }
}

TEST_CASE("estimate: gain and offset of another unit are found and taken back") {
  const Pair pair = simulated({});
  Pair scaled = unknown(pair);
  scaled.msi.values = pair.msi.values.clone();
  for (Index i = 0; i < scaled.msi.values.size(); ++i) scaled.msi.values[i] = 0.01f * pair.msi.values[i] + 3;
  const Estimate estimate = estimate_degradation(WholePair(scaled), both(true));
  REQUIRE(estimate.gain.size() == 6);
  for (std::size_t m = 0; m < 6; ++m) {
    CHECK(estimate.gain[m] == doctest::Approx(0.01).epsilon(0.02));
    CHECK(std::abs(estimate.offset[m] - 3) < 0.5);
  }
  const Pair found = with_estimate(scaled, estimate);
  CHECK(found.degradation.srf.shape() == pair.degradation.srf.shape());
  double errors = 0, squares = 0;
  for (Index i = 0; i < pair.msi.values.size(); ++i) {
    errors += std::pow(double{found.msi.values[i]} - double{pair.msi.values[i]}, 2);
    squares += std::pow(double{pair.msi.values[i]}, 2);
  }
  CHECK(std::sqrt(errors / squares) < 0.01);
  CHECK(scaled.msi.values[0] == 0.01f * pair.msi.values[0] + 3);
}

TEST_CASE("estimate: rows are responses: not negative, of sum one, of one shape") {
  const Estimate estimate = estimate_degradation(WholePair(unknown(simulated({"gaussian"}))), kResponse);
  CHECK(estimate.srf_shape == "landsat7 super-gaussian");
  CHECK_FALSE(estimate.psf_fwhm);
  CHECK(estimate.gain.empty());
  for (Index m = 0; m < estimate.srf.dim(0); ++m) {
    double total = 0;
    for (Index b = 0; b < estimate.srf.dim(1); ++b) {
      REQUIRE(estimate.srf[m * estimate.srf.dim(1) + b] >= 0);
      total += double{estimate.srf[m * estimate.srf.dim(1) + b]};
    }
    CHECK(total == doctest::Approx(1).epsilon(1e-6));
  }
}

TEST_CASE("estimate: without wavelengths and without noise it works on the numbers of bands") {
  SyntheticOptions options;
  options.rows = 96;
  options.cols = 87;
  options.bands = 40;
  Cube scene = synthetic_scene(options);
  scene.wavelength_nm.clear();
  SrfOptions srf;
  srf.ranges = {{2, 5}, {20, 20}, {30, 39}};
  Degradation degradation;
  degradation.ratio = 3;
  degradation.psf = make_psf({}, 3);
  degradation.srf = make_srf(srf, {}, 40);
  const Pair pair = simulate(scene, degradation, 0);
  const Estimate estimate = estimate_degradation(WholePair(unknown(pair)), both());
  CHECK(relative_l2(estimate.srf, degradation.srf) < 1e-6);
  REQUIRE(estimate.psf_fwhm);
  for (const double width : *estimate.psf_fwhm) CHECK(width == doctest::Approx(3).epsilon(0.01));
}

TEST_CASE("estimate: where intervals explain as much, the known centre decides") {
  ResponseProblem problem;
  problem.position = {0, 10, 20, 30};
  problem.covariance = Matrix(4, 4);
  std::fill(problem.covariance.values.begin(), problem.covariance.values.end(), 1.0);
  problem.mean = problem.cross = {1, 1, 1, 1};
  problem.y_mean = problem.y_variance = 1;
  problem.pixels = 100;
  for (const double centre : {5.0, 20.0, 30.0}) {
    problem.centre = centre;
    for (const Response& response : {fit_box(problem), fit_bell(problem, 6)}) {
      double position = 0;
      for (std::size_t i = 0; i < 4; ++i) position += response.weights[i] * problem.position[i];
      CHECK(position == doctest::Approx(centre).epsilon(0.02));
    }
  }
}

TEST_CASE("estimate: too few pixels, or an msi that shows nothing of the hsi, are refused") {
  const Pair pair = simulated({});
  Pair small = pair;
  small.hsi = crop(pair.hsi, {0, 0, 3, 5});
  small.msi = crop(pair.msi, {0, 0, 12, 20});
  CHECK_THROWS_AS(estimate_degradation(WholePair(small), both()), Error);
  Pair dark = pair;
  dark.msi.values = Tensor(dark.msi.values.shape());
  CHECK_THROWS_AS(estimate_degradation(WholePair(dark), kResponse), Error);
}
