#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "estimate/field_pair.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

const std::array<double, 2> kShift{0.8, -0.5};

/// The pair told that its PSF is of this full width at half maximum.
Pair told(Pair pair, double fwhm) {
  pair.degradation.psf = gaussian(fwhm, pair.degradation.ratio);
  return pair;
}

void check_psf(const Estimate& estimate, double fwhm, const std::array<double, 2>& shift, double within) {
  REQUIRE(estimate.psf_fwhm);
  REQUIRE(estimate.shift);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    // A form of its own has the waves of a Gaussian that is cut off and moved by parts of a pixel.
    CHECK(std::abs((*estimate.psf_fwhm)[axis] - fwhm) < std::max(within, 0.15));
    CHECK(std::abs((*estimate.shift)[axis] - shift[axis]) < within);
  }
}

/// Of the MSI, as responses take long to fit where nothing explains it.
Pair with_two_bands(Pair pair) {
  pair.msi = select_bands(pair.msi, {0, 1});
  pair.degradation.srf = response_rows(pair.degradation.srf, {0, 1});
  return pair;
}

const Finding& finding(const Estimate& estimate, const std::string& what) {
  const auto found = std::find_if(estimate.findings.begin(), estimate.findings.end(),
                                  [&](const Finding& one) { return one.what == what; });
  REQUIRE(found != estimate.findings.end());
  return *found;
}

}  // namespace

TEST_CASE("sensors: width and shift of the PSF are found to 0.02 pixels, whatever the response and what changed" *
          doctest::test_suite("long")) {
  Setting setting;
  setting.fwhm = 5;
  setting.shift = kShift;
  setting.snr_db = {};
  const Pair pair = told(simulated(setting), 4);
  const EstimateOptions options = asking(Trust::told, Trust::tested, Trust::told, Trust::tested);
  check_psf(estimate_degradation(WholePair(pair), options), 5, kShift, 0.02);
  check_psf(estimate_degradation(WholePair(changed(pair)), options), 5, kShift, 0.02);
  Pair other = pair;
  other.degradation.srf = landsat7("box", landscape(), 2);
  check_psf(estimate_degradation(WholePair(other), options), 5, kShift, 0.02);
  other.degradation.srf = {};
  check_psf(estimate_degradation(WholePair(other), options), 5, kShift, 0.02);
  setting.snr_db = 35;
  const Estimate noisy = estimate_degradation(WholePair(told(simulated(setting), 4)), options);
  check_psf(noisy, 5, kShift, 0.05);
  setting.snr_db = 20;
  setting.seed = 2;
  check_psf(estimate_degradation(WholePair(told(simulated(setting), 4)), options), 5, kShift, 0.3);
  for (const double error : noisy.shift_error) {
    CHECK(error > 0.0005);
    CHECK(error < 0.05);
  }
}

TEST_CASE("sensors: a shift of more than a coarse pixel is found, and none where there is none") {
  Setting setting;
  setting.shift = {-5.3, 3.2};
  const EstimateOptions options = asking(Trust::told, Trust::told, Trust::told, Trust::found);
  const auto found = estimate_degradation(WholePair(simulated(setting)), options).shift;
  REQUIRE(found);
  for (std::size_t axis = 0; axis < 2; ++axis) CHECK(std::abs((*found)[axis] - setting.shift[axis]) < 0.05);
  setting.shift = {};
  const auto none = estimate_degradation(WholePair(simulated(setting)), options).shift;
  REQUIRE(none);
  for (const double along : *none) CHECK(std::abs(along) < 0.02);
}

TEST_CASE("sensors: the PSF that is used says where and how wide it is") {
  Setting setting;
  setting.shift = kShift;
  const Pair pair = simulated(setting);
  const Estimate estimate = estimate_degradation(WholePair(pair), all_tested());
  REQUIRE(estimate.psf.defined());
  const std::array<double, 2> centre = psf_centre(estimate.psf);
  // What is looked at lies against the shift: the MSI was taken further down, so the ground of a pixel is further up.
  for (std::size_t axis = 0; axis < 2; ++axis) CHECK(centre[axis] == doctest::Approx(-kShift[axis]).epsilon(0.05));
  CHECK_FALSE(estimate.psf_fwhm);
  CHECK_FALSE(estimate.srf.defined());
  CHECK(finding(estimate, "psf").uses_found == false);
  CHECK(finding(estimate, "shift").uses_found);
  CHECK(contains(finding(estimate, "shift").why, "as assumed"));
  // It explains the HSI.
  Pair exact = pair;
  exact.degradation = as_estimated(pair.degradation, estimate);
  const Cube seen = degrade_spatially(pair.msi, exact.degradation),
             hsi = degrade_spectrally(pair.hsi, exact.degradation.srf);
  CHECK(relative_l2(crop(seen, {3, 3, 26, 26}).values, crop(hsi, {3, 3, 26, 26}).values) < 0.02);
}

