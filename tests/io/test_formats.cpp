#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>

#include "raw_hdf5.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/io/scene.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;

namespace {

constexpr Index kRows = 3, kCols = 5, kBands = 7;

/// What each value of a cube is, so that scrambled axes show.
int value_at(Index row, Index col, Index band) { return static_cast<int>(100 * row + 10 * col + band - 50); }

bool is_the_cube(const Cube& cube) {
  bool same = cube.values.shape() == Shape{kRows, kCols, kBands};
  for (Index i = 0; same && i < cube.values.size(); ++i) {
    const Index band = i % kBands, col = i / kBands % kCols, row = i / kBands / kCols;
    same = cube.values[i] == static_cast<float>(value_at(row, col, band));
  }
  return same;
}

/// The values with the axes in this order, the last fastest, as bytes of a type.
template <class Number>
std::string bytes_of(const std::string& axes, bool big_endian) {
  std::string bytes;
  std::array<Index, 3> extents{}, at{};
  const auto extent = [](char axis) { return axis == 'r' ? kRows : axis == 'c' ? kCols : kBands; };
  for (std::size_t k = 0; k < 3; ++k) extents[k] = extent(axes[k]);
  for (at[0] = 0; at[0] < extents[0]; ++at[0]) {
    for (at[1] = 0; at[1] < extents[1]; ++at[1]) {
      for (at[2] = 0; at[2] < extents[2]; ++at[2]) {
        const auto place = [&](char axis) { return at[axes.find(axis)]; };
        const auto number = static_cast<Number>(value_at(place('r'), place('c'), place('b')));
        std::array<char, sizeof(Number)> raw;
        std::memcpy(raw.data(), &number, sizeof(Number));
        if (big_endian) std::reverse(raw.begin(), raw.end());
        bytes.append(raw.data(), raw.size());
      }
    }
  }
  return bytes;
}

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::string npy(const std::string& type, bool fortran, const std::string& shape, const std::string& values,
                bool long_header = false) {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" + shape + "), }";
  header.append(53, ' ').append("\n");
  std::string bytes = std::string("\x93NUMPY") + (long_header ? std::string("\2\0", 2) : std::string("\1\0", 2));
  bytes += static_cast<char>(header.size() % 256);
  bytes += static_cast<char>(header.size() / 256);
  if (long_header) bytes.append(2, '\0');
  return bytes + header + values;
}

std::string envi_header(const std::string& interleave, int type, bool big_endian, const std::string& more) {
  return concat("ENVI\nsamples = ", kCols, "\nlines = ", kRows, "\nbands = ", kBands,
                "\nheader offset = 0\nfile type = ENVI Standard\ndata type = ", type, "\ninterleave = ", interleave,
                "\nbyte order = ", big_endian ? 1 : 0, "\n", more);
}

bool without(const std::string& library, const std::string& message) {
  return contains(message, library + ", and this program was built without it");
}

/// An element of a MATLAB file, its content filled up to eight bytes.
std::string element(unsigned type, std::string content) {
  std::array<unsigned, 2> tag{type, static_cast<unsigned>(content.size())};
  content.append((8 - content.size() % 8) % 8, '\0');
  return std::string(reinterpret_cast<const char*>(tag.data()), sizeof tag) + content;
}

/// A variable of class `kind` (6 double, 10 int16) whose values are of `type` (9 double, 3 int16).
std::string variable(const std::string& name, unsigned kind, unsigned type, std::vector<int> extents,
                     const std::string& values) {
  const std::array<unsigned, 2> flags{kind, 0};
  std::string dims(reinterpret_cast<const char*>(extents.data()), extents.size() * sizeof(int));
  return element(14, element(6, std::string(reinterpret_cast<const char*>(flags.data()), sizeof flags)) +
                         element(5, dims) + element(1, name) + element(type, values));
}

std::string doubles(const std::vector<double>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)};
}

std::string matlab_header() {
  std::string text = "MATLAB 5.0 MAT-file, written by hand";
  text.resize(124, ' ');
  return text + std::string("\x00\x01IM", 4);
}

}  // namespace

