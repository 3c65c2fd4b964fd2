#include "materials.h"

#include <algorithm>
#include <cmath>

namespace specfuse {
namespace {

constexpr std::array<double, 9> kKnots{400, 480, 560, 700, 850, 1250, 1650, 2100, 2450};

/// Optical depth of a Gaussian absorption; the spectrum is multiplied with exp(-depth).
struct Absorption {
  double centre_nm, width_nm, depth;
};

/// Positions and shapes follow the spectral libraries and reviews of Clark (1999), "Spectroscopy of rocks and minerals,
/// and principles of spectroscopy" (minerals), Curran (1989), "Remote sensing of foliar chemistry" (plants), and
/// Herold et al. (2004), "Spectrometry for urban area remote sensing" (covers).
struct Recipe {
  Material material;
  /// Reflectance between the absorptions, at `kKnots`.
  std::array<double, 9> continuum;
  /// What makes the material; its depth varies as kAbsorption.
  std::vector<Absorption> absorptions;
  /// Depth of the absorptions of liquid water, in units of a green leaf; varies as kMoisture.
  double moisture;
  /// Relative amounts of brightness, tilt, moisture and absorption.
  std::array<double, kVariations> variation;
};

const std::vector<Absorption> kWater{{970, 32, 0.07}, {1190, 42, 0.16}, {1450, 65, 1.1}, {1940, 80, 1.3}, {2500, 190, 0.7}};
const std::vector<Absorption> kLeaf{{430, 34, 1.5}, {475, 34, 1.4}, {635, 36, 0.8}, {676, 22, 1.7}, {2100, 60, 0.06}, {2310, 45, 0.08}};
const std::vector<Absorption> kDryPlant{{430, 60, 0.5}, {676, 25, 0.12}, {1730, 28, 0.08}, {2095, 48, 0.2}, {2305, 40, 0.18}};
const std::vector<Absorption> kHydrocarbon{{1205, 20, 0.06}, {1725, 18, 0.12}, {2310, 22, 0.22}};

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> list{
      {Material::crop, {.11, .12, .15, .37, .50, .51, .42, .30, .24}, kLeaf, 1.0, {.10, .05, .25, .25}},
      {Material::loam, {.06, .08, .11, .17, .22, .29, .33, .32, .29},
       {{490, 50, .10}, {900, 80, .06}, {2205, 18, .10}}, .18, {.16, .06, .6, .5}},
      {Material::deciduous, {.07, .08, .10, .28, .40, .38, .27, .17, .13}, kLeaf, 1.15, {.16, .06, .22, .2}},
      {Material::asphalt, {.06, .07, .08, .10, .11, .13, .15, .15, .14},
       {{1725, 20, .03}, {2310, 28, .08}}, .02, {.18, .07, .5, .6}},
      {Material::dry_grass, {.11, .14, .18, .27, .33, .39, .37, .29, .24}, kDryPlant, .22, {.13, .06, .5, .4}},
      {Material::water, {.055, .05, .04, .018, .008, .004, .003, .003, .003}, {{440, 30, .15}}, .3, {.12, .12, .3, .5}},
      {Material::concrete, {.20, .24, .28, .32, .34, .37, .39, .38, .35},
       {{480, 50, .06}, {2205, 20, .04}, {2338, 25, .10}}, .06, {.15, .05, .5, .5}},
      {Material::clay, {.08, .11, .16, .30, .36, .45, .49, .47, .42},
       {{500, 45, .35}, {870, 60, .14}, {2165, 12, .05}, {2207, 15, .28}}, .15, {.14, .06, .6, .4}},
      {Material::conifer, {.05, .055, .065, .17, .27, .24, .16, .10, .08}, kLeaf, 1.2, {.16, .06, .22, .2}},
      {Material::tile, {.07, .09, .13, .29, .31, .38, .42, .40, .36},
       {{530, 45, .45}, {865, 55, .18}, {2205, 20, .05}}, .03, {.15, .06, .5, .35}},
      {Material::grass, {.10, .11, .15, .35, .45, .45, .36, .26, .21}, kLeaf, .75, {.10, .05, .25, .25}},
      {Material::limestone, {.30, .36, .42, .48, .51, .55, .57, .55, .51},
       {{490, 50, .12}, {1990, 28, .06}, {2155, 20, .05}, {2338, 20, .42}}, .06, {.12, .05, .5, .35}},
      {Material::sand, {.13, .18, .24, .33, .37, .43, .47, .47, .44},
       {{490, 50, .18}, {920, 80, .08}, {2205, 18, .09}}, .08, {.13, .06, .7, .4}},
      {Material::shrub, {.07, .085, .11, .24, .32, .34, .29, .20, .16}, kLeaf, .6, {.15, .06, .3, .3}},
      {Material::hematite, {.07, .09, .13, .28, .32, .42, .47, .46, .43},
       {{535, 48, .8}, {660, 30, .08}, {865, 55, .42}, {2205, 18, .06}}, .05, {.14, .06, .5, .35}},
      {Material::turbid_water, {.06, .08, .10, .065, .025, .008, .005, .004, .004}, {{676, 18, .12}}, .3, {.12, .12, .3, .5}},
      {Material::metal, {.28, .31, .33, .35, .35, .40, .43, .44, .44}, {{840, 55, .06}}, .0, {.18, .08, .0, .8}},
      {Material::kaolinite, {.24, .31, .38, .47, .52, .57, .59, .56, .49},
       {{490, 50, .20}, {2165, 11, .30}, {2207, 11, .55}, {2320, 15, .08}, {2380, 16, .12}}, .04, {.13, .05, .5, .35}},
      {Material::blue_roof, {.19, .27, .21, .10, .17, .30, .33, .29, .25}, kHydrocarbon, .0, {.14, .07, .0, .5}},
      {Material::goethite, {.08, .12, .20, .30, .34, .45, .50, .48, .44},
       {{485, 45, .7}, {665, 35, .12}, {925, 75, .42}, {2205, 18, .06}}, .06, {.14, .06, .5, .35}},
      {Material::membrane, {.34, .50, .54, .56, .56, .54, .50, .44, .40}, kHydrocarbon, .0, {.12, .05, .0, .5}},
      {Material::alunite, {.26, .32, .38, .45, .50, .55, .57, .53, .47},
       {{490, 50, .15}, {1762, 18, .16}, {2168, 20, .55}, {2210, 14, .12}, {2322, 18, .22}}, .04, {.13, .05, .5, .35}},
  };
  return list;
}

/// Cubic Hermite through the knots with the slopes of their neighbours; constant beyond the ends.
double continuum(const std::array<double, 9>& values, double at) {
  at = std::clamp(at, kKnots.front(), kKnots.back());
  std::size_t i = 0;
  while (i + 2 < kKnots.size() && at >= kKnots[i + 1]) ++i;
  const auto slope = [&](std::size_t k) {
    const std::size_t left = k == 0 ? 0 : k - 1, right = std::min(k + 1, kKnots.size() - 1);
    return (values[right] - values[left]) / (kKnots[right] - kKnots[left]);
  };
  const double span = kKnots[i + 1] - kKnots[i], t = (at - kKnots[i]) / span, t2 = t * t, t3 = t2 * t;
  return (2 * t3 - 3 * t2 + 1) * values[i] + (t3 - 2 * t2 + t) * span * slope(i) + (3 * t2 - 2 * t3) * values[i + 1] +
         (t3 - t2) * span * slope(i + 1);
}

double depth(const std::vector<Absorption>& absorptions, double at) {
  double total = 0;
  for (const Absorption& a : absorptions) {
    const double z = (at - a.centre_nm) / a.width_nm;
    total += a.depth * std::exp(-z * z / 2);
  }
  return total;
}

}  // namespace

std::vector<MaterialSpectrum> material_spectra(const std::vector<double>& wavelength_nm) {
  std::vector<MaterialSpectrum> spectra(kMaterials);
  for (const Recipe& recipe : recipes()) {
    MaterialSpectrum& spectrum = spectra[static_cast<std::size_t>(recipe.material)];
    for (const double at : wavelength_nm) {
      const double own = depth(recipe.absorptions, at), moisture = recipe.moisture * depth(kWater, at);
      spectrum.mean.push_back(std::log(std::max(continuum(recipe.continuum, at), 1e-3)) - own - moisture);
      spectrum.change[kBrightness].push_back(recipe.variation[kBrightness]);
      spectrum.change[kTilt].push_back(recipe.variation[kTilt] * std::log(at / 1000));
      spectrum.change[kMoisture].push_back(-recipe.variation[kMoisture] * moisture);
      spectrum.change[kAbsorption].push_back(-recipe.variation[kAbsorption] * own);
    }
  }
  return spectra;
}

}  // namespace specfuse
