#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "run/fuse_parts.h"
#include "run/measured_pair.h"
#include "run/scoring.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/io/scene.h"
#include "specfuse/methods/registry.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/pair_file.h"
#include "support/random.h"
#include "support/temporary_folder.h"
#include "support/text.h"
#include "support/whole_metrics.h"

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

/// The pair of an example as if it were larger than memory: it stays in its file.
struct Large {
  ExperimentConfig config;
  Scene scene;
  Task task;

  explicit Large(const Example& example, std::optional<double> no_data = {}, Index step = 1) {
    config.data = config_of(example, no_data);
    config.degrade.ratio = kRatio;
    config.protocol.type = Protocol::apply;
    scene = load_scene(config, {"."}, nullptr, "", 0);
    const Shown shown = means_of(*scene.large->pair, scene.large->reference.get(), step);
    scene.measured = shown.pair;
    scene.reference = shown.reference;
    scene.large->step = step;
    task = make_task(scene, config.protocol, 1);
  }

  const PairParts& pair() const { return *task.pair; }
  PartsOfResult parts(const Example& example, const std::string& title) const {
    return {task, scene.outliers, title, example.parts()};
  }
  /// In parts of this many coarse pixels.
  void fuse(const Example& example, const std::string& name, Index side) const {
    const auto method = make_method(name);
    fuse_in_parts(parts(example, name), method->fuser(pair()), side, example.fused());
    std::filesystem::remove_all(example.parts());
  }
};

Budget budget_of(double memory, double held = 0) {
  Budget budget(memory);
  budget.held = held;
  return budget;
}

}  // namespace

TEST_CASE("stream: an image that is fused part by part is the one that is fused at once, with its place on earth") {
  const Example example;
  const Large large(example);
  for (const char* name : {"bicubic", "gsa"}) {
    large.fuse(example, name, 4);
    const Cube made = read_scene(example.fused()), whole = fuse(*make_method(name), example.pair).fused;
    CHECK(relative_gap(made.values, whole.values) < 2e-6);
    CHECK(made.wavelength_nm == example.pair.hsi.wavelength_nm);
    CHECK(std::get<std::vector<double>>(made.attributes.at("geotransform")) ==
          std::vector<double>{1000, 10, 0, 2000, 0, -10});
  }
}

TEST_CASE("stream: an image is written in parts for other programs as it is as a whole") {
  const Example example({-9});
  const Large large(example, -9.0);
  large.fuse(example, "bicubic", 4);
  for (const ImageWriter& format : image_writers()) {
    if (format.begin == nullptr) continue;
    OutputConfig output;
    output.format = format.name;
    write_parts_of(example.fused(), large.parts(example, "bicubic"), output, example.folder.file("."));
    const Cube made = read_scene(example.folder.file("fused" + format.ending)), whole = read_scene(example.fused());
    CHECK(relative_gap(made.values, whole.values) == 0);
    CHECK(made.valid == whole.valid);
    CHECK(std::get<std::vector<double>>(made.attributes.at("geotransform")) ==
          std::get<std::vector<double>>(whole.attributes.at("geotransform")));
  }
}

