#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace specfuse {

/// What the synthetic landscape is made of, ordered so that the first few already differ much.
enum class Material : std::size_t {
  crop,
  loam,
  deciduous,
  asphalt,
  dry_grass,
  water,
  concrete,
  clay,
  conifer,
  tile,
  grass,
  limestone,
  sand,
  shrub,
  hematite,
  turbid_water,
  metal,
  kaolinite,
  blue_roof,
  goethite,
  membrane,
  alunite
};
inline constexpr std::size_t kMaterials = 22;

/// In which ways the spectrum of a material varies. Absorptions vary in two groups, every second one in each, so that
/// their relative depths vary too.
enum Variation : std::size_t { kBrightness, kTilt, kBend, kMoisture, kEvenAbsorptions, kOddAbsorptions, kVariations };

/// A spectrum as logarithms at the bands of a scene: reflectance = exp(mean + sum over v of amount_v * change[v]),
/// with amounts of about unit variance and at most 2.
struct MaterialSpectrum {
  std::vector<double> mean;
  std::array<std::vector<double>, kVariations> change;
};

/// The spectra of all materials, by number.
std::vector<MaterialSpectrum> material_spectra(const std::vector<double>& wavelength_nm);

}  // namespace specfuse
