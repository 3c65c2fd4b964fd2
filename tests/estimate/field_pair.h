#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "specfuse/estimate/estimate.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/imaging/synthetic.h"
#include "support/phase_shift.h"

namespace specfuse::testing {

struct Setting {
  std::string shape = "box";
  double fwhm = 4;
  Index ratio = 4;
  std::optional<double> snr_db = 35;
  Index seed = 0;
  std::array<double, 2> shift{};
  /// Bands by which the edges of the response are off.
  double off = 0;
};

inline Tensor landsat7(const std::string& shape, const Cube& scene, double off = 0) {
  SrfOptions options;
  options.sensor = "landsat7";
  options.shape = shape;
  std::vector<double> wavelength_nm = scene.wavelength_nm;
  for (double& at : wavelength_nm) at += off * (scene.wavelength_nm[1] - scene.wavelength_nm[0]);
  return make_srf(options, wavelength_nm, scene.bands());
}

inline Tensor gaussian(double fwhm, Index ratio) {
  PsfOptions options;
  options.fwhm = fwhm;
  return make_psf(options, ratio);
}

/// Made once for each seed.
inline const Cube& landscape(Index seed = 0) {
  static std::map<Index, Cube> made;
  Cube& scene = made[seed];
  if (scene.values.defined()) return scene;
  SyntheticOptions options;
  options.seed = seed;
  options.bands = 100;
  return scene = synthetic_scene(options);
}

/// What two sensors see of a landscape; told is the truth, but for the shift.
inline Pair simulated(const Setting& setting) {
  const Cube scene = landscape(setting.seed);
  Degradation degradation;
  degradation.ratio = setting.ratio;
  degradation.psf = gaussian(setting.fwhm, setting.ratio);
  degradation.srf = landsat7(setting.shape, scene, setting.off);
  Pair pair = simulate(scene, degradation, 1);
  if (setting.shift != std::array<double, 2>{}) {
    const std::vector<double> wavelength_nm = pair.msi.wavelength_nm;
    pair.msi = phase_shifted(pair.msi, setting.shift);
    pair.msi.wavelength_nm = wavelength_nm;
  }
  if (!setting.snr_db) return pair;
  add_noise(pair.hsi, *setting.snr_db, 1, 1);
  add_noise(pair.msi, *setting.snr_db, 1, 2);
  return pair;
}

/// Where the MSI of `changed` is another one, in fine pixels.
constexpr Rectangle kChangedPart{36, 52, 32, 28};

/// The ground there is 30 % brighter in the MSI, as of another date.
inline Pair changed(const Pair& pair) {
  Pair result = pair;
  result.msi.values = pair.msi.values.clone();
  for (Index row = 0; row < kChangedPart.rows; ++row) {
    float* const begin = result.msi.pixel(kChangedPart.row + row, kChangedPart.col);
    std::for_each(begin, begin + kChangedPart.cols * result.msi.bands(), [](float& value) { value *= 1.3f; });
  }
  return result;
}

inline EstimateOptions asking(Trust srf, Trust psf, Trust gain, Trust shift) {
  return {srf, psf, gain, shift, "as told", "as told"};
}
inline EstimateOptions all_tested() { return asking(Trust::tested, Trust::tested, Trust::tested, Trust::tested); }

inline bool same(const Tensor& one, const Tensor& other) {
  return one.shape() == other.shape() && std::equal(one.data(), one.data() + one.size(), other.data());
}

inline double relative_l2(const Tensor& estimate, const Tensor& truth) {
  if (estimate.shape() != truth.shape()) return 1e300;
  double errors = 0, squares = 0;
  for (Index i = 0; i < truth.size(); ++i) {
    errors += std::pow(double{estimate[i]} - double{truth[i]}, 2);
    squares += std::pow(double{truth[i]}, 2);
  }
  return std::sqrt(errors / squares);
}

}  // namespace specfuse::testing
