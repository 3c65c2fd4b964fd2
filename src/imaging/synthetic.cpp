#include "specfuse/imaging/synthetic.h"

#include <algorithm>
#include <cmath>

#include "imaging/landscape.h"
#include "imaging/materials.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

constexpr double kScale = 10000;
constexpr Index kBands = 162;

void check_options(const SyntheticOptions& options) {
  const auto at_least = [](const char* name, auto value, auto least) {
    SPECFUSE_CHECK_AS(ConfigError, value >= least, "synthetic: expected ", name, " of at least ", least, ", got ",
                      value);
  };
  at_least("rows", options.rows, 1);
  at_least("cols", options.cols, 1);
  at_least("bands", options.bands.value_or(1), 1);
  at_least("seed", options.seed, 0);
  at_least("materials", options.materials, 1);
  at_least("variability", options.variability, 0);
  at_least("bilinear", options.bilinear, 0);
  SPECFUSE_CHECK_AS(ConfigError, options.materials <= static_cast<Index>(kMaterials), "synthetic: expected at most ",
                    kMaterials, " materials, got ", options.materials);
  SPECFUSE_CHECK_AS(ConfigError, !options.bands || options.wavelength_nm.empty(),
                    "synthetic: expected bands or wavelength_nm, got both");
  for (const double wavelength : options.wavelength_nm) {
    SPECFUSE_CHECK_AS(ConfigError, wavelength >= 300 && wavelength <= 2600,
                      "synthetic: expected wavelengths from 300 to 2600 nm, got ", wavelength);
  }
}

std::vector<double> default_wavelengths(Index bands) {
  constexpr double kOpen[][2] = {{400, 1340}, {1450, 1790}, {1970, 2450}};
  double total = 0;
  for (const auto& window : kOpen) total += window[1] - window[0];
  std::vector<double> wavelength_nm;
  for (Index band = 0; band < bands; ++band) {
    double along = (static_cast<double>(band) + 0.5) / static_cast<double>(bands) * total;
    std::size_t window = 0;
    while (along > kOpen[window][1] - kOpen[window][0]) {
      along -= kOpen[window][1] - kOpen[window][0];
      ++window;
    }
    wavelength_nm.push_back(kOpen[window][0] + along);
  }
  return wavelength_nm;
}

/// Sums over the materials of a pixel, and of their squares, one value per band.
struct Scratch {
  std::vector<double> sum, squares;
};

/// What a pixel is made of.
struct Mixture {
  std::array<double, kMaterials> share{};
  std::array<double, kVariations> state{};
};

class Scene {
 public:
  Scene(const SyntheticOptions& options, const std::vector<double>& wavelength_nm)
      : options_(options), seed_(static_cast<std::uint64_t>(options.seed)), spectra_(material_spectra(wavelength_nm)),
        landscape_(options.rows, options.cols, seed_),
        haze_(options.rows, options.cols, {24, 3, 0.7}, seed_, "synthetic.bilinear") {
    for (std::size_t v = 0; v < kVariations; ++v) {
      const NoiseField::Shape shape = v == kBrightness ? NoiseField::Shape{9, 4, 0.7} : NoiseField::Shape{4, 2, 1.0};
      texture_.emplace_back(options.rows, options.cols, shape, seed_, concat("synthetic.texture.", v));
    }
  }

