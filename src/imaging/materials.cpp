#include "imaging/materials.h"

#include <algorithm>
#include <cmath>

namespace specfuse {
namespace {

constexpr std::array<double, 9> kKnots{400, 480, 560, 700, 850, 1250, 1650, 2100, 2450};

/// Optical depth of a Gaussian absorption; the spectrum is multiplied with exp(-depth).
struct Absorption {
  double centre_nm, width_nm, depth;
};

/// Positions and shapes follow Clark (1999), "Spectroscopy of rocks and minerals, and principles of spectroscopy",
/// Curran (1989), "Remote sensing of foliar chemistry", and Herold et al. (2004), "Spectrometry for urban area remote
/// sensing".
struct Recipe {
  /// Reflectance between the absorptions, at `kKnots`.
  std::array<double, 9> continuum;
  /// What makes the material.
  std::vector<Absorption> absorptions;
  /// Depth of the absorptions of liquid water, in units of a green leaf.
  double moisture;
};

const std::vector<Absorption> kWater{
    {970, 32, 0.07}, {1190, 42, 0.16}, {1450, 65, 1.1}, {1940, 80, 1.3}, {2500, 190, 0.7}};
const std::vector<Absorption> kLeaf{{430, 34, 1.5}, {475, 34, 1.4},   {635, 36, 0.8},
                                    {676, 22, 1.7}, {2100, 60, 0.06}, {2310, 45, 0.08}};
const std::vector<Absorption> kDryPlant{
    {430, 60, 0.5}, {676, 25, 0.12}, {1730, 28, 0.08}, {2095, 48, 0.2}, {2305, 40, 0.18}};
const std::vector<Absorption> kAsphalt{{1725, 20, .03}, {2310, 28, .08}}, kAlgae{{440, 30, .15}, {676, 18, .12}};
const std::vector<Absorption> kIronAndClay{{490, 50, .10}, {900, 80, .06}, {2205, 18, .28}};
const std::vector<Absorption> kCalcite{{480, 50, .06}, {2155, 20, .05}, {2338, 25, .30}};
const std::vector<Absorption> kHematite{{530, 45, .45}, {865, 55, .30}, {2205, 20, .05}};

const std::array<Recipe, kMaterials> kRecipes{{
    {{.11, .12, .15, .37, .50, .51, .42, .30, .24}, kLeaf, 1.0},
    {{.05, .065, .10, .17, .22, .29, .33, .32, .29}, kIronAndClay, .18},
    {{.07, .08, .10, .26, .38, .37, .27, .18, .14}, kLeaf, 1.2},
    {{.075, .08, .085, .095, .105, .125, .14, .14, .13}, kAsphalt, .02},
    {{.09, .12, .17, .26, .33, .39, .37, .29, .24}, kDryPlant, .22},
    {{.055, .06, .055, .03, .012, .005, .004, .003, .003}, kAlgae, .3},
    {{.27, .33, .38, .42, .44, .48, .50, .49, .46}, kCalcite, .06},
    {{.05, .065, .11, .28, .31, .38, .42, .40, .36}, kHematite, .03},
}};

double continuum(const std::array<double, 9>& values, double at) {
  at = std::clamp(at, kKnots.front(), kKnots.back());
  std::size_t i = 0;
  while (i + 2 < kKnots.size() && at >= kKnots[i + 1]) ++i;
  return std::lerp(values[i], values[i + 1], (at - kKnots[i]) / (kKnots[i + 1] - kKnots[i]));
}

double depth(const std::vector<Absorption>& absorptions, double at) {
  double total = 0;
  for (const auto& [centre_nm, width_nm, most] : absorptions) {
    total += most * std::exp(-0.5 * std::pow((at - centre_nm) / width_nm, 2));
  }
  return total;
}

}  // namespace

std::vector<MaterialSpectrum> material_spectra(const std::vector<double>& wavelength_nm) {
  std::vector<MaterialSpectrum> spectra(kMaterials);
  for (std::size_t m = 0; m < kMaterials; ++m) {
    for (const double at : wavelength_nm) {
      const double water = kRecipes[m].moisture * depth(kWater, at), own = depth(kRecipes[m].absorptions, at);
      spectra[m].mean.push_back(std::log(continuum(kRecipes[m].continuum, at)) - own - water);
      // Two standard deviations must not turn a depth around.
      spectra[m].change[kBrightness].push_back(0.2);
      spectra[m].change[kTilt].push_back(0.15 * std::log2(at / 1000));
      spectra[m].change[kMoisture].push_back(-0.4 * water);
      spectra[m].change[kAbsorptions].push_back(-0.4 * own);
    }
  }
  return spectra;
}

}  // namespace specfuse
