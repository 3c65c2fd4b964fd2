#include "run/opened_pair.h"

#include <utility>

#include "run/check_images.h"
#include "run/data_images.h"
#include "run/measured_pair.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/orientation.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/io/open_beside.h"
#include "specfuse/io/scene.h"
#include "specfuse/metrics/evaluation.h"
#include "specfuse/run/find_data.h"

namespace specfuse {
namespace {

ImagePtr watched(ImagePtr image, const std::shared_ptr<SeenValues>& seen, UndeclaredNoData SeenValues::*which) {
  return described(std::move(image), [seen, which](Cube& part, const Rectangle&) {
    if (seen->now) ((*seen).*which).add(part);
  });
}

bool has_place(const Image& image) { return image.read({0, 0, 1, 1}).attributes.contains(kGeotransformAttribute); }

/// The MSI, with a warning where one of both files says where it lies and the other does not.
ImagePtr with_warning_of_place(ImagePtr msi, const Image& hsi, const DataConfig& data) {
  const bool hsi_has = has_place(hsi), msi_has = has_place(*msi);
  if (hsi_has == msi_has) return msi;
  const char *const silent = hsi_has ? "MSI" : "HSI", *const other = hsi_has ? "HSI" : "MSI";
  const std::string& path = hsi_has ? data.msi->file : data.hsi->file;
  const std::string warning = concat(path.substr(path.rfind('/') + 1), " has no georeference: the ", silent,
                                     " is taken to show exactly the ground that the ", other,
                                     " shows; if it shows another, the result is wrong everywhere, and data.",
                                     lower_case(silent), ".geotransform says where it lies");
  return described(std::move(msi), [warning](Cube& part, const Rectangle&) { part.notes.warnings.push_back(warning); });
}

/// Bytes that a run takes with a pair in memory.
double bytes_in_memory(const PairImages& pair, std::size_t results) {
  const auto values = [](const Image& image) {
    return static_cast<double>(image.rows() * image.cols() * image.bands());
  };
  const double fine = static_cast<double>(pair.msi->rows() * pair.msi->cols() * pair.hsi->bands());
  // A result, the reference and a copy of either; and what figures keep of both and of all results.
  const double images = 2 * (values(*pair.hsi) + values(*pair.msi)) + fine * (5 + static_cast<double>(results));
  return images * sizeof(float) + curve_bytes(pair.msi->rows() * pair.msi->cols()) +
         curve_bytes(static_cast<Index>(fine));
}

/// Reads all images of a pair into memory.
void hold(PairImages& pair, const DataConfig& data) {
  const auto read = [&](ImagePtr& image, const std::string& source) {
    const Cube cube = image->read_all();
    require_data(cube, data, source);
    image = in_memory(cube);
  };
  const char* const in_common = ": the part that both images show";
  read(pair.hsi, data.pair ? *data.pair + ": /hsi" : concat(data.hsi->file, in_common));
  read(pair.msi, data.pair ? *data.pair + ": /msi" : concat(data.msi->file, in_common));
  if (pair.reference != nullptr) read(pair.reference, *data.pair + ": /reference");
}

}  // namespace

OpenedPair open_measured(const DataConfig& data, const std::vector<std::string>& directories, ImageCache* cache) {
  const auto seen = std::make_shared<SeenValues>();
  PairImages pair;
  if (data.pair) {
    pair = open_pair(find_file(*data.pair, directories), pair_source_in(data, directories));
    const std::string key = file_key(data);
    pair.hsi = watched(image_of(cache, key + "/hsi", [&] { return pair.hsi; }), seen, &SeenValues::hsi);
    pair.msi = watched(image_of(cache, key + "/msi", [&] { return pair.msi; }), seen, &SeenValues::msi);
    if (pair.reference) pair.reference = image_of(cache, key + "/reference", [&] { return pair.reference; });
  } else {
    ImagesApart images = open_apart(data, directories, cache);
    // Resampled, it would no longer show.
    images.msi.image = with_warning_of_place(watched(images.msi.image, seen, &SeenValues::msi), *images.hsi, data);
    pair = join_images(watched(images.hsi, seen, &SeenValues::hsi), images.msi, source_of(data));
  }
  if (!data.crop) return {std::move(pair), seen};
  const Rectangle& part = *data.crop;
  check_coarse_part("data.crop", part, pair.msi->rows(), pair.msi->cols(), pair.ratio);
  pair.hsi = cropped(std::move(pair.hsi),
                     {part.row / pair.ratio, part.col / pair.ratio, part.rows / pair.ratio, part.cols / pair.ratio});
  pair.msi = cropped(std::move(pair.msi), *data.crop);
  if (pair.reference != nullptr) pair.reference = cropped(std::move(pair.reference), *data.crop);
  return {std::move(pair), seen};
}

void add_notes(const FileNotes& notes, Scene& scene) {
  scene.warnings.insert(scene.warnings.end(), notes.left_out.begin(), notes.left_out.end());
  scene.warnings.insert(scene.warnings.end(), notes.warnings.begin(), notes.warnings.end());
}

void take_pair(OpenedPair opened, const ExperimentConfig& config, double memory, Scene& scene) {
  const DataConfig& data = config.data;
  const bool fits = bytes_in_memory(opened.images, config.methods.size()) <= memory;
  SPECFUSE_CHECK_AS(ConfigError, fits || (!opened.images.hsi->is_in_memory() && !opened.images.msi->is_in_memory()),
                    "--memory: ", source_of(data),
                    ": expected HDF5 or what GDAL reads, with axes rcb, to read it part by part; --import makes such a "
                    "file");
  opened.seen->now = true;
  if (fits) hold(opened.images, data);
  const ImagePtr reference = opened.images.reference;
  const auto pair =
      std::make_shared<MeasuredPair>(std::move(opened.images.hsi), std::move(opened.images.msi), scene.degradation);
  const auto look = [&] {
    const Index step = step_to_show(*pair);
    Shown shown = means_of(*pair, reference.get(), step);
    scene.measured = shown.pair;
    scene.reference = shown.reference;
    scene.large = Scene::Large{pair, reference, step};
  };
  if (fits) {
    scene.measured = pair->read({0, 0, pair->rows(), pair->cols()});
    if (reference != nullptr) scene.reference = reference->read_all();
  } else {
    look();
  }
  opened.seen->now = false;
  check_declared(opened.seen->hsi, data.hsi ? "data.hsi" : "data", scene.measured->hsi);
  check_declared(opened.seen->msi, data.msi ? "data.msi" : "data", scene.measured->msi);
  if (scene.reference && fits) {
    UndeclaredNoData of_reference;
    of_reference.add(*scene.reference);
    check_declared(of_reference, "data: /reference", *scene.reference);
  }
  add_notes(scene.measured->hsi.notes, scene);
  add_notes(scene.measured->msi.notes, scene);
  SPECFUSE_CHECK_AS(ConfigError, has_data(scene.measured->msi), "data: expected pixels that both images of ",
                    source_of(data), " have data for, got none");
  if (!data.masks_outliers()) return;
  scene.outliers = find_outliers(fits ? static_cast<const PairParts&>(WholePair(*scene.measured)) : *pair);
  if (scene.outliers.empty()) return;
  pair->withhold(scene.outliers);
  if (!fits) return look();
  withhold_outliers(scene.outliers, {0, 0, pair->rows(), pair->cols()}, *scene.measured);
}

}  // namespace specfuse
