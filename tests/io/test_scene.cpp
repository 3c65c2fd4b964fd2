#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <limits>

#include "raw_hdf5.h"
#include "specfuse/core/fields.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/io/scene.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;

namespace {

Cube counting_cube(Index rows, Index cols, Index bands) {
  Cube cube(rows, cols, bands);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(i) + 0.25f;
  return cube;
}

bool same_values(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::equal(a.data(), a.data() + a.size(), b.data());
}

}  // namespace

TEST_CASE("scene: a cube of any odd shape comes back with wavelengths and attributes") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  for (const Shape& shape : {Shape{1, 1, 1}, Shape{3, 5, 7}, Shape{17, 1, 2}}) {
    Cube cube = counting_cube(shape[0], shape[1], shape[2]);
    write_cube(path, cube);
    CHECK(read_scene(path).wavelength_nm.empty());
    for (Index band = 0; band < shape[2]; ++band) {
      cube.wavelength_nm.push_back(2500.5 - 10.1 * static_cast<double>(band));
    }
    cube.attributes = {{"sensor", "AVIRIS"},
                       {"licence", "CC BY-SA 4.0 \u00a9"},
                       {"epsg", std::vector<double>{32610}},
                       {"geotransform", std::vector<double>{560000.5, 17.2, 0, 4140000, 0, -17.2}}};
    write_cube(path, cube);
    const Cube read = read_scene(path);
    CHECK(same_values(read.values, cube.values));
    CHECK(read.wavelength_nm == cube.wavelength_nm);
    CHECK(read.attributes == cube.attributes);
  }
  CHECK(folder.entries() == 1);
}

TEST_CASE("scene: a result comes back with the error to be expected, and is a scene as any other") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  Cube cube = counting_cube(3, 5, 2), sigma = counting_cube(3, 5, 2);
  for (Index i = 0; i < sigma.values.size(); ++i) sigma.values[i] *= 0.125f;
  cube.wavelength_nm = {450, 2500};
  cube.attributes = {{"sensor", "AVIRIS"}};
  write_cube(path, cube, &sigma, 2.75);
  const Cube read = read_scene(path);
  CHECK(same_values(read.values, cube.values));
  CHECK(read.wavelength_nm == cube.wavelength_nm);
  CHECK(read.attributes == cube.attributes);
  const Hdf5Reader file(path);
  CHECK(same_values(file.read("/sigma"), sigma.values));
  CHECK(file.number("/sigma", "width_95") == 2.75);
  CHECK(folder.entries() == 1);
}

TEST_CASE("scene: axes in any order come out as rows, columns and bands") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const Cube wanted = counting_cube(2, 3, 5);
  const auto at = [&](const Cube& cube, Index row, Index col, Index band) {
    return cube.values[(row * cube.cols() + col) * cube.bands() + band];
  };
  for (const std::string& axes : axis_orders().texts) {
    const std::string letters = "rcb";
    Index extents[3], strides[3];  // of the file, as r, c and b
    for (int i = 0; i < 3; ++i)
      extents[i] = wanted.values.dim(static_cast<int>(letters.find(axes[static_cast<std::size_t>(i)])));
    for (int i = 0; i < 3; ++i) {
      const std::size_t place = axes.find(letters[static_cast<std::size_t>(i)]);
      strides[i] = place == 0 ? extents[1] * extents[2] : place == 1 ? extents[2] : 1;
    }
    Cube file(extents[0], extents[1], extents[2]);
    for (Index r = 0; r < 2; ++r) {
      for (Index c = 0; c < 3; ++c) {
        for (Index b = 0; b < 5; ++b)
          file.values[r * strides[0] + c * strides[1] + b * strides[2]] = at(wanted, r, c, b);
      }
    }
    write_cube(path, file);
    CHECK(same_values(read_scene(path, {.axes = axes}).values, wanted.values));
  }
  CHECK(axis_orders().texts.size() == 6);
}

