#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "run/stream_scores.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/io/scene.h"
#include "specfuse/methods/registry.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/random.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

constexpr Index kRatio = 4;
constexpr double kEnough = 4e9;

/// A pair on disk with its reference, and the same in memory.
struct Example {
  TemporaryFolder folder;
  PairFile file;
  Pair pair;
  std::string path = folder.file("pair.h5");

  explicit Example(const std::vector<float>& fill = {}) {
    SyntheticOptions options;
    options.rows = 96;
    options.cols = 68;
    options.bands = 20;
    const Cube scene = synthetic_scene(options);
    pair.degradation.ratio = kRatio;
    pair.degradation.psf = make_psf({}, kRatio);
    pair.degradation.srf = random_tensor({3, 20}, "responses");
    for (Index i = 0; i < 60; ++i) pair.degradation.srf[i] = 0.1f + std::abs(pair.degradation.srf[i]);
    pair = simulate(scene, pair.degradation, 1);
    pair.hsi.attributes["geotransform"] = std::vector<double>{1000, 40, 0, 2000, 0, -40};
    for (const float value : fill) {
      // A corner of the MSI without data.
      for (Index row = 0; row < 30; ++row) std::fill_n(pair.msi.pixel(row, 0), 3 * 21, value);
    }
    file = {pair.hsi, pair.msi, kRatio, scene, pair.degradation.srf};
    write_pair(path, file);
  }

  std::string parts() const { return folder.file("parts"); }
  std::string fused() const { return folder.file("fused.h5"); }
};

DataConfig config_of(const Example& example, std::optional<double> value = {}) {
  DataConfig data;
  data.pair = example.path;
  if (value) data.nodata = NoData{value, false, ""};
  return data;
}

/// The pair of an example, on disk and looked at in small parts.
struct Streamed : StreamedPair {
  explicit Streamed(const Example& example, std::optional<double> no_data = {})
      : StreamedPair(config_of(example, no_data), {"."}) {
    set_degradation(example.pair.degradation);
    set_side(8);
  }
};

Budget in_parts(Index side) { return {kEnough, 0, side}; }

}  // namespace

TEST_CASE("stream: an image that is fused part by part is the one that is fused at once, with its place on earth") {
  const Example example;
  const Streamed pair(example);
  for (const char* name : {"bicubic", "gsa"}) {
    const auto method = make_method(name);
    fuse_streamed(*method->by_parts(pair), pair, in_parts(16), name, example.parts(), example.fused());
    std::filesystem::remove_all(example.parts());
    const Cube made = read_scene(example.fused()), whole = method->fuse(example.pair);
    CHECK(relative_gap(made.values, whole.values) < 2e-6);
    CHECK(made.wavelength_nm == example.pair.hsi.wavelength_nm);
    CHECK(std::get<std::vector<double>>(made.attributes.at("geotransform")) ==
          std::vector<double>{1000, 10, 0, 2000, 0, -10});
  }
}

TEST_CASE("stream: what a cut-off run kept is not made again, and the file is the same to the byte") {
  const Example example;
  const Streamed pair(example);
  const auto method = make_method("gsa");
  PartFusion fusion = *method->by_parts(pair);
  fuse_streamed(fusion, pair, in_parts(16), "gsa", example.parts(), example.fused());
  const std::string whole = read_text(example.fused());
  std::filesystem::remove(example.fused());
  std::filesystem::remove_all(example.parts());
  const auto fuse = fusion.fuse;
  int made = 0;
  catch_interrupts();
  fusion.fuse = [&](const Pair& part) {
    if (++made == 12) std::raise(SIGINT);
    return fuse(part);
  };
  const auto run = [&](Index side) {
    return fuse_streamed(fusion, pair, in_parts(side), "gsa", example.parts(), example.fused());
  };
  CHECK(message_of<Interrupted>([&] { run(16); }) == "interrupted while fusing gsa; continue with --resume");
  clear_interrupt();
  CHECK(made == 12);
  CHECK(!std::filesystem::exists(example.fused()));
  // Parts of the size that is kept, whatever the budget would be good for now.
  const std::string clock = example.parts() + "/seconds.json";
  CHECK(std::stod(read_text(clock)) > 0);
  write_text_atomically(clock, "1000");
  const double seconds = run(64);
  CHECK(seconds > 1000);
  CHECK(seconds < 1100);
  CHECK(made == 30);
  CHECK(read_text(example.fused()) == whole);
}