TEST_CASE("formats: a NumPy array of any type, order of bytes and order of axes is the same cube") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npy");
  const auto read = [&](const std::string& bytes) {
    write(path, bytes);
    return is_the_cube(read_scene(path));
  };
  CHECK(read(npy("<i2", false, "3, 5, 7", bytes_of<std::int16_t>("rcb", false))));
  CHECK(read(npy(">i2", false, "3, 5, 7", bytes_of<std::int16_t>("rcb", true))));
  CHECK(read(npy("<i2", true, "3, 5, 7", bytes_of<std::int16_t>("bcr", false))));
  CHECK(read(npy("<f4", false, "3, 5, 7", bytes_of<float>("rcb", false), true)));
  CHECK(read(npy(">f8", true, "3, 5, 7", bytes_of<double>("bcr", true))));
  CHECK(read(npy("<i4", false, "3, 5, 7", bytes_of<std::int32_t>("rcb", false))));
  CHECK(read(npy(">i8", false, "3, 5, 7", bytes_of<std::int64_t>("rcb", true))));
  write(path, npy("<i2", false, "7, 3, 5", bytes_of<std::int16_t>("brc", false)));
  CHECK(is_the_cube(read_scene(path, {"/cube", "brc"})));
  write(path, npy("|u1", false, "1, 2, 2", std::string("\x01\xff\x02\x03")));
  CHECK(read_scene(path).values[1] == 255);
  write(path, npy("|i1", false, "1, 2, 2", std::string("\x01\xff\x02\x03")));
  CHECK(read_scene(path).values[1] == -1);
}

TEST_CASE("formats: a NumPy array that is cut off, too long, flat or of other things is refused") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npy"), values = bytes_of<std::int16_t>("rcb", false);
  const auto problem = [&](const std::string& bytes) {
    write(path, bytes);
    return message_of<DataError>([&] { read_scene(path); });
  };
  CHECK(problem(npy("<i2", false, "3, 5, 7", values.substr(2))) == path + ": expected 210 bytes of values, got 208");
  CHECK(contains(problem(npy("<i2", false, "3, 5, 7", values + "  ")), "expected 210 bytes of values, got 212"));
  CHECK(contains(problem(npy("<i2", false, "105", values)),
                 "expected an array of three dimensions, or two of one band, got 1"));
  write(path, npy("<i2", false, "15, 7", values));
  CHECK(read_scene(path).values.shape() == Shape{15, 7, 1});
  CHECK(contains(problem(npy("<c8", false, "3, 5, 7", values)), "integers or of floats of 4 or 8 bytes, got <c8"));
  CHECK(contains(problem(npy("<i2", false, "3, 5, 99999999999999999", values)), "as many values as its shape says"));
  CHECK(contains(problem(npy("<i2", false, "3, 5, 7", values).substr(0, 40)), "cut off in the header"));
  CHECK(contains(problem("\x93NUMPY"), "expected a NumPy array, got 6 bytes"));
  std::string object = npy("<i2", false, "3, 5, 7", values);
  object.replace(object.find("'<i2'"), 5, "[('a'");
  CHECK(contains(problem(object), "expected an array of integers or floats, got [('a'"));
}

TEST_CASE("formats: an ENVI image of every interleave, type and order of bytes is the same cube") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.hdr"), data = folder.file("a.img");
  const std::pair<const char*, const char*> interleaves[] = {{"bsq", "brc"}, {"bil", "rbc"}, {"bip", "rcb"}};
  for (const auto& pair : interleaves) {
    const std::string interleave = pair.first, axes = pair.second;
    for (const bool big : {false, true}) {
      CAPTURE(interleave);
      CAPTURE(big);
      write(path, envi_header(interleave, 2, big, ""));
      write(data, bytes_of<std::int16_t>(axes, big));
      Cube cube;
      const std::string problem = message_of<DataError>([&] { cube = read_scene(path); });
      if (without("GDAL", problem)) return;
      CHECK(is_the_cube(cube));
      CHECK(is_the_cube(read_scene(data)));
      write(path, envi_header(interleave, 4, big, ""));
      write(data, bytes_of<float>(axes, big));
      CHECK(is_the_cube(read_scene(path)));
    }
  }
  CHECK(scene_files(path) == std::vector{path, data});
  CHECK(scene_files(data) == std::vector{data});
}