TEST_CASE("sensors: what is told is kept to the bit where the pair agrees with it, with noise and without" *
          doctest::test_suite("long")) {
  for (const std::optional<double> snr_db : {std::optional<double>(), std::optional<double>(35)}) {
    for (const Index seed : {0, 1}) {
      CAPTURE(seed);
      CAPTURE(snr_db.has_value());
      Setting setting;
      setting.snr_db = snr_db;
      setting.seed = seed;
      const Pair pair = simulated(setting);
      const Estimate estimate = estimate_degradation(WholePair(pair), all_tested());
      CHECK(estimate.findings.size() == 4);
      for (const Finding& one : estimate.findings) CHECK_MESSAGE(!one.uses_found, one.what, ": ", one.found);
      CHECK(estimate.warnings.empty());
      const Pair used = with_estimate(pair, estimate);
      CHECK(same(used.degradation.psf, pair.degradation.psf));
      CHECK(same(used.degradation.srf, pair.degradation.srf));
      CHECK(used.msi.values.data() == pair.msi.values.data());
      CHECK(used.hsi.values.data() == pair.hsi.values.data());
    }
  }
}

TEST_CASE("sensors: gain and offset are found under a response that is known") {
  const Pair pair = simulated({});
  Pair scaled = pair;
  scaled.msi.values = pair.msi.values.clone();
  const auto gain = [](Index band) { return 0.8 + 0.1 * static_cast<double>(band); };
  for (Index i = 0; i < scaled.msi.values.size(); ++i)
    scaled.msi.values[i] = static_cast<float>(gain(i % 6) * double{pair.msi.values[i]} + 1000);
  for (const Trust trust : {Trust::found, Trust::tested}) {
    const Estimate estimate =
        estimate_degradation(WholePair(scaled), asking(Trust::told, Trust::told, trust, Trust::told));
    REQUIRE(estimate.gain.size() == 6);
    for (std::size_t m = 0; m < 6; ++m) {
      CHECK(estimate.gain[m] == doctest::Approx(gain(static_cast<Index>(m))).epsilon(0.005));
      CHECK(estimate.offset[m] == doctest::Approx(1000).epsilon(0.02));
    }
    CHECK_FALSE(estimate.srf.defined());
    CHECK_FALSE(estimate.psf.defined());
    CHECK(relative_l2(with_estimate(scaled, estimate).msi.values, pair.msi.values) < 0.003);
  }
}

TEST_CASE("sensors: a response whose edges are off by two bands is replaced by one near the true one" *
          doctest::test_suite("long")) {
  for (const std::optional<double> snr_db : {std::optional<double>(), std::optional<double>(35)}) {
    CAPTURE(snr_db.has_value());
    Setting setting;
    setting.off = 2;
    setting.snr_db = snr_db;
    const Pair truth = simulated(setting);
    Pair pair = truth;
    pair.degradation.srf = landsat7("box", landscape());
    const double before = relative_l2(pair.degradation.srf, truth.degradation.srf);
    CHECK(before > 0.5);
    const Estimate estimate = estimate_degradation(WholePair(pair), all_tested());
    REQUIRE(estimate.srf.defined());
    CHECK(finding(estimate, "srf").uses_found);
    CHECK(relative_l2(estimate.srf, truth.degradation.srf) < before / 4);
    CHECK_FALSE(estimate.shift);
  }
}

