#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "raw_hdf5.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/pair_parts.h"
#include "support/message_of.h"
#include "support/pair_file.h"
#include "support/random.h"
#include "support/read_pair.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;
using specfuse::testing::read_pair, specfuse::testing::ReadPair;

namespace {

Cube filled(Index rows, Index cols, Index bands, float value) {
  Cube cube(rows, cols, bands);
  std::fill_n(cube.values.data(), cube.values.size(), value);
  return cube;
}

std::string refusal(const std::string& path, const PairFile& pair) {
  write_pair(path, pair);
  return message_of<DataError>([&] { read_pair(path); });
}

}  // namespace

TEST_CASE("pair: images, ratio, reference, response and wavelengths come back") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  PairFile pair{filled(2, 3, 5, 1), filled(6, 9, 2, 2), 3, filled(6, 9, 5, 3), Tensor(Shape{2, 5})};
  pair.srf[0] = 1.0f;
  pair.srf[7] = 0.5f;
  pair.hsi.wavelength_nm = {400, 500, 600, 700, 800};
  pair.msi.wavelength_nm = {450, 650};
  pair.hsi.attributes = {{"sensor", "EnMAP"}};
  write_pair(path, pair);
  const ReadPair read = read_pair(path);
  CHECK(read.ratio == 3);
  CHECK(read.hsi.values.shape() == Shape{2, 3, 5});
  CHECK(read.msi.values.shape() == Shape{6, 9, 2});
  CHECK(read.msi.values[0] == 2.0f);
  REQUIRE(read.reference);
  CHECK(read.reference->values[0] == 3.0f);
  CHECK(read.reference->wavelength_nm == pair.hsi.wavelength_nm);
  CHECK(read.hsi.wavelength_nm == pair.hsi.wavelength_nm);
  CHECK(read.msi.wavelength_nm == pair.msi.wavelength_nm);
  CHECK(read.hsi.attributes == pair.hsi.attributes);
  CHECK(read.srf.shape() == Shape{2, 5});
  CHECK(read.srf[7] == 0.5f);
}

TEST_CASE("pair: bands without data leave, and the reference and the response lose them") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  PairFile pair{filled(2, 3, 3, 1), filled(4, 6, 2, 2), 2, filled(4, 6, 3, 3),
                Tensor::from({2, 3}, {0.5f, 0.5f, 0, 0.25f, 0, 0.75f})};
  for (Index p = 0; p < 6; ++p) pair.hsi.values[3 * p + 1] = -9;
  pair.hsi.values[9] = -9;  // one more pixel
  pair.hsi.wavelength_nm = {400, 500, 600};
  pair.hsi.attributes[kNoDataAttribute] = std::vector<double>{-9};
  write_pair(path, pair);
  const ReadPair read = read_pair(path);
  CHECK(read.hsi.wavelength_nm == std::vector<double>{400, 600});
  CHECK(read.hsi.valid == std::vector<std::uint8_t>{1, 1, 1, 0, 1, 1});
  CHECK(read.hsi.notes.remaining == std::vector<Index>{0, 2});
  CHECK(read.reference->values.shape() == Shape{4, 6, 2});
  const std::vector<float> expected{1, 0, 0.25f, 0.75f};
  CHECK(std::equal(expected.begin(), expected.end(), read.srf.data()));
  REQUIRE(read.hsi.notes.left_out.size() == 1);
  CHECK(read.hsi.notes.left_out[0] == "pair.h5: band 2 of 3 (500 nm) is without data in any pixel");
  REQUIRE(read.hsi.notes.warnings.size() == 1);
  CHECK(contains(read.hsi.notes.warnings[0], "have 50 % of the weights in row 1 of /srf"));
  pair.msi.wavelength_nm = {450, 50};
  CHECK(refusal(path, pair) == path + ": /msi_wavelength_nm: expected nanometres from 100 to 100000, got 50 at band 1");
  pair.msi.wavelength_nm.clear();
  write_pair(path, pair);
  CHECK(open_pair(path).hsi->read({0, 1, 1, 2}).wavelength_nm == read.hsi.wavelength_nm);
  pair.srf = Tensor::from({2, 3}, {0, 1, 0, 1, 0, 0});
  write_pair(path, pair);
  CHECK(contains(message_of<DataError>([&] { read_pair(path); }), "expected a weight above 0 in row 0"));
}