TEST_CASE("formats: an ENVI header gives wavelengths in nanometres, bad bands, no data and the place") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.hdr");
  write(folder.file("a"), bytes_of<std::int16_t>("brc", false));
  const std::string more =
      "map info = {UTM, 1, 1, 350000.5, 5830000, 30, 30, 33, North, WGS-84, units=Meters}\n"
      "data ignore value = -49\nbbl = {1, 1, 0, 1, 1, 1, 1}\nfwhm = {0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.012}\n"
      "wavelength = {0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 2.2}\nwavelength units = Micrometers\n";
  write(path, envi_header("bsq", 2, false, more));
  Cube cube;
  const std::string problem = message_of<DataError>([&] { cube = read_scene(path); });
  if (without("GDAL", problem)) return;
  REQUIRE(cube.wavelength_nm.size() == 6);
  CHECK(cube.wavelength_nm[5] == doctest::Approx(2200));
  CHECK(cube.notes.remaining == std::vector<Index>{0, 1, 3, 4, 5, 6});
  CHECK(std::get<std::vector<double>>(cube.attributes.at(kFwhmAttribute))[5] == doctest::Approx(12));
  CHECK(std::get<std::vector<double>>(cube.attributes.at(kGoodBandsAttribute)) == std::vector<double>(6, 1));
  CHECK(std::get<std::vector<double>>(cube.attributes.at(kGeotransformAttribute)) ==
        std::vector<double>{350000.5, 30, 0, 5830000, 0, -30});
  CHECK(contains(std::get<std::string>(cube.attributes.at(kProjectionAttribute)), "Transverse_Mercator"));
  CHECK(std::get<std::vector<double>>(cube.attributes.at(kNoDataAttribute)) == std::vector<double>{-49});
  CHECK_FALSE(cube.is_valid(0));
  CHECK(std::count(cube.valid.begin(), cube.valid.end(), 0) == 1);
  write(path, envi_header("bsq", 2, false, "wavelength = {400, 500, 600, 700, 800, 900, 2200}\n"));
  CHECK(read_scene(path).wavelength_nm.at(6) == 2200);
  const auto in_units = [&](const std::string& unit, double scale) {
    std::string list;
    for (const double nanometres : {400, 500, 600, 700, 800, 900, 2200}) {
      list += concat(list.empty() ? "" : ", ", nanometres * scale);
    }
    write(path, envi_header("bsq", 2, false, concat("wavelength = {", list, "}\nwavelength units = ", unit, "\n")));
    return read_scene(path).wavelength_nm.at(6);
  };
  for (const char* unit : {"Micrometers", "um", "\u00b5m", "\u03bcm", "\xb5m", "microns", "Unknown"}) {
    CAPTURE(unit);
    CHECK(in_units(unit, 0.001) == doctest::Approx(2200));
  }
  for (const char* unit : {"Nanometers", "nm", "unknown"}) CHECK(in_units(unit, 1) == 2200);
  CHECK(contains(message_of<DataError>([&] { in_units("Wavenumber", 1); }),
                 "wavelength units: expected a length, got Wavenumber"));
  CHECK(in_units("Angstroms", 10) == doctest::Approx(2200));
  CHECK(in_units("Millimeters", 1e-6) == doctest::Approx(2200));
  CHECK(in_units("Meters", 1e-9) == doctest::Approx(2200));
  write(path, envi_header("bsq", 2, false, "wavelength = {1, 2, 3, 4, 5, 6, 7}\nwavelength units = Index\n"));
  CHECK(read_scene(path).wavelength_nm.empty());
  write(path, envi_header("bsq", 2, false, "wavelength = {1, 2, 3, 4, 5, 6, 107}\n"));
  CHECK(read_scene(path).wavelength_nm.empty());
  CHECK(contains(message_of<DataError>([&] { in_units("MHz", 1); }), "expected a length, got MHz"));
  CHECK(contains(message_of<DataError>([&] { in_units("nm", 0.001); }), "expected nanometres from 100"));
  CHECK(contains(message_of<DataError>([&] { in_units("um", 1); }), "expected nanometres from 100"));
  CHECK(contains(message_of<DataError>([&] {
                   open_image(path, {})->read({0, 0, 1, 1});
                 }),
                 "expected nanometres from 100"));
  write(path, envi_header("bsq", 2, false, "description = {Caf\xe9}\n"));
  CHECK(std::get<std::string>(read_scene(path).attributes.at("scene")) == "Caf\xc3\xa9");
  CHECK(
      contains(message_of<DataError>([&] { write(folder.file("b.hdr"), "ENVI\n"), read_scene(folder.file("b.hdr")); }),
               "expected the data of this header beside it"));
}