TEST_CASE("stream: what a cut-off run kept is not made again, and the file is the same to the byte") {
  const Example example;
  const Large large(example);
  const auto method = make_method("gsa");
  Fuser fuser = method->fuser(large.pair());
  large.fuse(example, "gsa", 4);
  const std::string whole = read_text(example.fused());
  std::filesystem::remove(example.fused());
  const auto fuse = fuser.fuse;
  int made = 0;
  catch_interrupts();
  fuser.fuse = [&](const Pair& part) {
    if (++made == 12) std::raise(SIGINT);
    return fuse(part);
  };
  const PartsOfResult parts = large.parts(example, "gsa");
  const auto run = [&](Index side) {
    Budget budget = budget_of(kEnough);
    budget.largest_side = side;
    return fuse_in_parts(parts, fuser, choose_side(parts, fuser, budget), example.fused());
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
  const Large large(example);
  // A method whose parts differ in level: the whole has to go from one to the next without a step.
  Fuser fuser;
  fuser.blend = 2;
  fuser.halo = 1;
  int count = 0;
  fuser.fuse = [&](const Pair& part) -> FusedCube {
    FusedCube made{Cube(part.msi.rows(), part.msi.cols(), 20)};
    fill(made.fused.values, static_cast<float>(count));
    made.sigma = made.fused;
    made.width_95 = 2.5;
    ++count;
    return made;
  };
  fuse_in_parts(large.parts(example, "levels"), fuser, 12, example.fused());
  CHECK(count == 4);
  const FusedImage file = open_fused(example.fused(), {}, kRatio);
  REQUIRE(file.sigma != nullptr);
  CHECK(file.width_95 == 2.5);
  const Cube made = file.fused->read_all();
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
  CHECK(relative_gap(file.sigma->read_all().values, made.values) == 0);
}

TEST_CASE("stream: pixels without data stand in the file as what says so, and take no part in scores") {
  const Example example({-9});
  const Large large(example, -9.0, 2);
  large.fuse(example, "bicubic", 4);
  const Cube made = read_scene(example.fused());
  CHECK(std::count(made.valid.begin(), made.valid.end(), 0) == 30 * 21);
  CHECK(!made.is_valid(29 * 68 + 20));
  CHECK(made.is_valid(29 * 68 + 21));
  const auto [result, preview] = score(large.task, {}, {{}, open_fused(example.fused(), {}, kRatio)});
  CHECK(result.scores->left_out.at("pixels without data") == 30 * 21);
  CHECK(preview.fused.rows() == 48);
  CHECK(!preview.fused.is_valid(14 * 32 + 9));
  CHECK(preview.fused.is_valid(15 * 32));
}

TEST_CASE("stream: scores are those of the whole image") {
  const Example example;
  const Large large(example, {}, 3);
  large.fuse(example, "gsa", 4);
  const Fusion fusion{{}, open_fused(example.fused(), {}, kRatio)};
  const ScoredResult scored = score(large.task, {"sewar"}, fusion);
  const MethodResult& result = scored.result;
  const FusedCube& preview = scored.shown;
  const Cube whole = read_scene(example.fused());
  const auto check_close = [](const Scores& found, const Scores& expected) {
    REQUIRE(found.values.size() == expected.values.size());
    for (std::size_t i = 0; i < found.values.size(); ++i) {
      CAPTURE(found.values[i].key);
      CHECK(found.values[i].value == doctest::Approx(expected.values[i].value).epsilon(1e-9));
    }
  };
  check_close(*result.scores, evaluate(*example.file.reference, whole, kRatio));
  check_close(result.profiles.at("sewar"), evaluate_profile("sewar", *example.file.reference, whole, kRatio));
  check_close(result.no_reference, consistency(example.pair, whole));
  CHECK(result.band_psnr_db.size() == 20);
  CHECK(preview.fused.size_text() == "32 x 20 x 20");  // whole coarse pixels of what is shown
  double mean = 0;
  for (Index row = 3; row < 6; ++row) {
    for (Index col = 54; col < 57; ++col) mean += whole.pixel(row, col)[11] / 9.0;
  }
  CHECK(preview.fused.pixel(1, 18)[11] == doctest::Approx(mean));
}

TEST_CASE("stream: what the msi lacks the hsi lacks as well, on disk and in memory") {
  const Example example({-9});
  const Large large(example, -9);
  const Pair whole = load_scene(large.config, {"."}).measured.value();
  const Pair parts = large.pair().read({0, 0, 24, 17});
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
  const Large large(example);
  Fuser fuser = make_method("bicubic")->fuser(large.pair());
  fuser.bytes_at_least = 1e9;
  const auto side = [&](double memory) { return side_within(fuser, large.task, budget_of(memory, 1e8), "bicubic"); };
  const std::string message = message_of<ConfigError>([&] { side(1e9); });
  const std::string before = "--memory: expected at least ";
  REQUIRE(message.starts_with(before));
  CHECK(contains(message, " MiB for bicubic, got 954 MiB"));
  const double least = std::stod(message.substr(before.size())) * 1048576;
  CHECK(least > 1.3e9);
  CHECK(least < 1.6e9);
  CHECK(side(least) == kRatio);
  CHECK_THROWS_AS(side(least - 2 * 1048576), ConfigError);
}

TEST_CASE("stream: a pair in memory is one part where the budget has room, and says when a method needs more") {
  const Example example;
  Large of_file(example);
  of_file.scene = load_scene(of_file.config, {"."});
  const Task task = make_task(of_file.scene, of_file.config.protocol, 1);
  CHECK(!task.is_large);
  Fuser fuser = make_method("bicubic")->fuser(*task.pair);
  CHECK(side_within(fuser, task, budget_of(kEnough), "bicubic") == 24);
  CHECK(places_of(fuser, *task.pair, 24).size() == 1);
  fuser.bytes_per_pixel = 1e6;
  CHECK(side_within(fuser, task, budget_of(kEnough), "bicubic") < 24);
  fuser.whole = true;
  CHECK(contains(message_of<ConfigError>([&] { side_within(fuser, task, budget_of(kEnough), "cnmf"); }),
                 "cnmf needs the whole image at once, and about "));
  CHECK(side_within(fuser, task, Budget({}), "cnmf") == 24);  // of what is free a warning is enough
}

TEST_CASE("stream: a crop of a pair is a pair, and what is shown of it has the means of its pixels") {
  const Example example;
  ExperimentConfig config;
  config.data = config_of(example);
  config.data.crop = Region{};
  static_cast<Rectangle&>(*config.data.crop) = {8, 12, 48, 32};
  const auto load = [&] { return load_scene(config, {"."}, nullptr, "", 0); };
  const Scene scene = load();
  const PairParts& part = *scene.large->pair;
  CHECK(part.rows() == 12);
  CHECK(part.cols() == 8);
  const Pair read = part.read({1, 2, 3, 1});
  CHECK(relative_gap(read.hsi.values, crop(example.pair.hsi, {3, 5, 3, 1}).values) == 0);
  CHECK(relative_gap(read.msi.values, crop(example.pair.msi, {12, 20, 12, 4}).values) == 0);
  const Cube reference = scene.large->reference->read({4, 8, 4, 4});
  CHECK(relative_gap(reference.values, crop(*example.file.reference, {12, 20, 4, 4}).values) == 0);
  config.data.crop->row = 6;
  CHECK(message_of<ConfigError>(load) == "data.crop: expected multiples of the pair's ratio 4, got 6");
  const Large whole(example);
  const Shown small = means_of(whole.pair(), whole.task.reference.get(), 3);
  CHECK(small.pair.hsi.size_text() == "8 x 5 x 20");
  CHECK(small.pair.msi.size_text() == "32 x 20 x 3");
  CHECK(small.reference->size_text() == "32 x 20 x 20");
  CHECK(std::get<std::vector<double>>(small.pair.hsi.attributes.at("geotransform")) ==
        std::vector<double>{1000, 120, 0, 2000, 0, -120});
}
