#include "specfuse/run/experiment_scene.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "run/check_images.h"
#include "run/data_images.h"
#include "run/opened_pair.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/orientation.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/imaging/sensors.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/io/file.h"
#include "specfuse/io/pair.h"
#include "specfuse/io/scene.h"
#include "specfuse/run/find_data.h"

namespace specfuse {
namespace {

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

Tensor kernel_of(const std::vector<std::vector<double>>& rows) {
  std::vector<float> values;
  for (const std::vector<double>& row : rows) {
    SPECFUSE_CHECK_AS(ConfigError, row.size() == rows.size(), "psf.weights: expected ", rows.size(),
                      " numbers in each of as many rows, got ", row.size());
    values.insert(values.end(), row.begin(), row.end());
  }
  return Tensor::from(Shape{std::ssize(rows), std::ssize(rows)}, values);
}

Tensor load_psf(const DegradeConfig& degrade, const std::vector<std::string>& directories) {
  return inside_key("degrade", [&] {
    const PsfOptions& psf = degrade.psf;
    if (psf.type != "kernel") return make_psf(psf, degrade.ratio);
    SPECFUSE_CHECK_AS(ConfigError, psf.file.empty() != psf.weights.empty(),
                      "psf.type: `kernel` requires one of `psf.file` and `psf.weights`");
    if (psf.file.empty()) return make_psf(psf, degrade.ratio, kernel_of(psf.weights));
    const std::string path = find_file(psf.file, directories);
    return make_psf(psf, degrade.ratio, parse_kernel_csv(read_text(path), path));
  });
}

void load_srf(const SrfOptions& srf, const Cube& cube, const std::vector<std::string>& directories, Scene& scene) {
  inside_key("degrade", [&] {
    const std::string path = srf.file.empty() ? "" : find_file(srf.file, directories);
    const ResponseTable measured = srf.file.empty() ? ResponseTable{} : parse_response_csv(read_text(path), path);
    scene.degradation.srf = make_srf(srf, cube, measured);
    scene.msi_names = response_names(srf, measured);
  });
}

/// What a response is called where it is told.
std::string srf_text(const SrfOptions& srf) {
  if (!srf.sensor.empty()) return srf.bands.empty() ? srf.sensor : concat(srf.sensor, " (", joined(srf.bands), ")");
  return srf.file.empty() ? "degrade.srf" : srf.file;
}

/// Drops the response rows and names of bands that the reader left out, where they are given for all bands of the file.
void keep_rows(const FileNotes& msi, Scene& scene) {
  if (msi.remaining.empty() || scene.degradation.srf.dim(0) != msi.bands) return;
  scene.degradation.srf = response_rows(scene.degradation.srf, msi.remaining);
  const std::vector<std::string> names = std::exchange(scene.msi_names, {});
  for (const Index band : msi.remaining) {
    if (!names.empty()) scene.msi_names.push_back(names[static_cast<std::size_t>(band)]);
  }
}

/// What the MSI's file says of its response where the configuration leaves it open: its sensor, and which bands of it.
SrfOptions completed(SrfOptions srf, const Cube& hsi, const Cube& msi) {
  const std::string sensor = text_of(msi, kSensorAttribute);
  const bool names = !band_names_of(msi).empty();
  if (!srf.given() && names && is_sensor(sensor) && !hsi.wavelength_nm.empty()) srf.sensor = sensor;
  if (srf.sensor.empty() || !srf.bands.empty()) return srf;
  const bool fewer = static_cast<std::size_t>(msi.bands()) < sensor_bands(srf.sensor).size();
  if (names || fewer) srf.bands = bands_of_image(msi, srf.sensor);
  return srf;
}

void load_measured(const ExperimentConfig& config, const std::vector<std::string>& directories, ImageCache* cache,
                   double memory, Scene& scene) {
  const DataConfig& data = config.data;
  const std::string path = source_of(data);
  OpenedPair opened = open_measured(data, directories, cache);
  const PairImages& images = opened.images;
  SPECFUSE_CHECK_AS(ConfigError, images.ratio == config.degrade.ratio, "degrade.ratio: expected ", images.ratio,
                    " as in ", path, ", got ", config.degrade.ratio);
  const Cube hsi = images.hsi->read({0, 0, 1, 1}), msi = images.msi->read({0, 0, 1, 1});
  scene.degradation.srf = images.srf;
  const SrfOptions& given = config.degrade.srf;
  const bool simulates = config.protocol.type == Protocol::transfer;
  SPECFUSE_CHECK_AS(ConfigError, !given.given() || !images.srf.defined() || simulates,
                    "degrade.srf: expected none, as ", path, " brings its own /srf");
  const SrfOptions srf = images.srf.defined() ? given : completed(given, hsi, msi);
  if (srf.given() && !images.srf.defined()) {
    if (!given.given())
      scene.estimate.srf_told = concat(srf.sensor, " (", joined(srf.bands), "), as the file of the MSI says");
    load_srf(srf, hsi, directories, scene);
    keep_rows(msi.notes, scene);
    SPECFUSE_CHECK_AS(ConfigError, scene.degradation.srf.dim(0) == msi.bands(), "degrade.srf: expected ", msi.bands(),
                      " rows, one for each msi band of ", path, ", got ", scene.degradation.srf.dim(0));
  }
  scene.grids = images.grids;
  scene.reference_on_msi = images.reference_on_msi;
  scene.orientation = data.orientation.value_or("");
  if (images.beside != std::array<double, 2>{}) {
    Tensor& psf = scene.degradation.psf;
    psf = moved_psf(psf, images.beside, moved_psf_size(psf, images.beside));
  }
  take_pair(std::move(opened), config, memory, scene);
}

/// Whether a scene has to be made of whole coarse pixels, or is cut to them.
enum class Cut { none, to_fit };

void load_reference(const ExperimentConfig& config, const std::vector<std::string>& directories, Cut cuts,
                    ImageCache* cache, Scene& scene) {
  Cube cube = load_cube(config.data, directories, cache);
  const Index ratio = config.degrade.ratio;
  if (cuts == Cut::to_fit) cube = crop(cube, {0, 0, cube.rows() / ratio * ratio, cube.cols() / ratio * ratio});
  SPECFUSE_CHECK_AS(ConfigError, cube.rows() % ratio == 0 && cube.cols() % ratio == 0,
                    "degrade.ratio: expected a divisor of the scene's ", cube.rows(), " x ", cube.cols(),
                    " pixels, got ", ratio, "; data.crop can cut it to fit");
  UndeclaredNoData seen;
  seen.add(cube);
  check_declared(seen, "data", cube);
  require_data(cube, config.data, source_of(config.data));
  add_notes(cube.notes, scene);
  load_srf(config.degrade.srf, cube, directories, scene);
  scene.reference = cube;
}

Scene load_one(const ExperimentConfig& config, const std::vector<std::string>& directories, Cut cuts, ImageCache* cache,
               double memory) {
  const DegradeConfig& degrade = config.degrade;
  Scene scene;
  const std::string response = degrade.srf.given() ? srf_text(degrade.srf) : concat("/srf of ", source_of(config.data));
  scene.estimate = degrade.estimate.options(degrade.psf, response);
  scene.harmonise = degrade.harmonise.value_or(false);
  scene.degradation.ratio = degrade.ratio;
  scene.degradation.psf = load_psf(degrade, directories);
  scene.degradation.boundary = degrade.boundary;
  scene.degradation.hsi_snr_db = degrade.snr_db.hsi;
  scene.degradation.msi_snr_db = degrade.snr_db.msi;
  scene.degradation.msi_shift = degrade.msi_shift;
  if (config.data.is_measured()) {
    load_measured(config, directories, cache, memory, scene);
  } else {
    load_reference(config, directories, cuts, cache, scene);
  }
  return scene;
}

/// How many bands HSI and MSI have.
std::array<Index, 2> bands_of(const Scene& scene) {
  if (scene.measured) return {scene.measured->hsi.bands(), scene.measured->msi.bands()};
  return {scene.reference->bands(), scene.degradation.srf.dim(0)};
}

/// A scene to learn from, which the configuration gives at `path`. `target` is the one to fuse.
Scene load_other(const ExperimentConfig& config, const std::string& path, const std::vector<std::string>& directories,
                 const Scene& target, ImageCache* cache) {
  const std::string source = source_of(config.data);
  Scene scene;
  try {
    scene =
        load_one(config, directories, config.protocol.degradations.empty() ? Cut::none : Cut::to_fit, cache, kNoLimit);
  } catch (const ConfigError& problem) {
    throw ConfigError(concat(path, ": ", source, ": ", problem.what()));
  }
  SPECFUSE_CHECK_AS(ConfigError, scene.reference.has_value(), path, ": ", source,
                    ": expected a reference to learn from, got none");
  if (!config.protocol.degradations.empty()) return scene;
  const auto [many, few] = bands_of(scene);
  const auto [wanted, wanted_msi] = bands_of(target);
  SPECFUSE_CHECK_AS(ConfigError, many == wanted && few == wanted_msi, path, ": ", source, ": expected ", wanted,
                    " HSI and ", wanted_msi, " MSI bands as the scene to fuse has, got ", many, " and ", few);
  return scene;
}

}  // namespace

Scene load_scene(const ExperimentConfig& config, const std::vector<std::string>& directories, ImageCache* cache,
                 const std::string& scratch, double memory) {
  Scene scene = load_one(config, directories, Cut::none, cache, memory);
  scene.scratch = scratch;
  const std::vector<DegradeConfig>& given = config.protocol.degradations;
  const std::vector<DegradeConfig> degradations = given.empty() ? std::vector{config.degrade} : given;
  const auto load_list = [&](const char* path, const std::vector<DataConfig>& list) {
    std::vector<Scene> scenes;
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (const DegradeConfig& degradation : degradations) {
        ExperimentConfig other = config;
        other.data = list[i];
        other.degrade = degradation;
        Scene loaded = load_other(other, concat("protocol.", path, ".", i), directories, scene, cache);
        const Cube& fine = loaded.measured ? loaded.measured->msi : *loaded.reference;
        if (!given.empty() && !has_lower_scale(fine, degradation.ratio)) continue;
        loaded.reference = on_disk(*loaded.reference, scratch);
        if (loaded.measured) loaded.measured = on_disk(*loaded.measured, scratch);
        scenes.push_back(std::move(loaded));
      }
    }
    SPECFUSE_CHECK_AS(ConfigError, list.empty() || !scenes.empty(), "protocol.", path,
                      ": expected a scene with ratio x ratio coarse pixels for one of protocol.degradations, got none");
    return scenes;
  };
  scene.train = load_list("train_scenes", config.protocol.train_scenes);
  scene.validation = load_list("validation_scenes", config.protocol.validation_scenes);
  return scene;
}

Pair make_pair(const Scene& scene, Index seed) {
  if (scene.measured) return *scene.measured;
  return simulate(*scene.reference, scene.degradation, static_cast<std::uint64_t>(seed));
}

}  // namespace specfuse
