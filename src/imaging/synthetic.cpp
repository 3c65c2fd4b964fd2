#include "specfuse/imaging/synthetic.h"

#include <algorithm>
#include <cmath>

#include "landscape.h"
#include "materials.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

constexpr double kScale = 10000;
constexpr int kPointsPerSide = 3;

void check_options(const SyntheticOptions& options) {
  SPECFUSE_CHECK_AS(ConfigError, options.rows >= 1 && options.cols >= 1 && options.bands >= 1,
                    "synthetic: expected at least one row, column and band, got ", options.rows, ", ", options.cols,
                    " and ", options.bands);
  SPECFUSE_CHECK_AS(ConfigError, options.materials >= 1 && options.materials <= static_cast<Index>(kMaterials),
                    "synthetic: expected 1 to ", kMaterials, " materials, got ", options.materials);
  SPECFUSE_CHECK_AS(ConfigError, options.variability >= 0 && options.bilinear >= 0,
                    "synthetic: expected variability and bilinear of at least 0, got ", options.variability, " and ",
                    options.bilinear);
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

/// What a pixel is made of.
struct Mixture {
  std::array<double, kMaterials> share{};
  std::array<double, kVariations> state{};
};

class Scene {
 public:
  explicit Scene(const SyntheticOptions& options, const std::vector<double>& wavelength_nm)
      : options_(options),
        seed_(static_cast<std::uint64_t>(options.seed)),
        spectra_(material_spectra(wavelength_nm)),
        landscape_(options.rows, options.cols, seed_),
        haze_(options.rows, options.cols, {24, 3, 0.7}, seed_, "synthetic.bilinear") {
    for (std::size_t v = 0; v < kVariations; ++v) {
      texture_.emplace_back(options.rows, options.cols, NoiseField::Shape{12, 4, 0.8}, seed_,
                            concat("synthetic.texture.", v));
    }
  }

  /// The spectrum of a pixel; `own` and `sum` are scratch of one value per band.
  void render(Index row, Index col, float* out, std::vector<double>& own, std::vector<double>& sum) const {
    const double y = static_cast<double>(row), x = static_cast<double>(col);
    Mixture mixture = mixture_at(y, x);
    for (std::size_t v = 0; v < kVariations; ++v) {
      mixture.state[v] = options_.variability * (0.7 * mixture.state[v] + 0.7 * texture_[v].at(y, x));
    }
    const double light = landscape_.light(y, x);
    // The products of all pairs of spectra are half of the square of the sum less the sum of squares.
    const double pairs = options_.bilinear * std::clamp(0.5 + 0.4 * haze_.at(y, x), 0.0, 1.0) / 2;
    std::fill(sum.begin(), sum.end(), 0.0);
    std::vector<double>& squares = own;
    std::fill(squares.begin(), squares.end(), 0.0);
    for (std::size_t m = 0; m < kMaterials; ++m) {
      if (mixture.share[m] > 0) add_material(m, mixture, sum, squares);
    }
    for (std::size_t b = 0; b < sum.size(); ++b) {
      out[b] = static_cast<float>(kScale * light * (sum[b] + pairs * (sum[b] * sum[b] - squares[b])));
    }
  }

 private:
  Mixture mixture_at(double row, double col) const {
    Mixture mixture;
    constexpr double kWeight = 1.0 / (kPointsPerSide * kPointsPerSide);
    for (int point = 0; point < kPointsPerSide * kPointsPerSide; ++point) {
      const Cover cover = landscape_.at(row + (point / kPointsPerSide + 0.5) / kPointsPerSide,
                                        col + (point % kPointsPerSide + 0.5) / kPointsPerSide);
      mixture.share[number(cover.main)] += kWeight * cover.share;
      mixture.share[number(cover.other)] += kWeight * (1 - cover.share);
      for (std::size_t v = 0; v < kVariations; ++v) mixture.state[v] += kWeight * cover.state[v];
    }
    return mixture;
  }

  std::size_t number(Material material) const {
    return static_cast<std::size_t>(material) % static_cast<std::size_t>(options_.materials);
  }

  void add_material(std::size_t m, const Mixture& mixture, std::vector<double>& sum,
                    std::vector<double>& squares) const {
    const MaterialSpectrum& spectrum = spectra_[m];
    const auto& [brightness, tilt, moisture, absorption] = spectrum.change;
    const auto& state = mixture.state;
    for (std::size_t b = 0; b < sum.size(); ++b) {
      const double part =
          mixture.share[m] * std::exp(spectrum.mean[b] + state[kBrightness] * brightness[b] + state[kTilt] * tilt[b] +
                                      state[kMoisture] * moisture[b] + state[kAbsorption] * absorption[b]);
      sum[b] += part;
      squares[b] += part * part;
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
      options.wavelength_nm.empty() ? default_wavelengths(options.bands) : options.wavelength_nm;
  Cube cube(options.rows, options.cols, static_cast<Index>(wavelength_nm.size()));
  cube.wavelength_nm = wavelength_nm;
  cube.attributes = {{"description", "synthetic scene"}, {"units", "reflectance times 10000"}};
  const Scene scene(options, wavelength_nm);
  parallel_for(options.rows, [&](Index row) {
    std::vector<double> squares(wavelength_nm.size()), sum(wavelength_nm.size());
    for (Index col = 0; col < options.cols; ++col) scene.render(row, col, cube.pixel(row, col), squares, sum);
  });
  return cube;
}

}  // namespace specfuse