TEST_CASE("pair: a reference says whose grid it lies on, and lies on that of the hsi where it does not") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  const auto write = [&](const std::string& grid) {
    RawFile raw(path);
    raw.dataset("hsi", {2, 2, 3}, H5T_STD_I16LE, std::vector<double>(12, 1));
    raw.dataset("msi", {4, 4, 1}, H5T_STD_I16LE, std::vector<double>(16, 1));
    raw.dataset("reference", {4, 4, 3}, H5T_STD_I16LE, std::vector<double>(48, 1));
    if (!grid.empty()) raw.fixed_text("reference", "grid", grid, H5T_STR_NULLPAD);
  };
  for (const auto& [grid, on_msi] : {std::pair{"", false}, {"hsi", false}, {"msi", true}}) {
    write(grid);
    CHECK(read_pair(path).reference_on_msi == on_msi);
  }
  write("fine");
  CHECK(contains(message_of<DataError>([&] { read_pair(path); }),
                 ": attribute grid of /reference: expected hsi or msi, got fine"));
}

TEST_CASE("pair: reference, response and ratio may be missing") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  {
    RawFile raw(path);
    raw.dataset("hsi", {1, 2, 3}, H5T_STD_I16LE, std::vector<double>(6, -1));
    raw.dataset("msi", {5, 10, 1}, H5T_STD_U8LE, std::vector<double>(50, 1));
    raw.dataset("wavelength_nm", {3}, H5T_STD_U16LE, {500, 600, 700});
  }
  const ReadPair pair = read_pair(path);
  CHECK(pair.ratio == 5);
  CHECK_FALSE(pair.reference);
  CHECK_FALSE(pair.srf.defined());
  CHECK(pair.hsi.wavelength_nm == std::vector<double>{500, 600, 700});
  CHECK(pair.msi.wavelength_nm.empty());
  {
    RawFile raw(path);
    raw.dataset("hsi", {1, 1, 1}, H5T_STD_I16LE, {1});
    raw.dataset("msi", {2, 2, 1}, H5T_STD_I16LE, {1, 2, 3, 4});
    raw.dataset("msi_wavelength_nm", {1}, H5T_STD_U16LE, {650});
  }
  CHECK(read_pair(path).hsi.wavelength_nm.empty());
  CHECK(read_pair(path).msi.wavelength_nm == std::vector<double>{650});
}

TEST_CASE("pair: sizes that contradict each other or the ratio are refused with both sizes") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  const Cube hsi = filled(4, 4, 3, 1);
  CHECK(
      refusal(path, {hsi, filled(33, 32, 2, 1), 8, {}, {}}) ==
      path +
          ": expected an MSI larger than the HSI by one whole ratio on both axes, or a geotransform of each image, got "
          "an HSI of 4 x 4 and an MSI of 33 x 32 pixels");
  CHECK(contains(refusal(path, {hsi, filled(8, 12, 2, 1), 2, {}, {}}), "one whole ratio on both axes"));
  CHECK(contains(refusal(path, {hsi, filled(4, 4, 2, 1), 1, {}, {}}), "larger than the HSI"));
  CHECK(contains(refusal(path, {hsi, filled(2, 2, 2, 1), 2, {}, {}}), "larger than the HSI"));
  CHECK(contains(refusal(path, {hsi, filled(8, 8, 2, 1), 4, {}, {}}), "attribute ratio is 4 but /hsi of 4 x 4 pixels"));
  CHECK(contains(refusal(path, {hsi, filled(8, 8, 2, 1), 2, filled(8, 8, 2, 1), {}}),
                 "expected /reference [8, 8, 3], pixels of /msi and bands of /hsi, got [8, 8, 2]"));
  CHECK(contains(refusal(path, {hsi, filled(8, 8, 2, 1), 2, {}, Tensor(Shape{3, 2})}),
                 "expected /srf [2, 3], bands of /msi by bands of /hsi, got [3, 2]"));
}

TEST_CASE("pair: each part must hold finite values and the response is a matrix") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  PairFile pair{filled(2, 2, 3, 1), filled(4, 4, 2, 1), 2, filled(4, 4, 3, 1),
                Tensor::from({2, 3}, {1, 0, 0, 0, 1, 0})};
  for (const std::string name : {"/hsi", "/msi", "/reference", "/srf"}) {
    Tensor& values = name == "/hsi"         ? pair.hsi.values
                     : name == "/msi"       ? pair.msi.values
                     : name == "/reference" ? pair.reference->values
                                            : pair.srf;
    values[4] = std::numeric_limits<float>::quiet_NaN();
    const std::string message = refusal(path, pair);
    values[4] = 1;
    CAPTURE(message);
    CHECK(contains(message, path + ": " + name + ": expected finite"));
  }
}

