#include "specfuse/imaging/synthetic.h"

#include <algorithm>
#include <cmath>

#include "imaging/materials.h"
#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/core/rng.h"
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
  at_least("materials", options.materials, 1);
  SPECFUSE_CHECK_AS(ConfigError, options.materials <= static_cast<Index>(kMaterials), "synthetic: expected at most ",
                    kMaterials, " materials, got ", options.materials);
  SPECFUSE_CHECK_AS(ConfigError, !options.bands || options.wavelength_nm.empty(),
                    "synthetic: expected bands or wavelength_nm, got both");
}

std::vector<double> default_wavelengths(Index bands) {
  constexpr double kOpen[][2] = {{400, 1340}, {1450, 1790}, {1970, 2450}};
  double total = 0;
  for (const auto& [first, last] : kOpen) total += last - first;
  std::vector<double> wavelength_nm;
  for (Index band = 0; band < bands; ++band) {
    double at = kOpen[0][0] + (static_cast<double>(band) + 0.5) / static_cast<double>(bands) * total;
    for (std::size_t window = 0; at > kOpen[window][1]; ++window) at += kOpen[window + 1][0] - kOpen[window][1];
    wavelength_nm.push_back(at);
  }
  return wavelength_nm;
}

/// Smooth random values of about unit variance over an image: value noise on three lattices, the first of whose points
/// lie `cell` pixels apart, each half as coarse and `gain` times as strong as the one before.
class NoiseField {
 public:
  NoiseField(const SyntheticOptions& options, double cell, double gain, const std::string& name) {
    Rng rng(static_cast<std::uint64_t>(options.seed), stream_of("synthetic." + name));
    // Interpolation between lattice points halves the variance, near enough.
    double strength = std::sqrt(2 / (1 + gain * gain + gain * gain * gain * gain));
    for (Lattice& lattice : lattices_) {
      const auto points = [&](Index extent) { return static_cast<Index>(static_cast<double>(extent) / cell) + 3; };
      lattice = {cell, points(options.cols),
                 std::vector<double>(static_cast<std::size_t>(points(options.rows) * points(options.cols)))};
      for (double& value : lattice.values) value = strength * double{rng.normal()};
      cell /= 2;
      strength *= gain;
    }
  }

  double at(double row, double col) const {
    const auto smooth = [](double t) { return t * t * (3 - 2 * t); };
    double total = 0;
    for (const Lattice& lattice : lattices_) {
      const double y = row / lattice.cell, x = col / lattice.cell;
      const auto i = static_cast<Index>(y), j = static_cast<Index>(x);
      const double v = smooth(y - static_cast<double>(i)), u = smooth(x - static_cast<double>(j));
      const double* corner = lattice.values.data() + i * lattice.cols + j;
      const double* below = corner + lattice.cols;
      total += std::lerp(std::lerp(corner[0], corner[1], u), std::lerp(below[0], below[1], u), v);
    }
    return total;
  }

 private:
  struct Lattice {
    double cell;
    Index cols;
    std::vector<double> values;
  };
  std::array<Lattice, 3> lattices_;
};

/// Pieces of land of uneven sizes with edges across each other: a point belongs to the nearest of random centres, by
/// the larger of its distances along two axes.
class Parcels {
 public:
  struct Parcel {
    double row, col;
    /// Uniform in [0, 1).
    float cover, growth;
    std::array<double, kVariations> state;
  };

  Parcels(const SyntheticOptions& options, double cell, const std::string& name)
      : cell_(cell), cols_(static_cast<Index>(static_cast<double>(options.cols) / cell) + 4) {
    Rng rng(static_cast<std::uint64_t>(options.seed), stream_of("synthetic." + name));
    const auto rows = static_cast<Index>(static_cast<double>(options.rows) / cell) + 4;
    for (Index i = 0; i < rows * cols_; ++i) {
      Parcel parcel{static_cast<double>(i / cols_) + double{rng.uniform()},
                    static_cast<double>(i % cols_) + double{rng.uniform()},
                    rng.uniform(),
                    rng.uniform(),
                    {}};
      for (double& amount : parcel.state) amount = double{rng.uniform(-1.7f, 1.7f)};
      parcels_.push_back(parcel);
    }
  }

  const Parcel& at(double row, double col) const {
    const double y = row / cell_ + 1.5, x = col / cell_ + 1.5;
    const Parcel* nearest = nullptr;
    double least = 1e9;
    for (Index i = 0; i < 9; ++i) {
      const Index centre = (static_cast<Index>(y) + i / 3 - 1) * cols_ + static_cast<Index>(x) + i % 3 - 1;
      const Parcel& parcel = parcels_[static_cast<std::size_t>(centre)];
      const double down = y - parcel.row, across = x - parcel.col;
      const double distance = std::max(std::abs(down + 0.3 * across), std::abs(across - 0.3 * down));
      if (distance >= least) continue;
      least = distance;
      nearest = &parcel;
    }
    return *nearest;
  }

 private:
  double cell_;
  Index cols_;
  std::vector<Parcel> parcels_;
};

/// What lies at a point: a material on soil, and how the place differs from others of its kind.
struct Cover {
  Material material;
  double share = 1;
  std::array<double, kVariations> state{};
};

class Scene {
 public:
  Scene(const SyntheticOptions& options, const std::vector<double>& wavelength_nm)
      : options_(options), spectra_(material_spectra(wavelength_nm)) {}

