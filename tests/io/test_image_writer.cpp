#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;

namespace {

/// UTM zone 33 north, as short as GDAL takes it.
const std::string kUtm33 =
    "PROJCS[\"WGS 84 / UTM zone 33N\",GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],"
    "PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],"
    "PARAMETER[\"latitude_of_origin\",0],PARAMETER[\"central_meridian\",15],PARAMETER[\"scale_factor\",0.9996],"
    "PARAMETER[\"false_easting\",500000],PARAMETER[\"false_northing\",0],UNIT[\"metre\",1]]";

const std::vector<double> kPlace{350000.25, 30, 0, 5830000.5, 0, -30}, kWidths{9, 9.25, 9.5, 10, 11, 12, 13.125};

/// A 3 x 5 x 7 cube of which no two values are the same, with a corner of no data and all that is said of images.
Cube made_up(double missing) {
  Cube cube(3, 5, 7);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(i) * 1.1f + 0.013f;
  for (Index b = 0; b < 7; ++b) {
    cube.wavelength_nm.push_back(400.5 + 100.0 / 3 * static_cast<double>(b));
    cube.values[b] = static_cast<float>(missing);
  }
  cube.attributes[kNoDataAttribute] = std::vector<double>(1, missing);
  cube.attributes[kGeotransformAttribute] = kPlace;
  cube.attributes[kFwhmAttribute] = kWidths;
  cube.attributes[kProjectionAttribute] = kUtm33;
  cube.attributes["sensor"] = std::string("made up");
  cube.attributes["scene"] = std::string("nowhere, on a Monday");
  return cube;
}

std::vector<double> numbers(const Cube& cube, const std::string& name) { return numbers_of(cube, name); }

std::string text(const Cube& cube, const std::string& name) {
  const auto found = cube.attributes.find(name);
  return found == cube.attributes.end() ? "" : std::get<std::string>(found->second);
}

/// A file with what a scene has been read as.
Cube as_read(const TemporaryFolder& folder, double missing) {
  const std::string path = folder.file("scene.h5");
  write_cube(path, made_up(missing));
  return read_scene(path);
}

}  // namespace

TEST_CASE("written for other programs and read again, an image is the same to the bit, with all that is said of it") {
  const TemporaryFolder folder;
  for (const double missing : {-9999.0, std::nan("")}) {
    const Cube cube = as_read(folder, missing);
    for (const ImageWriter& writer : image_writers()) {
      if (writer.begin == nullptr) continue;
      CAPTURE(writer.name);
      const std::string path = folder.file("image" + writer.ending);
      writer.write(path, cube);
      const Cube again = read_scene(path);
      REQUIRE(again.values.shape() == cube.values.shape());
      CHECK(std::equal(cube.values.data(), cube.values.data() + cube.values.size(), again.values.data()));
      CHECK(again.valid == cube.valid);
      CHECK(again.valid[0] == 0);
      CHECK(again.wavelength_nm == cube.wavelength_nm);
      CHECK(numbers(again, kGeotransformAttribute) == numbers(cube, kGeotransformAttribute));
      CHECK(numbers(again, kFwhmAttribute) == numbers(cube, kFwhmAttribute));
      CHECK(contains(text(again, kProjectionAttribute), "UTM"));
      CHECK(text(again, "sensor") == "made up");
      CHECK(text(again, "scene") == "nowhere, on a Monday");
    }
  }
}

TEST_CASE("an image that is written part by part is the same to the bit") {
  const TemporaryFolder folder;
  Cube cube(150, 140, 30);  // several parts of every format, down and across
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(i) * 1.1f;
  for (const ImageWriter& format : image_writers()) {
    if (format.begin == nullptr) continue;
    CAPTURE(format.name);
    const std::string path = folder.file("image" + format.ending);
    const std::unique_ptr<PartWriter> writer = format.begin(path, cube, cube.rows(), cube.cols());
    const std::vector<Rectangle> parts = parts_of(cube.rows(), cube.cols(), writer->unit(), writer->unit());
    CHECK(parts.size() == 4);
    for (const Rectangle& part : parts) writer->write(part.row, part.col, crop(cube, part).values);
    CHECK_FALSE(std::filesystem::exists(path));
    writer->finish();
    const Cube again = read_scene(path);
    REQUIRE(again.values.shape() == cube.values.shape());
    CHECK(std::equal(cube.values.data(), cube.values.data() + cube.values.size(), again.values.data()));
  }
}

TEST_CASE("nothing but the image and what belongs to it is left where it was written") {
  const TemporaryFolder folder;
  const Cube cube = as_read(folder, -9999);
  for (const ImageWriter& writer : image_writers()) {
    if (writer.begin == nullptr) continue;
    const std::filesystem::path place = folder.file(writer.name);
    std::filesystem::create_directory(place);
    writer.write((place / ("image" + writer.ending)).string(), cube);
    for (const auto& entry : std::filesystem::directory_iterator(place))
      CHECK(entry.path().filename().string().starts_with("image."));
    if (writer.name != "envi") continue;
    const std::string header = (place / "image.hdr").string();
    CHECK(contains(read_text(header), "nowhere, on a Monday"));
    CHECK_FALSE(contains(read_text(header), ".tmp"));
  }
}

TEST_CASE("a place that cannot be written to is named") {
  const TemporaryFolder folder;
  for (const ImageWriter& writer : image_writers()) {
    if (writer.begin == nullptr) continue;
    const std::string path = folder.file("nowhere/image" + writer.ending);
    CHECK(contains(message_of<Error>([&] { writer.write(path, Cube(2, 2, 2)); }), path));
  }
}

TEST_CASE("the format follows from the ending, and one that is not there says what it needs") {
  CHECK(image_writer_for("a/b.h5").name == "hdf5");
  CHECK(contains(message_of<ConfigError>([] { image_writer_for("b.jpg"); }),
                 "b.jpg: expected a file ending in .h5 (hdf5), .tif (geotiff), .img (envi), .mat (matlab), got .jpg"));
  for (const ImageWriter& writer : image_writers()) {
    if (writer.begin != nullptr) continue;
    CHECK(contains(message_of<ConfigError>([&] { image_writer(writer.name, "output.format"); }),
                   "output.format: " + writer.name + " needs "));
  }
  CHECK(image_formats().texts.size() == image_writers().size());
}