TEST_CASE("pair: parts on disk are those of the whole, with their place on earth and pixels without data") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  PairFile pair{filled(3, 4, 3, 1), filled(6, 8, 2, 1), 2, filled(6, 8, 3, 1), {}};
  for (Cube* cube : {&pair.hsi, &pair.msi, &*pair.reference}) {
    for (Index i = 0; i < cube->values.size(); ++i) cube->values[i] = static_cast<float>(i + 1);
  }
  for (Index i = 0; i < 6; ++i) pair.msi.values[i] = -9;  // three pixels without data
  pair.hsi.wavelength_nm = {500, 600, 700};
  pair.hsi.attributes["geotransform"] = std::vector<double>{100, 10, 0, 200, 0, -10};
  write_pair(path, pair);
  NoData no_data;
  no_data.value = -9;
  const PairImages file = open_pair(path, {.no_data = no_data});
  CHECK(file.hsi->whole() == Rectangle{0, 0, 3, 4});
  CHECK(std::array<Index, 3>{file.hsi->bands(), file.msi->bands(), file.ratio} == std::array<Index, 3>{3, 2, 2});
  CHECK(file.reference != nullptr);
  CHECK(!file.srf.defined());
  const ReadPair whole = read_pair(path, {.no_data = no_data});
  const auto same = [](const Cube& part, const Cube& of, const Rectangle& place) {
    const Cube expected = crop(of, place);
    CHECK(part.values.shape() == expected.values.shape());
    CHECK(std::equal(part.values.data(), part.values.data() + part.values.size(), expected.values.data()));
    CHECK(part.wavelength_nm == expected.wavelength_nm);
    CHECK(part.attributes == expected.attributes);
  };
  same(file.hsi->read({1, 2, 2, 1}), whole.hsi, {1, 2, 2, 1});
  same(file.msi->read({2, 3, 4, 5}), whole.msi, {2, 3, 4, 5});
  same(file.reference->read({1, 2, 3, 1}), *whole.reference, {1, 2, 3, 1});
  const Cube corner = file.msi->read({0, 2, 1, 2});
  CHECK(corner.valid == std::vector<std::uint8_t>{0, 1});
  CHECK(corner.values[0] == corner.values[2]);  // filled in from what the part has beside it
  const Cube empty = file.msi->read({0, 0, 1, 3});
  CHECK(empty.valid == std::vector<std::uint8_t>{0, 0, 0});
  CHECK(empty.values[0] == 0);
}

namespace {

Cube placed(Cube image, const std::vector<double>& geotransform, const std::string& projection = "") {
  image.attributes[kGeotransformAttribute] = geotransform;
  if (!projection.empty()) image.attributes[kProjectionAttribute] = projection;
  return image;
}

const std::string kZone33 = R"(PROJCS["zone 33",UNIT["metre",1]])", kZone32 = R"(PROJCS["zone 32",UNIT["metre",1]])";

}  // namespace

TEST_CASE("pair: each image keeps a place of its own, and what the file says is that of the hsi") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  const std::vector<double> coarse{10, 30, 0, 20, 0, -30}, fine{10, 10, 0, 20, 0, -10};
  PairFile pair{placed(filled(2, 2, 3, 1), coarse, kZone33), placed(filled(6, 6, 1, 1), fine), 3, {}, {}};
  write_pair(path, pair);
  const ReadPair read = read_pair(path);
  CHECK(numbers_of(read.hsi, kGeotransformAttribute) == coarse);
  CHECK(numbers_of(read.msi, kGeotransformAttribute) == fine);
  CHECK(read.msi.attributes.at(kProjectionAttribute) == read.hsi.attributes.at(kProjectionAttribute));
  CHECK(read.grids.empty());
  // Without one of its own the msi is not where the hsi's pixels would put it.
  pair.msi.attributes.clear();
  pair.reference = filled(6, 6, 3, 1);
  write_pair(path, pair);
  CHECK_FALSE(read_pair(path).msi.attributes.contains(kGeotransformAttribute));
  CHECK_FALSE(read_pair(path).reference->attributes.contains(kGeotransformAttribute));
  pair.msi = placed(pair.msi, fine);
  write_pair(path, pair);
  CHECK(read_pair(path).reference->values.shape() == Shape{6, 6, 3});
  CHECK(open_pair(path).ratio == 3);
}

