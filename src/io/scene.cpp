#include "specfuse/io/scene.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "io/checked_image.h"
#include "io/cube_dataset.h"
#include "io/reorder.h"
#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/io/held_image.h"

namespace specfuse {

#define SPECFUSE_FORMAT(name) SceneFormat name##_format();
#include "io/formats.def"
#undef SPECFUSE_FORMAT

const std::vector<SceneFormat>& scene_formats() {
  static const std::vector<SceneFormat> all = {
#define SPECFUSE_FORMAT(name) name##_format(),
#include "io/formats.def"
#undef SPECFUSE_FORMAT
  };
  return all;
}

const SceneFormat& format_of(const std::string& path) {
  SPECFUSE_CHECK_AS(DataError, std::ifstream(path).good(), "cannot read ", path, ": ", std::strerror(errno));
  const SceneFormat* found = nullptr;
  for (const SceneFormat& format : scene_formats()) {
    // A file is what the first says that knows it; in a folder there may be anything.
    if ((found != nullptr && !std::filesystem::is_directory(path)) || !format.recognises(path)) continue;
    SPECFUSE_CHECK_AS(DataError, found == nullptr, path, ": expected one product in this folder, got some of ",
                      found->name, " and ", format.name, "; name a file of the one that is meant");
    SPECFUSE_CHECK_AS(DataError, format.open != nullptr, path, ": needs ", format.library,
                      ", and this program was built without it; install it (Debian: ", format.package,
                      "), then build again");
    found = &format;
  }
  if (found != nullptr) return *found;
  std::vector<std::string> names, of_folders;
  for (const SceneFormat& format : scene_formats()) {
    names.push_back(format.name);
    if (format.files != nullptr && format.name != "gdal") of_folders.push_back(format.name);
  }
  SPECFUSE_CHECK_AS(DataError, !std::filesystem::is_directory(path), path,
                    ": expected a file, or a folder with a product that is known (", joined(of_folders),
                    "), got a folder with none; docs/products.md says how their files are called");
  throw DataError(concat(path, ": expected a scene in a format that is known (", joined(names),
                         "), got another; data/README.md shows how to make one"));
}

namespace {

/// [rows, cols]; undefined where none is given.
Tensor read_mask(const std::string& path, const SceneSource& source, const Image& image) {
  const std::string& name = source.no_data.mask;
  if (name.empty()) return {};
  const Tensor mask = Hdf5Reader(path).read(name, 2);
  const bool turned = source.axes.find('c') < source.axes.find('r');
  const Shape expected = turned ? Shape{image.cols(), image.rows()} : Shape{image.rows(), image.cols()};
  SPECFUSE_CHECK_AS(DataError, mask.shape() == expected, path, ": ", name, ": expected ", expected.text(),
                    ", the pixels of ", source.dataset, ", got ", mask.shape().text());
  if (!turned) return mask;
  return in_order(mask.reshape({mask.dim(0), mask.dim(1), 1}), "crb").reshape({image.rows(), image.cols()});
}

ImagePtr open_file(const std::string& path, const SceneSource& source) {
  const SceneFormat& format = format_of(path);
  SPECFUSE_CHECK_AS(DataError, source.no_data.mask.empty() || format.name == "hdf5", path,
                    ": nodata.mask is valid only with an image in HDF5");
  return format.open(path, source.dataset);
}

}  // namespace

const Choices& axis_orders() {
  static const Choices all{"rcb", "rbc", "crb", "cbr", "brc", "bcr"};
  return all;
}

ImagePtr open_image(const std::string& path, const SceneSource& source) {
  ImagePtr image = names_held_image(path) ? held_image(path) : open_file(path, source);
  if (source.axes != "rcb") {
    Cube cube = image->read_all();
    cube.values = in_order(cube.values, source.axes);
    image = in_memory(std::move(cube));
  }
  const Tensor mask = read_mask(path, source, *image);
  return checked_image(std::move(image), path, source, mask);
}

std::vector<std::string> scene_files(const std::string& path) {
  const SceneFormat& format = format_of(path);
  return format.files == nullptr ? std::vector{path} : format.files(path);
}

Cube read_scene(const std::string& path) {
  const SceneSource plain;
  return read_scene(path, plain);
}

Cube read_scene(const std::string& path, const SceneSource& source) {
  Cube cube = open_image(path, source)->read_all();
  require_data(has_data(cube), path, source.dataset);
  return cube;
}

}  // namespace specfuse