TEST_CASE("sensors: a response of a shape of its own that lies a band aside is moved there") {
  const Cube scene = landscape();
  const double step = scene.wavelength_nm[1] - scene.wavelength_nm[0];
  // High at one end and low at the other.
  const auto response = [&](double off) {
    SrfOptions options;
    for (const double begin : {450.0, 530.0, 640.0, 780.0, 1550.0, 2100.0}) {
      auto& row = options.weights.emplace_back();
      for (const double at : scene.wavelength_nm) {
        const double along = (at + off * step - begin) / 200;
        row.push_back(along < 0 || along > 1 ? 0 : along < 0.4 ? 1 : 0.25);
      }
    }
    return make_srf(options, scene.wavelength_nm, scene.bands());
  };
  Degradation truth;
  truth.psf = gaussian(4, 4);
  truth.srf = response(1);
  truth.hsi_snr_db = truth.msi_snr_db = 40;
  Pair pair = simulate(scene, truth, 1);
  pair.degradation.srf = response(0);
  pair.msi.wavelength_nm.clear();
  const Estimate estimate =
      estimate_degradation(WholePair(pair), asking(Trust::tested, Trust::told, Trust::told, Trust::told));
  CHECK(estimate.srf_shape == kNearAssumed);
  CHECK(relative_l2(estimate.srf, truth.srf) < relative_l2(pair.degradation.srf, truth.srf) / 3);
}

TEST_CASE("sensors: a gain that would not be positive is no gain, and an error only where one is asked for" *
          doctest::test_suite("long")) {
  const Pair pair = with_two_bands(simulated({}));
  Pair turned = pair;
  turned.msi.values = pair.msi.values.clone();
  for (Index i = 0; i < turned.msi.values.size(); i += 2) turned.msi.values[i] = 5000 - pair.msi.values[i];
  const auto look = [&](Trust gain) {
    return estimate_degradation(WholePair(turned), asking(Trust::found, Trust::told, gain, Trust::told));
  };
  const Estimate estimate = look(Trust::tested);
  CHECK(estimate.gain.empty());
  CHECK_FALSE(estimate.unrelated);
  REQUIRE_FALSE(estimate.warnings.empty());
  CHECK(contains(estimate.warnings.front(), "of the variance of MSI band 1"));
  CHECK_THROWS_WITH_AS(look(Trust::found), "estimate: no response with a positive gain explains the MSI", Error);
}

TEST_CASE("sensors: images that have nothing to do with each other are unrelated") {
  Pair other = with_two_bands(simulated({}));
  other.msi = with_two_bands(simulated({"box", 4, 4, 35, 7})).msi;
  const Estimate estimate =
      estimate_degradation(WholePair(other), asking(Trust::tested, Trust::told, Trust::told, Trust::told));
  CHECK(estimate.unrelated);
  CHECK(estimate.warnings.empty());
}

TEST_CASE("sensors: images of nothing say nothing of a shift") {
  Pair pair = simulated({});
  pair.msi = Cube(pair.msi.rows(), pair.msi.cols(), pair.msi.bands());
  CHECK_THROWS_AS(estimate_degradation(WholePair(pair), asking(Trust::told, Trust::told, Trust::told, Trust::found)),
                  Error);
}

TEST_CASE("sensors: a PSF that is no Gaussian is found in its own form") {
  Setting setting;
  setting.snr_db.reset();
  const Cube scene = landscape();
  PsfOptions options;
  options.type = "box";
  Degradation degradation = simulated(setting).degradation;
  const Tensor told = degradation.psf, box = degradation.psf = make_psf(options, 4);
  Pair pair = simulate(scene, degradation, 1);
  pair.degradation.psf = told;
  EstimateOptions tested;
  tested.psf = Trust::tested;
  const Estimate estimate = estimate_degradation(WholePair(pair), tested);
  REQUIRE(estimate.psf.defined());
  CHECK(estimate.findings[0].found.find("a form of its own") != std::string::npos);
  // Against the box, both in the middle of as many pixels.
  const auto gap = [&](const Tensor& psf) {
    const Index size = estimate.psf.dim(0);
    const auto at = [size](const Tensor& one, Index row, Index col) {
      const Index room = (size - one.dim(0)) / 2, r = row - room, c = col - room;
      const bool inside = std::min(r, c) >= 0 && std::max(r, c) < one.dim(0);
      return inside ? double{one[r * one.dim(0) + c]} : 0.0;
    };
    double squares = 0;
    for (Index i = 0; i < size * size; ++i)
      squares += std::pow(at(psf, i / size, i % size) - at(box, i / size, i % size), 2);
    return std::sqrt(squares);
  };
  CHECK(gap(estimate.psf) < gap(told) / 3);
}
