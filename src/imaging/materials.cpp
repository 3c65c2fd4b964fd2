#include "imaging/materials.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace specfuse {
namespace {

constexpr std::array<double, 9> kKnots{400, 480, 560, 700, 850, 1250, 1650, 2100, 2450};

/// Optical depth of a Gaussian absorption; the spectrum is multiplied with exp(-depth).
struct Absorption {
  double centre_nm, width_nm, depth;
};

/// Relative standard deviations of a material's brightness, of the tilt and bend of its continuum, and of the depth of
/// its water and its own absorptions; the last two at most 1/2, since two deviations must not turn a depth around.
struct Spread {
  double brightness, continuum, moisture, absorptions;
};

/// Positions and shapes follow the spectral libraries and reviews of Clark (1999), "Spectroscopy of rocks and minerals,
/// and principles of spectroscopy" (minerals), Curran (1989), "Remote sensing of foliar chemistry" (plants), and
/// Herold et al. (2004), "Spectrometry for urban area remote sensing" (covers).
struct Recipe {
  Material material;
  /// Reflectance between the absorptions, at `kKnots`.
  std::array<double, 9> continuum;
  /// What makes the material.
  std::vector<Absorption> absorptions;
  /// Depth of the absorptions of liquid water, in units of a green leaf.
  double moisture;
  Spread spread;
};

const std::vector<Absorption> kWater{
    {970, 32, 0.07}, {1190, 42, 0.16}, {1450, 65, 1.1}, {1940, 80, 1.3}, {2500, 190, 0.7}};
const std::vector<Absorption> kLeaf{{430, 34, 1.5}, {475, 34, 1.4},   {635, 36, 0.8},
                                    {676, 22, 1.7}, {2100, 60, 0.06}, {2310, 45, 0.08}};
const std::vector<Absorption> kDryPlant{
    {430, 60, 0.5}, {676, 25, 0.12}, {1730, 28, 0.08}, {2095, 48, 0.2}, {2305, 40, 0.18}};
const std::vector<Absorption> kHydrocarbon{{1205, 20, 0.06}, {1725, 18, 0.12}, {2310, 22, 0.22}};

const std::vector<Recipe> kRecipes{
    {Material::crop, {.11, .12, .15, .37, .50, .51, .42, .30, .24}, kLeaf, 1.0, {.10, .10, .40, .50}},
    {Material::loam,
     {.05, .065, .10, .17, .22, .29, .33, .32, .29},
     {{490, 50, .10}, {900, 80, .06}, {2205, 18, .10}},
     .18,
     {.16, .10, .50, .50}},
    {Material::deciduous, {.08, .09, .115, .30, .43, .42, .31, .21, .17}, kLeaf, 1.15, {.16, .12, .35, .50}},
    {Material::asphalt,
     {.075, .08, .085, .095, .105, .125, .14, .14, .13},
     {{1725, 20, .03}, {2310, 28, .08}},
     .02,
     {.18, .12, .50, .50}},
    {Material::dry_grass, {.09, .12, .17, .26, .33, .39, .37, .29, .24}, kDryPlant, .22, {.13, .12, .50, .50}},
    {Material::water, {.055, .05, .04, .018, .008, .004, .003, .003, .003}, {{440, 30, .15}}, .3, {.12, .12, .30, .50}},
    {Material::concrete,
     {.17, .20, .23, .26, .28, .31, .33, .32, .30},
     {{480, 50, .06}, {2205, 20, .04}, {2338, 25, .10}},
     .06,
     {.15, .10, .50, .50}},
    {Material::clay,
     {.06, .085, .14, .29, .36, .45, .49, .47, .42},
     {{500, 45, .35}, {870, 60, .14}, {2165, 12, .05}, {2207, 15, .28}},
     .15,
     {.14, .10, .50, .50}},
    {Material::conifer, {.06, .065, .085, .22, .33, .31, .22, .15, .12}, kLeaf, 1.2, {.16, .12, .35, .50}},
    {Material::tile,
     {.05, .065, .11, .28, .31, .38, .42, .40, .36},
     {{530, 45, .45}, {865, 55, .18}, {2205, 20, .05}},
     .03,
     {.15, .12, .50, .50}},
    {Material::grass, {.10, .11, .15, .35, .45, .45, .36, .26, .21}, kLeaf, .75, {.10, .10, .40, .50}},
    {Material::limestone,
     {.16, .20, .25, .31, .34, .39, .41, .40, .37},
     {{490, 50, .12}, {1990, 28, .06}, {2155, 20, .05}, {2338, 20, .42}},
     .06,
     {.12, .10, .50, .50}},
    {Material::sand,
     {.11, .16, .23, .32, .37, .43, .47, .47, .44},
     {{490, 50, .18}, {920, 80, .08}, {2205, 18, .09}},
     .08,
     {.13, .10, .50, .50}},
    {Material::shrub, {.08, .095, .125, .26, .35, .38, .33, .25, .20}, kLeaf, .6, {.15, .12, .45, .50}},
    {Material::hematite,
     {.045, .055, .105, .27, .32, .42, .47, .46, .43},
     {{530, 40, .45}, {660, 30, .08}, {865, 55, .42}, {2205, 18, .06}},
     .05,
     {.14, .12, .50, .50}},
    {Material::turbid_water,
     {.06, .08, .10, .065, .025, .008, .005, .004, .004},
     {{676, 18, .12}},
     .3,
     {.12, .12, .30, .50}},
    {Material::metal, {.38, .42, .45, .47, .48, .54, .57, .58, .58}, {{840, 55, .06}}, 0, {.08, .06, 0, .50}},
    {Material::kaolinite,
     {.16, .21, .27, .34, .38, .43, .46, .44, .39},
     {{490, 50, .20}, {2165, 11, .30}, {2207, 11, .55}, {2320, 15, .08}, {2380, 16, .12}},
     .04,
     {.13, .10, .50, .50}},
    {Material::blue_roof, {.19, .27, .21, .10, .17, .30, .33, .29, .25}, kHydrocarbon, 0, {.14, .15, 0, .50}},
    {Material::goethite,
     {.08, .12, .20, .30, .34, .45, .50, .48, .44},
     {{485, 45, .7}, {665, 35, .12}, {925, 75, .42}, {2205, 18, .06}},
     .06,
     {.14, .12, .50, .50}},
    {Material::membrane, {.42, .62, .68, .70, .70, .67, .62, .56, .51}, kHydrocarbon, 0, {.05, .04, 0, .50}},
    {Material::alunite,
     {.17, .22, .27, .33, .37, .42, .44, .41, .36},
     {{490, 50, .15}, {1762, 18, .16}, {2168, 20, .55}, {2210, 14, .12}, {2322, 18, .22}},
     .04,
     {.13, .10, .50, .50}},
};

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

double depth(const Absorption& absorption, double at) {
  const double z = (at - absorption.centre_nm) / absorption.width_nm;
  return absorption.depth * std::exp(-z * z / 2);
}

void add_band(const Recipe& recipe, double at, MaterialSpectrum& spectrum) {
  double water = 0;
  for (const Absorption& absorption : kWater) water += recipe.moisture * depth(absorption, at);
  std::array<double, 2> own{};
  for (std::size_t i = 0; i < recipe.absorptions.size(); ++i) own[i % 2] += depth(recipe.absorptions[i], at);
  spectrum.mean.push_back(std::log(std::max(continuum(recipe.continuum, at), 1e-3)) - own[0] - own[1] - water);
  auto& change = spectrum.change;
  const double octaves = std::log2(at / 1000);
  change[kBrightness].push_back(recipe.spread.brightness);
  change[kTilt].push_back(recipe.spread.continuum * octaves);
  change[kBend].push_back(1.5 * recipe.spread.continuum * std::cos(std::numbers::pi * octaves));
  change[kMoisture].push_back(-recipe.spread.moisture * water);
  change[kEvenAbsorptions].push_back(-recipe.spread.absorptions * own[0]);
  change[kOddAbsorptions].push_back(-recipe.spread.absorptions * own[1]);
}

}  // namespace

std::vector<MaterialSpectrum> material_spectra(const std::vector<double>& wavelength_nm) {
  std::vector<MaterialSpectrum> spectra(kMaterials);
  for (const Recipe& recipe : kRecipes) {
    MaterialSpectrum& spectrum = spectra[static_cast<std::size_t>(recipe.material)];
    for (const double at : wavelength_nm) add_band(recipe, at, spectrum);
  }
  return spectra;
}

}  // namespace specfuse