TEST_CASE("formats: what GDAL says of scale and offset is applied, and no data stays none") {
  const TemporaryFolder folder;
  write(folder.file("a.hdr"), envi_header("bsq", 2, false, ""));
  write(folder.file("a"), bytes_of<std::int16_t>("brc", false));
  std::string bands;
  for (Index band = 1; band <= kBands; ++band) {
    bands += concat("<VRTRasterBand dataType=\"Int16\" band=\"", band,
                    "\"><NoDataValue>-50</NoDataValue><Offset>10</Offset><Scale>0.5</Scale><SimpleSource>"
                    "<SourceFilename relativeToVRT=\"1\">a</SourceFilename><SourceBand>",
                    band, "</SourceBand></SimpleSource></VRTRasterBand>");
  }
  const std::string path = folder.file("a.vrt");
  write(path, concat("<VRTDataset rasterXSize=\"", kCols, "\" rasterYSize=\"", kRows, "\">", bands, "</VRTDataset>"));
  Cube cube;
  if (without("GDAL", message_of<DataError>([&] { cube = read_scene(path); }))) return;
  CHECK_FALSE(cube.is_valid(0));
  CHECK(std::count(cube.valid.begin(), cube.valid.end(), 0) == 1);
  for (Index band = 0; band < kBands; ++band) {
    CHECK(cube.pixel(2, 3)[band] == doctest::Approx(10 + 0.5 * value_at(2, 3, band)));
  }
}

TEST_CASE("formats: a MATLAB cube and a matrix of bands by pixels are the same cube") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.mat");
  const std::string sizes = variable("nRow", 6, 9, {1, 1}, doubles({3})) + variable("nCol", 6, 9, {1, 1}, doubles({5}));
  const std::string wavelengths = variable("wavelength", 6, 9, {7, 1}, doubles({0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 2.2}));
  // First dimension fastest: rows of a cube, bands of a matrix.
  write(path, matlab_header() + wavelengths + variable("img", 10, 3, {3, 5, 7}, bytes_of<std::int16_t>("bcr", false)));
  Cube cube;
  const std::string problem = message_of<DataError>([&] { cube = read_scene(path); });
  if (without("matio", problem)) return;
  CHECK(is_the_cube(cube));
  REQUIRE(cube.wavelength_nm.size() == 7);
  CHECK(cube.wavelength_nm[6] == doctest::Approx(2200));
  CHECK(is_the_cube(read_scene(path, {"/img"})));
  const std::string missing = message_of<DataError>([&] { read_scene(path, {"/imag"}); });
  CHECK(
      contains(missing, "expected the variable imag, named in data.dataset, got wavelength [7 x 1], img [3 x 5 x 7]"));
  const std::string matrix = variable("Y", 6, 9, {7, 15}, bytes_of<double>("crb", false));
  const std::string abundances = variable("A", 6, 9, {2, 15}, doubles(std::vector<double>(30)));
  write(path, matlab_header() + sizes + abundances + matrix);
  CHECK(is_the_cube(read_scene(path)));
  write(path, matlab_header() + matrix + abundances);
  CHECK(contains(message_of<DataError>([&] { read_scene(path); }), "expected one variable of three dimensions"));
  write(path, matlab_header() + matrix);
  CHECK(read_scene(path).values.shape() == Shape{7, 15, 1});
}

TEST_CASE("formats: a MATLAB file of version 7.3 is HDF5 with its axes turned, and says so") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.mat");
  {
    RawFile raw(path);
    std::vector<double> values;
    for (Index band = 0; band < kBands; ++band) {
      for (Index col = 0; col < kCols; ++col) {
        for (Index row = 0; row < kRows; ++row) values.push_back(value_at(row, col, band));
      }
    }
    raw.dataset("cube", {7, 5, 3}, H5T_STD_I16LE, values);
    raw.fixed_text("cube", "MATLAB_class", "int16", H5T_STR_NULLPAD);
  }
  CHECK(is_the_cube(read_scene(path)));
}

TEST_CASE("georeference: a part and a coarser image lie where their pixels do") {
  Cube image(8, 8, 2);
  image.attributes = {{kGeotransformAttribute, std::vector<double>{1000, 10, 0, 2000, 0, -10}},
                      {kFwhmAttribute, std::vector<double>{5, 6}}};
  const auto transform = [](const Cube& cube) {
    return std::get<std::vector<double>>(cube.attributes.at(kGeotransformAttribute));
  };
  CHECK(transform(crop(image, {2, 3, 4, 4})) == std::vector<double>{1030, 10, 0, 1980, 0, -10});
  CHECK(transform(image) == std::vector<double>{1000, 10, 0, 2000, 0, -10});
  move_georeference(image, 0, 0, 4);
  CHECK(transform(image) == std::vector<double>{1000, 40, 0, 2000, 0, -40});
  Cube other(8, 8, 1);
  other.attributes = {{kProjectionAttribute, "elsewhere"}};
  copy_georeference(image, other);
  CHECK(transform(other) == transform(image));
  CHECK_FALSE(other.attributes.contains(kProjectionAttribute));
  const Cube second = crop_bands(image, 1, 1);
  CHECK(std::get<std::vector<double>>(second.attributes.at(kFwhmAttribute)) == std::vector<double>{6});
}