TEST_CASE("scene: integers under another name are read; attributes of the dataset go before those of the file") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    RawFile raw(path);
    raw.dataset("image", {1, 2, 2}, H5T_STD_U16BE, {1, 2, 3, 65535});
    raw.dataset("wavelength_nm", {2}, H5T_STD_I32LE, {450, 2500});
    raw.fixed_text("/", "unit", "file", H5T_STR_NULLPAD);
    raw.fixed_text("/", "place", "here", H5T_STR_NULLPAD);
    raw.fixed_text("/image", "unit", "dataset", H5T_STR_NULLPAD);
  }
  const Cube cube = read_scene(path, {.dataset = "image"});
  CHECK(cube.values[3] == 65535.0f);
  CHECK(cube.wavelength_nm == std::vector<double>{450, 2500});
  CHECK(cube.attributes == std::map<std::string, AttributeValue>{{"place", "here"}, {"unit", "dataset"}});
}

TEST_CASE("scene: values that are not finite as float32 are refused with their position") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e300}) {
    std::vector<double> values(3 * 5 * 7, 1.0);
    values[(2 * 5 + 3) * 7 + 6] = bad;
    RawFile(path).dataset("cube", {3, 5, 7}, H5T_NATIVE_DOUBLE, values);
    const std::string message = message_of<DataError>([&] { read_scene(path); });
    CHECK(contains(message, path + ": /cube: expected finite float32 values, got "));
    CHECK(contains(message, "at row 2, col 3, band 6"));
  }
}

TEST_CASE("scene: wavelengths of another number or unit are refused") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const auto message_for = [&](const std::vector<double>& wavelengths) {
    {
      RawFile raw(path);
      raw.dataset("cube", {1, 1, 3}, H5T_NATIVE_FLOAT, {1, 2, 3});
      raw.dataset("wavelength_nm", {wavelengths.size()}, H5T_NATIVE_DOUBLE, wavelengths);
    }
    return message_of<DataError>([&] { read_scene(path); });
  };
  CHECK(message_for({400, 500}) == path + ": /wavelength_nm has 2 values but /cube has 3 bands");
  CHECK(contains(message_for({500, 0.5, 0.6}), "expected nanometres from 100 to 100000, got 0.5 at band 1"));
  CHECK(contains(message_for({500, 600, std::numeric_limits<double>::quiet_NaN()}), "got nan at band 2"));
}

TEST_CASE("scene: a matrix is a cube of one band, a list is none") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  RawFile(path).dataset("cube", {3, 5}, H5T_NATIVE_FLOAT, std::vector<double>(15));
  CHECK(read_scene(path).values.shape() == Shape{3, 5, 1});
  CHECK(open_image(path, {})->read({1, 0, 2, 5}).values.shape() == Shape{2, 5, 1});
  RawFile(path).dataset("cube", {15}, H5T_NATIVE_FLOAT, std::vector<double>(15));
  CHECK(message_of<DataError>([&] { read_scene(path); }) == path + ": /cube: expected 3 dimensions, got 1 [15]");
}

TEST_CASE("scene: a file in no format that is known is refused with those that are; a missing one with the reason") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  std::ofstream(path) << "no HDF5 at all";
  CHECK(contains(message_of<DataError>([&] { read_scene(path); }),
                 path + ": expected a scene in a format that is known (enmap"));
  CHECK(message_of<DataError>([&] { read_scene(folder.file("b")); }) ==
        "cannot read " + folder.file("b") + ": No such file or directory");
}

TEST_CASE("scene: HDF5 is known by its signature, whatever the name, also behind a block of other bytes") {
  const TemporaryFolder folder;
  write_cube(folder.file("a.h5"), counting_cube(2, 3, 4));
  std::ifstream file(folder.file("a.h5"), std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  for (const int offset : {0, 512, 2048}) {
    const std::string path = folder.file("scene");
    std::ofstream(path, std::ios::binary) << std::string(static_cast<std::size_t>(offset), 'x') << bytes;
    CHECK(read_scene(path).values.shape() == Shape{2, 3, 4});
  }
}