TEST_CASE("stream: parts that pass over into each other leave no seam, and their errors beside them") {
  const Example example;
  const Streamed pair(example);
  // A method whose parts differ in level: the whole has to go from one to the next without a step.
  PartFusion fusion;
  fusion.overlap = 2;
  fusion.margin = 1;
  int count = 0;
  fusion.fuse = [&](const Pair& part) -> FusedWithSigma {
    FusedWithSigma made{Cube(part.msi.rows(), part.msi.cols(), 20)};
    fill(made.fused.values, static_cast<float>(count));
    made.sigma = made.fused;
    made.width_95 = 2.5;
    ++count;
    return made;
  };
  fuse_streamed(fusion, pair, in_parts(48), "levels", example.parts(), example.fused());
  CHECK(count == 4);
  const FusedFile file(example.fused());
  CHECK(file.has_sigma());
  CHECK(Hdf5Reader(example.fused()).number("/sigma", "width_95") == 2.5);
  const Cube made = file.read(pair, {0, 0, 96, 68});
  const Index seam_row = 48, seam_col = 32;  // 17 coarse columns in parts of 8 and 9
  CHECK(made.pixel(0, 0)[0] == 0);
  CHECK(made.pixel(0, 67)[3] == 1);
  CHECK(made.pixel(95, 0)[7] == 2);
  CHECK(made.pixel(95, 67)[19] == 3);
  for (Index i = -8; i < 8; ++i) {
    // 8 fine pixels on either side: half of each at the seam, a sixteenth more with each pixel.
    CHECK(made.pixel(0, seam_col + i)[0] == doctest::Approx((static_cast<double>(i) + 8.5) / 16));
    CHECK(made.pixel(seam_row + i, 0)[0] == doctest::Approx(2 * (static_cast<double>(i) + 8.5) / 16));
  }
  CHECK(made.pixel(0, seam_col - 9)[0] == 0);
  CHECK(made.pixel(0, seam_col + 8)[0] == 1);
  CHECK(relative_gap(file.read(pair, {0, 0, 96, 68}, "/sigma").values, made.values) == 0);
}

TEST_CASE("stream: pixels without data stand in the file as what says so, and take no part in scores") {
  const Example example({-9});
  const Streamed pair(example, -9.0);
  const auto method = make_method("bicubic");
  fuse_streamed(*method->by_parts(pair), pair, in_parts(16), "bicubic", example.parts(), example.fused());
  const Cube made = read_scene(example.fused());
  CHECK(std::count(made.valid.begin(), made.valid.end(), 0) == 30 * 21);
  CHECK(!made.is_valid(29 * 68 + 20));
  CHECK(made.is_valid(29 * 68 + 21));
  MethodResult result;
  const FusedWithSigma preview = score_streamed(pair, FusedFile(example.fused()), 2, result);
  CHECK(result.scores->left_out.at("pixels without data") == 30 * 21);
  CHECK(preview.fused.rows() == 48);
  CHECK(!preview.fused.is_valid(14 * 34 + 9));
  CHECK(preview.fused.is_valid(15 * 34));
}

TEST_CASE("stream: scores are those of the whole image") {
  const Example example;
  const Streamed pair(example);
  const auto method = make_method("gsa");
  fuse_streamed(*method->by_parts(pair), pair, in_parts(16), "gsa", example.parts(), example.fused());
  MethodResult result;
  const FusedWithSigma preview = score_streamed(pair, FusedFile(example.fused()), 3, result);
  const Cube whole = read_scene(example.fused());
  const auto check_close = [](const Scores& found, const Scores& expected) {
    REQUIRE(found.values.size() == expected.values.size());
    for (std::size_t i = 0; i < found.values.size(); ++i) {
      CAPTURE(found.values[i].key);
      CHECK(found.values[i].value == doctest::Approx(expected.values[i].value).epsilon(1e-9));
    }
  };
  check_close(*result.scores, evaluate(*example.file.reference, whole, kRatio));
  check_close(result.no_reference, consistency(example.pair, whole));
  CHECK(result.band_psnr_db.size() == 20);
  CHECK(preview.fused.size_text() == "32 x 22 x 20");
  double mean = 0;
  for (Index row = 3; row < 6; ++row) {
    for (Index col = 60; col < 63; ++col) mean += whole.pixel(row, col)[11] / 9.0;
  }
  CHECK(preview.fused.pixel(1, 20)[11] == doctest::Approx(mean));
}

