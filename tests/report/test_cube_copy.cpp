#include <doctest/doctest.h>
#include <zlib.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "specfuse/core/threads.h"
#include "specfuse/report/cube_copy.h"
#include "support/base64.h"
#include "support/random.h"
#include "support/text.h"

using namespace specfuse;

namespace {

constexpr Index kRatio = 2, kRows = 12, kCols = 10, kBands = 7;

/// Each band has another range.
Cube random_cube(Index rows, Index cols, std::string_view purpose, Index bands = kBands) {
  Cube cube(rows, cols, bands);
  cube.values = testing::random_tensor(cube.values.shape(), purpose);
  for (Index i = 0; i < cube.values.size(); ++i) {
    cube.values[i] = std::tanh(cube.values[i]) * static_cast<float>(1 + i % bands);
  }
  return cube;
}

/// What the viewer makes of a copy.
struct Read {
  nlohmann::json scene;
  std::vector<std::vector<unsigned char>> codes;

  explicit Read(const ViewerData& data) : scene(nlohmann::json::parse(data.description)) {
    const std::string begin = "const specfuseCubes = ";
    REQUIRE(data.cubes.starts_with(begin));
    const nlohmann::json cubes =
        nlohmann::json::parse(data.cubes.substr(begin.size(), data.cubes.rfind(';') - begin.size()));
    for (std::size_t i = 0; i < cubes.size(); ++i) {
      const std::size_t pixels =
          scene["images"][i]["rows"].get<std::size_t>() * scene["images"][i]["cols"].get<std::size_t>();
      std::vector<unsigned char> all(pixels * scene["bands"].get<std::size_t>());
      std::size_t end = 0;
      for (const nlohmann::json& part : cubes[i]) {
        const std::string packed = decode_base64(part.get<std::string>());
        uLongf size = all.size() - end;
        REQUIRE(uncompress(all.data() + end, &size, reinterpret_cast<const Bytef*>(packed.data()), packed.size()) ==
                Z_OK);
        end += size;
      }
      REQUIRE(end == all.size());
      for (std::size_t k = pixels; k < all.size(); ++k) all[k] = static_cast<unsigned char>(all[k] + all[k - pixels]);
      codes.push_back(all);
    }
  }

  /// NaN where there is no data.
  double value(std::size_t image, Index band, Index pixel) const {
    const nlohmann::json& of = scene["images"][image];
    const Index pixels = of["rows"].get<Index>() * of["cols"].get<Index>();
    const int code = codes[image][static_cast<std::size_t>(band * pixels + pixel)];
    const auto b = static_cast<std::size_t>(band);
    return code == 0 ? std::nan("") : scene["low"][b].get<double>() + (code - 1) * scene["stepSize"][b].get<double>();
  }
};

double range_of(const Cube& cube, Index band) {
  float low = cube.values[band], high = low;
  for (Index i = 0; i < cube.pixels(); ++i) {
    if (!cube.is_valid(i)) continue;
    low = std::min(low, cube.values[i * cube.bands() + band]);
    high = std::max(high, cube.values[i * cube.bands() + band]);
  }
  return double{high} - double{low};
}

/// Every value is within 0.25 % of the range of the truth.
void check_all(const Read& read, std::size_t image, const Cube& cube, const Cube& truth) {
  for (Index band = 0; band < cube.bands(); ++band) {
    const double most = 0.0025 * range_of(truth, band);
    for (Index i = 0; i < cube.pixels(); ++i) {
      const double value = read.value(image, band, i);
      if (!cube.is_valid(i)) {
        CHECK(std::isnan(value));
      } else {
        CHECK(std::abs(value - double{cube.values[i * cube.bands() + band]}) <= most);
      }
    }
  }
}

}  // namespace

TEST_CASE("cube copy: values come back within 1/400 of the range of the reference, no data as none") {
  const Cube hsi = random_cube(kRows / kRatio, kCols / kRatio, "hsi");
  Cube reference = random_cube(kRows, kCols, "reference"), fused = random_cube(kRows, kCols, "fused");
  reference.valid.assign(kRows * kCols, 1);
  reference.valid[17] = 0;
  reference.values[17 * kBands] = 1e9f;  // what stands there has no say
  fused.valid.assign(kRows * kCols, 1);
  fused.valid[3] = 0;
  CubeCopyOptions options;
  options.results = 1;
  options.row = 30;
  CubeCopy copy(hsi, reference, kRatio, options);
  copy.add("a", fused);
  const Read read(copy.viewer(Rectangle{2, 4, 6, 8}));
  REQUIRE(read.codes.size() == 3);
  check_all(read, 0, hsi, reference);
  check_all(read, 1, reference, reference);
  check_all(read, 2, fused, reference);
  CHECK(read.scene["images"][2]["label"] == "a");
  CHECK(read.scene["images"][0]["scale"] == kRatio);
  CHECK(read.scene["origin"] == nlohmann::json{30, 0});
  CHECK(read.scene["detail"] == nlohmann::json{2, 4, 6, 8});
  CHECK(read.scene["hasReference"] == true);
}

