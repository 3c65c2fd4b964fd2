#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace specfuse {

/// What a synthetic scene is made of, ordered so that the first few already differ much.
enum class Material : std::size_t { crop, soil, trees, asphalt, dry_grass, water, concrete, tile };
inline constexpr std::size_t kMaterials = 8;

/// In which ways the spectrum of a material varies.
enum Variation : std::size_t { kBrightness, kTilt, kMoisture, kAbsorptions, kVariations };

/// A spectrum as logarithms at the bands of a scene: reflectance = exp(mean + sum over v of amount_v * change[v]),
/// with amounts of about unit variance and at most 2.
struct MaterialSpectrum {
  std::vector<double> mean;
  std::array<std::vector<double>, kVariations> change;
};

/// The spectra of all materials, by number.
std::vector<MaterialSpectrum> material_spectra(const std::vector<double>& wavelength_nm);

}  // namespace specfuse