  void render(Index row, Index col, float* out, Scratch& scratch) const {
    auto& [sum, squares] = scratch;
    const double y = static_cast<double>(row), x = static_cast<double>(col);
    Mixture mixture = mixture_at(y, x);
    for (std::size_t v = 0; v < kVariations; ++v) {
      // Tuned, as the spreads of the materials are, for the scores that real scenes have.
      const double texture = (v == kBrightness ? 0.45 : 1.1) * texture_[v].at(y, x);
      mixture.state[v] = std::clamp(options_.variability * (0.6 * mixture.state[v] + texture), -2.0, 2.0);
    }
    const double light = landscape_.light(y, x);
    // The products of all pairs of spectra are half of the square of the sum less the sum of squares.
    const double pairs = options_.bilinear * std::clamp(0.5 + 0.4 * haze_.at(y, x), 0.0, 1.0) / 2;
    std::fill(sum.begin(), sum.end(), 0.0);
    std::fill(squares.begin(), squares.end(), 0.0);
    for (std::size_t m = 0; m < kMaterials; ++m) {
      if (mixture.share[m] > 0) add_material(m, mixture, scratch);
    }
    for (std::size_t b = 0; b < sum.size(); ++b) {
      out[b] = static_cast<float>(kScale * light * (sum[b] + pairs * (sum[b] * sum[b] - squares[b])));
    }
  }

 private:
  /// The sensor's footprint is wider than a pixel: nine points, the outer ones counting half along each axis.
  Mixture mixture_at(double row, double col) const {
    constexpr std::array<double, 3> kOffset{-0.25, 0.5, 1.25}, kWeight{0.25, 0.5, 0.25};
    Mixture mixture;
    for (std::size_t i = 0; i < 9; ++i) {
      const double weight = kWeight[i / 3] * kWeight[i % 3];
      const Cover cover = landscape_.at(row + kOffset[i / 3], col + kOffset[i % 3]);
      mixture.share[number(cover.main)] += weight * cover.share;
      mixture.share[number(cover.other)] += weight * (1 - cover.share);
      for (std::size_t v = 0; v < kVariations; ++v) mixture.state[v] += weight * cover.state[v];
    }
    return mixture;
  }

  std::size_t number(Material material) const {
    return static_cast<std::size_t>(material) % static_cast<std::size_t>(options_.materials);
  }

  void add_material(std::size_t m, const Mixture& mixture, Scratch& scratch) const {
    const MaterialSpectrum& spectrum = spectra_[m];
    for (std::size_t b = 0; b < spectrum.mean.size(); ++b) {
      double logarithm = spectrum.mean[b];
      for (std::size_t v = 0; v < kVariations; ++v) logarithm += mixture.state[v] * spectrum.change[v][b];
      const double part = mixture.share[m] * std::exp(logarithm);
      scratch.sum[b] += part;
      scratch.squares[b] += part * part;
    }
  }

  const SyntheticOptions& options_;
  std::uint64_t seed_;
  std::vector<MaterialSpectrum> spectra_;
  Landscape landscape_;
  NoiseField haze_;
  std::vector<NoiseField> texture_;
};

}  // namespace

Cube synthetic_scene(const SyntheticOptions& options) {
  check_options(options);
  const std::vector<double> wavelength_nm =
      options.wavelength_nm.empty() ? default_wavelengths(options.bands.value_or(kBands)) : options.wavelength_nm;
  const double bytes = static_cast<double>(options.rows) * static_cast<double>(options.cols) *
                       static_cast<double>(wavelength_nm.size()) * sizeof(float);
  SPECFUSE_CHECK_AS(ConfigError, bytes <= memory_bytes(), "synthetic: expected a scene that fits into the ",
                    memory_bytes() / 1e9, " GB of memory here, got one of ", bytes / 1e9, " GB");
  Cube cube(options.rows, options.cols, static_cast<Index>(wavelength_nm.size()));
  cube.wavelength_nm = wavelength_nm;
  cube.attributes = {{"description", "synthetic scene"}, {"units", "reflectance times 10000"}};
  const Scene scene(options, wavelength_nm);
  parallel_for(options.rows, [&](Index row) {
    Scratch scratch{std::vector<double>(wavelength_nm.size()), std::vector<double>(wavelength_nm.size())};
    for (Index col = 0; col < options.cols; ++col) scene.render(row, col, cube.pixel(row, col), scratch);
  });
  return cube;
}

}  // namespace specfuse