TEST_CASE("cube copy: without a reference the HSI gives the range") {
  const Cube hsi = random_cube(kRows / kRatio, kCols / kRatio, "hsi");
  Cube fused = random_cube(kRows, kCols, "fused");
  for (Index i = 0; i < fused.values.size(); ++i) fused.values[i] *= 0.5f;
  CubeCopy copy(hsi, {}, kRatio, {.results = 1});
  copy.add("a", fused);
  const Read read(copy.viewer({}));
  REQUIRE(read.codes.size() == 2);
  check_all(read, 0, hsi, hsi);
  CHECK(read.scene["hasReference"] == false);
  CHECK(read.scene["detail"].is_null());
}

TEST_CASE("cube copy: values outside of the range become its ends and are counted, and a constant band has a range") {
  const Cube hsi = random_cube(kRows / kRatio, kCols / kRatio, "hsi");
  Cube reference = random_cube(kRows, kCols, "reference");
  for (Index i = 0; i < reference.pixels(); ++i) reference.values[i * kBands + 4] = 5;
  Cube fused = reference;
  fused.values = reference.values.clone();
  fused.values[0] = 1e6f;
  fused.values[kBands] = -1e6f;
  fused.values[2 * kBands + 1] = std::nanf("");
  CubeCopy copy(hsi, reference, kRatio, {.results = 1});
  copy.add("a", fused);
  const Read read(copy.viewer({}));
  CHECK(read.codes[2][0] == 255);
  CHECK(read.codes[2][1] == 1);
  CHECK(std::isnan(read.value(2, 1, 2)));
  CHECK(read.value(2, 4, 7) == doctest::Approx(5).epsilon(0.001));
  CHECK(read.scene["images"][1]["outside"] == 0);
  CHECK(read.scene["images"][2]["outside"] == 2);
}

TEST_CASE("cube copy: more values than there may be are thinned, a large copy is for a file, threads change nothing") {
  const Cube hsi = random_cube(kRows / kRatio, kCols / kRatio, "hsi"),
             reference = random_cube(kRows, kCols, "reference");
  const auto copied = [&](CubeCopyOptions options) {
    options.results = 1;
    CubeCopy copy(hsi, reference, kRatio, options);
    copy.add("a", reference);
    return copy.viewer({});
  };
  const Index all = (2 * kRows * kCols + hsi.pixels()) * kBands;
  CHECK(Read(copied({.most_values = all})).scene["step"] == 1);
  const Read read(copied({.most_values = all - 1}));
  CHECK(read.scene["step"] == 2);
  CHECK(read.scene["images"][1]["scale"] == 2);
  CHECK(read.scene["images"][0]["scale"] == kRatio);
  CHECK(read.scene["images"][1]["cols"] == kCols / 2);
  CHECK(std::abs(read.value(1, 3, 1) - double{reference.pixel(0, 2)[3]}) <= 0.0025 * range_of(reference, 3));
  CHECK(Read(copied({.most_values = all / 9})).scene["images"][0]["scale"] == 4);

  const ViewerData inside = copied({});
  CHECK(inside.file.empty());
  CHECK(copied({.most_in_page = inside.cubes.size()}).file.empty());
  CHECK(copied({.most_in_page = inside.cubes.size() - 1}).file == "report_cubes.js");
  const int before = threads();
  set_threads(before == 1 ? 3 : 1);
  CHECK(copied({}).cubes == inside.cubes);
  set_threads(before);
}

TEST_CASE("cube copy: an image of several parts is whole") {
  const Cube hsi = random_cube(130, 128, "hsi", 40), reference = random_cube(260, 256, "reference", 40);
  const CubeCopy copy(hsi, reference, 2, {});
  const ViewerData data = copy.viewer({});
  CHECK(contains(data.cubes, "\",\n\""));
  check_all(Read(data), 1, reference, reference);
}