  void render(Index row, Index col, float* out) const {
    const double y = static_cast<double>(row), x = static_cast<double>(col);
    // The sensor's footprint is wider than a pixel: nine points, the outer ones counting half along each axis.
    constexpr std::array<double, 3> kOffset{-0.25, 0.5, 1.25}, kWeight{0.25, 0.5, 0.25};
    std::array<double, kMaterials> share{};
    std::array<double, kVariations> state{};
    for (std::size_t i = 0; i < 9; ++i) {
      const double weight = kWeight[i / 3] * kWeight[i % 3];
      const Cover cover = cover_at(std::max(y + kOffset[i / 3], 0.0), std::max(x + kOffset[i % 3], 0.0));
      share[number(cover.material)] += weight * cover.share;
      share[number(Material::soil)] += weight * (1 - cover.share);
      for (std::size_t v = 0; v < kVariations; ++v) state[v] += weight * cover.state[v];
    }
    // Tuned, as the spreads of the materials are, for the scores that real scenes have.
    for (std::size_t v = 0; v < kVariations; ++v) {
      state[v] = std::clamp(options_.variability * (0.6 * state[v] + kTexture[v] * texture_[v].at(y, x)), -2.0, 2.0);
    }
    const double slope = height_.at(y + 1, x) + height_.at(y, x + 1) - 2 * height_.at(y, x);
    const double light = kScale * std::exp(std::clamp(4 * slope, -0.5, 0.3));
    for (std::size_t b = 0; b < spectra_[0].mean.size(); ++b) {
      double sum = 0;
      for (std::size_t m = 0; m < kMaterials; ++m) {
        if (share[m] == 0) continue;
        double logarithm = spectra_[m].mean[b];
        for (std::size_t v = 0; v < kVariations; ++v) logarithm += state[v] * spectra_[m].change[v][b];
        sum += share[m] * std::exp(logarithm);
      }
      out[b] = static_cast<float>(light * sum);
    }
  }

 private:
  static constexpr std::array<double, kVariations> kTexture{0.9, 1.4, 1.4, 1.4};

  std::size_t number(Material material) const {
    return static_cast<std::size_t>(material) % static_cast<std::size_t>(options_.materials);
  }

  /// A river, a road, woods on the hills, towns, and fields.
  Cover cover_at(double row, double col) const {
    const double bend = bend_.at(row, col);
    if (std::abs(row - 0.35 * static_cast<double>(options_.rows) - 0.18 * col - 9 * bend) < 1.3)
      return {Material::asphalt};
    if (std::abs(col - 0.6 * static_cast<double>(options_.cols) - 14 * bend) < 3.5) return {Material::water};
    if (height_.at(row, col) > 0.5) return {Material::trees, std::clamp(0.7 + 0.25 * growth_.at(row, col), 0.1, 1.0)};
    constexpr std::array kRoofs{Material::tile, Material::concrete, Material::tile, Material::asphalt, Material::trees};
    constexpr std::array kFields{Material::crop, Material::dry_grass, Material::crop, Material::soil,
                                 Material::dry_grass};
    const bool town = town_.at(row, col) > 0.7;
    const auto& parcel = (town ? houses_ : fields_).at(row, col);
    const auto lot = static_cast<std::size_t>(parcel.cover * static_cast<float>(kFields.size()));
    if (town) return {kRoofs[lot], 1, parcel.state};
    const double grown = 0.4 + 0.6 * double{parcel.growth} + 0.15 * growth_.at(row, col);
    return {kFields[lot], std::clamp(grown, 0.05, 1.0), parcel.state};
  }

  const SyntheticOptions& options_;
  std::vector<MaterialSpectrum> spectra_;
  NoiseField height_{options_, 60, 0.45, "height"}, bend_{options_, 60, 0.4, "bend"}, town_{options_, 55, 0.4, "town"};
  NoiseField growth_{options_, 14, 0.6, "growth"};
  std::array<NoiseField, kVariations> texture_{{{options_, 8, 0.6, "brightness"},
                                                {options_, 4, 0.7, "tilt"},
                                                {options_, 4, 0.7, "moisture"},
                                                {options_, 4, 0.7, "absorptions"}}};
  Parcels fields_{options_, 20, "fields"}, houses_{options_, 7, "houses"};
};

}  // namespace

void SyntheticOptions::describe(FieldVisitor& fields) {
  fields("rows", rows, Range{1, 1e5}, Label{"rows of the scene", "fine pixels"}, "Rows of pixels.");
  fields("cols", cols, Range{1, 1e5}, Label{"columns of the scene", "fine pixels"}, "Columns of pixels.");
  fields("bands", bands, Range{1, 1e4}, Label{"bands of the scene"},
         "Bands spread evenly over 400 - 2450 nm without the windows that water vapour closes; null: 162, or as many "
         "as `wavelength_nm` has.");
  fields("wavelength_nm", wavelength_nm, Range{300, 2600}, "Band centres in nanometres, instead of `bands`.");
  fields("seed", seed, Range{0, 1e15}, Label{"seed of the scene"}, "The same options give the same scene.");
  fields("materials", materials, Range{1, 8}, Label{"materials of the scene"}, "How many materials occur.");
  fields("variability", variability, Range{0, 3}, Label{"spectral variability"},
         "Spectral variability within a material; 1 as in real scenes.");
}

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
    for (Index col = 0; col < options.cols; ++col) scene.render(row, col, cube.pixel(row, col));
  });
  return cube;
}

}  // namespace specfuse
