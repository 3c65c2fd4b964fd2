#include "run/data_images.h"

#include <array>
#include <nlohmann/json.hpp>

#include "run/check_images.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/orientation.h"
#include "specfuse/io/file.h"
#include "specfuse/run/find_data.h"

namespace specfuse {
namespace {

/// Gives an image the wavelengths of the configuration.
void set_wavelengths(const std::optional<WavelengthConfig>& wavelengths, const std::string& path,
                     const std::vector<std::string>& directories, Cube& cube) {
  if (!wavelengths) return;
  const WavelengthConfig& given = *wavelengths;
  std::vector<double> values = given.values;
  if (!given.file.empty()) {
    const std::string file = find_file(given.file, directories);
    values = parse_wavelength_csv(read_text(file), file);
  }
  for (Index band = 0; given.range && band < cube.bands(); ++band) {
    const auto [first, last] = *given.range;
    const double place = cube.bands() > 1 ? static_cast<double>(band) / static_cast<double>(cube.bands() - 1) : 0;
    values.push_back(first + place * (last - first));
  }
  SPECFUSE_CHECK_AS(ConfigError, static_cast<Index>(values.size()) == cube.bands(), path, ".wavelength_nm: expected ",
                    cube.bands(), " values, one for each band of the file, got ", values.size());
  SPECFUSE_CHECK_AS(ConfigError, cube.wavelength_nm.empty(), path,
                    ".wavelength_nm: expected none, as the file has its own");
  cube.wavelength_nm = values;
}

}  // namespace

SceneSource source_in(const ImageConfig& image, const std::string& path, const std::vector<std::string>& directories) {
  const auto describe = [image, path, directories](Cube& cube) {
    set_wavelengths(image.wavelength_nm, path, directories, cube);
    const auto [first, count] = image.bands.value_or(std::array<Index, 2>{0, cube.bands()});
    SPECFUSE_CHECK_AS(ConfigError, count >= 1 && first + count <= cube.bands(), path, ".bands: expected some of ",
                      cube.bands(), " bands, got ", count, " from ", first);
    if (!image.geotransform) return;
    SPECFUSE_CHECK_AS(ConfigError, !cube.attributes.contains(kGeotransformAttribute), path,
                      ".geotransform: expected none, as the file has its own");
    cube.attributes[kGeotransformAttribute] =
        std::vector<double>(image.geotransform->begin(), image.geotransform->end());
  };
  return {*image.dataset, *image.axes, image.nodata.value_or(NoData{}), image.bands, describe};
}

std::string file_key(const DataConfig& data) {
  DataConfig whole = data;
  whole.crop.reset();
  whole.outliers.reset();
  return json_text(write_fields(whole));
}

Cube load_cube(const DataConfig& data, const std::vector<std::string>& directories, ImageCache* cache) {
  ImageConfig image;
  image.dataset = data.dataset;
  image.axes = data.axes;
  image.wavelength_nm = data.wavelength_nm;
  image.nodata = data.nodata;
  image.bands = data.bands;
  const ImagePtr scene = image_of(cache, file_key(data), [&] {
    if (data.synthetic) return in_memory(inside_key("data", [&] { return synthetic_scene(*data.synthetic); }));
    return oriented(open_image(find_file(*data.scene, directories), source_in(image, "data", directories)),
                    data.orientation.value_or(""));
  });
  if (data.crop) check_inside("data.crop", *data.crop, scene->rows(), scene->cols());
  const Rectangle part = data.crop ? Rectangle(*data.crop) : scene->whole();
  const Cube cube = scene->read(part);
  require_data(cube, data, concat(data.scene.value_or(""), ": ", data.dataset.value_or("")));
  return cube;
}

std::vector<std::string> image_files(const DataConfig& data, const std::vector<std::string>& directories) {
  if (data.pair) return {find_file(*data.pair, directories)};
  std::vector<std::string> files = scene_files(find_file(data.hsi->file, directories));
  for (const std::string& file : scene_files(find_file(data.msi->file, directories))) files.push_back(file);
  return files;
}

std::string source_of(const DataConfig& data) {
  if (data.hsi) return concat(data.hsi->file, " and ", data.msi->file);
  return data.scene ? *data.scene : data.pair ? *data.pair : "a synthetic scene";
}

PairSource pair_source_in(const DataConfig& data, const std::vector<std::string>& directories) {
  return {data.nodata.value_or(NoData{}),
          [wavelengths = data.wavelength_nm, directories](Cube& hsi) {
            set_wavelengths(wavelengths, "data", directories, hsi);
          },
          data.orientation.value_or("")};
}

ImagesApart open_apart(const DataConfig& data, const std::vector<std::string>& directories, ImageCache* cache) {
  const std::string hsi_key = "data.hsi" + json_text(write_fields(*data.hsi));
  const std::string msi_key = "data.msi" + json_text(write_fields(*data.msi));
  const ImagePtr hsi = image_of(cache, hsi_key, [&] {
    return open_image(find_file(data.hsi->file, directories), source_in(*data.hsi, "data.hsi", directories));
  });
  BesideImage msi =
      open_beside(*hsi, find_file(data.msi->file, directories), source_in(*data.msi, "data.msi", directories));
  msi.image = image_of(cache, msi.warped.empty() ? msi_key : msi_key + hsi_key, [&] { return msi.image; });
  msi.image = oriented(msi.image, data.orientation.value_or(""));
  return {hsi, std::move(msi)};
}

}  // namespace specfuse
