#include "specfuse/io/scene.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "io/checked_image.h"
#include "io/cube_dataset.h"
#include "io/reorder.h"
#include "specfuse/core/error.h"
#include "specfuse/io/cube_writer.h"

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

namespace {

/// [rows, cols]; undefined where none is given.
Tensor read_mask(const std::string& path, const SceneSource& source, const Cube& cube) {
  const std::string& name = source.no_data.mask;
  if (name.empty()) return {};
  const Tensor mask = Hdf5Reader(path).read(name, 2);
  const bool turned = source.axes.find('c') < source.axes.find('r');
  const Shape expected = turned ? Shape{cube.cols(), cube.rows()} : Shape{cube.rows(), cube.cols()};
  SPECFUSE_CHECK_AS(DataError, mask.shape() == expected, path, ": ", name, ": expected ", expected.text(),
                    ", the pixels of ", source.dataset, ", got ", mask.shape().text());
  if (!turned) return mask;
  Tensor result = Tensor::uninitialized({cube.rows(), cube.cols()});
  for (Index i = 0; i < mask.size(); ++i) result[i] = mask[i % cube.cols() * cube.rows() + i / cube.cols()];
  return result;
}

/// An image in memory, read as one on the disk is.
class ImageInMemory : public ImageOnDisk {
 public:
  explicit ImageInMemory(Cube cube) : cube_(std::move(cube)) {}
  Index rows() const override { return cube_.rows(); }
  Index cols() const override { return cube_.cols(); }
  Index bands() const override { return cube_.bands(); }
  Cube read(const Rectangle& part) const override {
    return part == Rectangle{0, 0, rows(), cols()} ? cube_ : crop(cube_, part);
  }

 private:
  Cube cube_;
};

/// The first format that knows the file.
const SceneFormat& format_of(const std::string& path) {
  SPECFUSE_CHECK_AS(DataError, std::ifstream(path).good(), "cannot read ", path, ": ", std::strerror(errno));
  std::string known;
  for (const SceneFormat& format : scene_formats()) {
    if (format.recognises(path)) return format;
    known.append(known.empty() ? "" : ", ").append(format.name);
  }
  throw DataError(concat(path, ": expected a scene in a format that is known (", known,
                         "), got another; data/README.md shows how to make one"));
}

}  // namespace

const Choices& axis_orders() {
  static const Choices all{"rcb", "rbc", "crb", "cbr", "brc", "bcr"};
  return all;
}

Cube read_scene(const std::string& path) {
  const SceneSource plain;
  return read_scene(path, plain);
}

Cube read_scene(const std::string& path, const SceneSource& source) {
  Cube cube = format_of(path).read(path, source.dataset);
  cube.values = in_order(cube.values, source.axes);
  const Tensor mask = read_mask(path, source, cube);
  const Rectangle whole{0, 0, cube.rows(), cube.cols()};
  cube = checked_image(std::make_unique<ImageInMemory>(std::move(cube)), path, source, mask)->read(whole);
  require_data(has_data(cube), path, source.dataset);
  return cube;
}

std::unique_ptr<ImageOnDisk> open_image(const std::string& path, const SceneSource& source) {
  const SceneFormat& format = format_of(path);
  SPECFUSE_CHECK_AS(DataError, format.open != nullptr && source.axes == "rcb" && source.no_data.mask.empty(), path,
                    ": expected HDF5 or what GDAL reads, with axes rcb and without a mask, to read it part by part; "
                    "--import makes such a file");
  return checked_image(format.open(path, source.dataset), path, source);
}

void write_cube(const std::string& path, const Cube& cube, const std::string& dataset) {
  Hdf5Writer file(path);
  write_cube(file, {dataset, "/wavelength_nm"}, cube);
  write_attributes(file, cube);
  file.finish();
}

void write_fused(const std::string& path, const Cube& fused, const Cube& sigma, double width_95) {
  CubeWriter file(path, fused, fused.rows(), fused.cols(), width_95);
  file.write(0, 0, with_no_data(fused));
  file.write_sigma(0, 0, with_no_data(sigma));
  file.finish();
}

}  // namespace specfuse