TEST_CASE("pair: parts of images on grids of their own are parts of what is made of the whole") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  const std::vector<double> coarse{100, 30, 0, 200, 0, -30};
  Cube hsi = placed(filled(8, 9, 3, 1), coarse, kZone33), msi = filled(30, 28, 2, 1);
  hsi.values = testing::random_tensor({8, 9, 3}, "hsi");
  msi.values = testing::random_tensor({30, 28, 2}, "msi");
  // On pixels of the hsi, and on none; without all that the hsi shows, in both.
  const std::vector<std::vector<double>> places{{120, 10, 0, 170, 0, -10}, {93.3, 10.3, 0, 212, 0, -9.9}};
  for (const std::vector<double>& place : places) {
    write_pair(path, PairFile{hsi, placed(msi, place), 3, {}, {}});
    const ReadPair joined = testing::read_all(join_images(in_memory(hsi), {in_memory(placed(msi, place))}, "x"));
    const PairImages file = open_pair(path);
    CHECK(file.grids == joined.grids);
    CHECK(contains(file.grids, place[1] == 10 ? "not resampled" : "resampled from"));
    REQUIRE(file.hsi->rows() == joined.hsi.rows());
    REQUIRE(file.hsi->cols() == joined.hsi.cols());
    for (const Rectangle& part :
         {Rectangle{0, 0, 3, 2}, Rectangle{2, 3, 1, 1}, Rectangle{0, 0, file.hsi->rows(), file.hsi->cols()}}) {
      const Rectangle fine = fine_part(part, 3);
      const auto same = [](const Cube& read, const Cube& of, const Rectangle& at) {
        const Cube expected = crop(of, at);
        CHECK(testing::relative_gap(read.values, expected.values) < 1e-6);
        const std::vector<double> got = numbers_of(read, kGeotransformAttribute),
                                  wanted = numbers_of(expected, kGeotransformAttribute);
        REQUIRE(got.size() == wanted.size());
        for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(wanted[i]));
        CHECK(read.attributes.contains(kProjectionAttribute));
      };
      same(file.hsi->read(part), joined.hsi, part);
      same(file.msi->read(fine), joined.msi, fine);
    }
  }
}

TEST_CASE("pair: images on grids of their own are joined, and what does not go with it is refused") {
  const std::vector<double> coarse{0, 30, 0, 0, 0, -30}, fine{-1, 9, 0, 1, 0, -9};
  const Cube hsi = placed(filled(4, 4, 3, 1), coarse, kZone33), msi = placed(filled(12, 14, 1, 2), fine);
  const ReadPair joined = testing::read_all(join_images(in_memory(hsi), {in_memory(msi)}, "x"));
  CHECK(joined.ratio == 3);
  CHECK(joined.grids == "MSI resampled from 9 m to 10 m, ratio 3, rows 0-2, cols 0-3 of the HSI");
  CHECK(joined.hsi.rows() == 3);
  CHECK(joined.msi.values.shape() == Shape{9, 12, 1});
  CHECK(joined.msi.values[50] == doctest::Approx(2));
  CHECK(message_of<DataError>([&] { join_images(in_memory(hsi), {in_memory(placed(msi, fine, kZone32))}, "x"); }) ==
        "x: expected HSI and MSI on one projection, got PROJCS[\"zone 33\" and PROJCS[\"zone 32\"; reproject the MSI "
        "with gdalwarp -t_srs, "
        "with "
        "-tr as fine as its pixels");
  CHECK(join_images(in_memory(hsi), {in_memory(placed(msi, fine, kZone33))}, "x").ratio == 3);
  const TemporaryFolder folder;
  const std::string path = folder.file("pair.h5");
  CHECK(contains(refusal(path, {hsi, msi, 3, filled(12, 14, 3, 1), {}}),
                 "expected no /reference beside images on grids"));
  CHECK(contains(refusal(path, {hsi, msi, 2, {}, {}}), "attribute ratio is 2 but"));
}