TEST_CASE("stream: what the msi lacks the hsi lacks as well, on disk and in memory") {
  const Example example({-9});
  const Streamed streamed(example, -9);
  ExperimentConfig config;
  config.data = config_of(example, -9);
  const Pair whole = load_scene(config, {"."}).measured.value();
  const Pair parts = streamed.read({0, 0, 24, 17});
  // All fine pixels of 7 x 5 coarse ones are missing, and some of those around.
  CHECK(std::count(whole.hsi.valid.begin(), whole.hsi.valid.end(), 0) == 7 * 5);
  CHECK(!whole.hsi.is_valid(6 * 17 + 4));
  CHECK(whole.hsi.is_valid(6 * 17 + 5));
  CHECK(whole.hsi.values[0] != example.pair.hsi.values[0]);
  CHECK(parts.hsi.valid == whole.hsi.valid);
  CHECK(parts.msi.valid == whole.msi.valid);
  CHECK(
      std::equal(parts.hsi.values.data(), parts.hsi.values.data() + parts.hsi.values.size(), whole.hsi.values.data()));
  CHECK(
      std::equal(parts.msi.values.data(), parts.msi.values.data() + parts.msi.values.size(), whole.msi.values.data()));
}

TEST_CASE("stream: nothing is known of a pair whose images have data in no pixel together") {
  Example example;
  for (Index row = 0; row < 24; ++row) {
    std::fill_n(example.pair.hsi.pixel(row, 0), 20 * 9, -9.0F);
    for (Index r = 0; r < 4; ++r) std::fill_n(example.pair.msi.pixel(4 * row + r, 36), 3 * 32, -9.0F);
  }
  write_pair(example.path, PairFile{example.pair.hsi, example.pair.msi, kRatio, {}, example.pair.degradation.srf});
  ExperimentConfig config;
  config.data = config_of(example, -9);
  CHECK(contains(message_of<ConfigError>([&] { load_scene(config, {"."}); }),
                 "data: expected pixels that both images of " + example.path + " have data for, got none"));
}

TEST_CASE("stream: too little memory is refused with the least that works, which then does") {
  const Example example;
  const Streamed pair(example);
  PartFusion fusion = *make_method("bicubic")->by_parts(pair);
  fusion.bytes_at_least = 1e9;
  const std::string message = message_of<ConfigError>([&] { check_memory(fusion, pair, {1e9, 1e8}, "bicubic"); });
  const std::string before = "--memory: expected at least ";
  REQUIRE(message.starts_with(before));
  CHECK(contains(message, " MiB for bicubic, got 954 MiB"));
  const double least = std::stod(message.substr(before.size())) * 1048576;
  CHECK(least > 1.3e9);
  CHECK(least < 1.6e9);
  check_memory(fusion, pair, {least, 1e8}, "bicubic");
  CHECK_THROWS_AS(check_memory(fusion, pair, {least - 2 * 1048576, 1e8}, "bicubic"), ConfigError);
}

TEST_CASE("stream: a crop of a pair is a pair, and its preview has the means of its pixels") {
  const Example example;
  DataConfig data = config_of(example);
  data.crop = Region{};
  static_cast<Rectangle&>(*data.crop) = {8, 12, 48, 32};
  const StreamedPair part(data, {"."});
  CHECK(part.rows() == 12);
  CHECK(part.cols() == 8);
  const Pair read = part.read({1, 2, 3, 1});
  CHECK(relative_gap(read.hsi.values, crop(example.pair.hsi, {3, 5, 3, 1}).values) == 0);
  CHECK(relative_gap(read.msi.values, crop(example.pair.msi, {12, 20, 12, 4}).values) == 0);
  data.crop->row = 6;
  CHECK(message_of<ConfigError>([&] { StreamedPair(data, {"."}); }) ==
        "data.crop: expected multiples of the pair's ratio 4, got 6");
  const Streamed whole(example);
  const PairFile small = whole.preview(3);
  CHECK(small.hsi.size_text() == "8 x 5 x 20");
  CHECK(small.msi.size_text() == "32 x 20 x 3");
  CHECK(small.reference->size_text() == "32 x 20 x 20");
  CHECK(std::get<std::vector<double>>(small.hsi.attributes.at("geotransform")) ==
        std::vector<double>{1000, 120, 0, 2000, 0, -120});
}
