#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/run/protocol.h"
#include "support/temporary_folder.h"

using namespace specfuse;

namespace {

Cube random_cube(Index rows, Index cols, Index bands) {
  Cube cube(rows, cols, bands);
  Rng rng(1);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = rng.uniform(1, 2);
  return cube;
}

/// A scene with two MSI bands, each of two of its bands.
Scene random_scene(Index rows, Index cols) {
  Scene scene;
  scene.reference = random_cube(rows, cols, 4);
  scene.degradation.ratio = 2;
  scene.degradation.psf = make_psf({}, 2);
  scene.degradation.srf = Tensor::from({2, 4}, {0.5f, 0.5f, 0, 0, 0, 0, 0.5f, 0.5f});
  return scene;
}

bool same(const Cube& a, const Cube& b) {
  if (!(a.values.shape() == b.values.shape())) return false;
  for (Index i = 0; i < a.values.size(); ++i) {
    if (a.values[i] != b.values[i]) return false;
  }
  return true;
}

Region region(Index row, Index col, Index rows, Index cols) {
  Region part;
  static_cast<Rectangle&>(part) = {row, col, rows, cols};
  return part;
}

ProtocolConfig split(const Region& train, const Region& validation, const Region& test) {
  ProtocolConfig protocol;
  protocol.type = Protocol::split;
  protocol.train = train;
  protocol.validation = validation;
  protocol.test = test;
  return protocol;
}

}  // namespace

TEST_CASE("protocol: wald trains one scale down, with the hsi as the answer") {
  const Task task = make_task(random_scene(12, 16), {}, 0);
  REQUIRE(task.training.train.size() == 1);
  const TrainingPair& pair = task.training.train[0];
  CHECK(same(pair.target, task.pair_in_memory.hsi));
  CHECK(pair.input.msi.rows() == 6);
  CHECK(pair.input.hsi.rows() == 3);
  CHECK(task.training.validation.empty());
  CHECK_FALSE(task.scored);
}

TEST_CASE("protocol: wald crops the target where the hsi does not divide by the ratio") {
  const Task task = make_task(random_scene(14, 10), {}, 0);
  const TrainingPair& pair = task.training.train[0];
  CHECK(same(pair.target, crop(task.pair_in_memory.hsi, {0, 0, 6, 4})));
  CHECK(pair.input.msi.cols() == 4);
}

TEST_CASE("protocol: wald keeps the last rows for validation, whole coarse pixels of them") {
  ProtocolConfig protocol;
  protocol.validation_fraction = 0.2;  // of 5 coarse rows: one
  const Task task = make_task(random_scene(20, 8), protocol, 0);
  const TrainingPair& train = task.training.train[0];
  const TrainingPair& validation = task.training.validation.at(0);
  CHECK(same(train.target, crop(task.pair_in_memory.hsi, {0, 0, 8, 4})));
  CHECK(same(validation.target, crop(task.pair_in_memory.hsi, {8, 0, 2, 4})));
  CHECK(validation.input.hsi.rows() == 1);
  CHECK(validation.input.msi.rows() == 2);
  protocol.validation_fraction = 0.9;
  CHECK_THROWS_AS(make_task(random_scene(4, 8), protocol, 0), ConfigError);
}

TEST_CASE("protocol: split trains on the reference inside its part, and scores another") {
  const ProtocolConfig protocol = split(region(0, 0, 4, 8), region(0, 30, 4, 8), region(0, 60, 4, 8));
  const Scene scene = random_scene(4, 68);
  const Task task = make_task(scene, protocol, 0);
  CHECK(same(task.training.train[0].target, crop(*scene.reference, {0, 0, 4, 8})));
  CHECK(same(task.training.train[0].input.msi, crop(task.pair_in_memory.msi, {0, 0, 4, 8})));
  CHECK(same(task.training.train[0].input.hsi, crop(task.pair_in_memory.hsi, {0, 0, 2, 4})));
  CHECK(same(task.training.validation.at(0).target, crop(*scene.reference, {0, 30, 4, 8})));
  CHECK(task.scored == Rectangle{0, 60, 4, 8});
  CHECK(task.pair_in_memory.msi.cols() == 68);
}

TEST_CASE("protocol: split refuses parts that are too close, and a scene without a reference") {
  ProtocolConfig protocol = split(region(0, 0, 4, 8), region(0, 30, 4, 8), region(0, 40, 4, 8));
  Scene scene = random_scene(4, 68);
  CHECK_THROWS_AS(make_task(scene, protocol, 0), ConfigError);
  // Far enough apart for a patch of 31, not for one of 63.
  protocol.validation->col = 28;
  protocol.test->col = 60;
  CHECK_NOTHROW(make_task(scene, protocol, 0, {15, true}));
  CHECK_THROWS_AS(make_task(scene, protocol, 0, {31, true}), ConfigError);
  scene.measured = make_pair(scene, 0);
  scene.reference.reset();
  CHECK_THROWS_WITH_AS(make_task(scene, protocol, 0),
                       "protocol.type: expected another than split for a pair without a reference, got split",
                       ConfigError);
}

TEST_CASE("protocol: a measured pair is taken as it is, and noise follows the seed") {
  Scene scene = random_scene(12, 16);
  scene.degradation.hsi_snr_db = 20;
  const Pair one = make_pair(scene, 1);
  CHECK(same(one.hsi, make_pair(scene, 1).hsi));
  CHECK_FALSE(same(one.hsi, make_pair(scene, 2).hsi));
  scene.measured = one;
  CHECK(same(make_task(scene, {}, 2).pair_in_memory.hsi, one.hsi));
}

TEST_CASE("protocol: an estimate takes the place of what is known, for training as well") {
  Scene scene = random_scene(32, 48);
  scene.degradation.hsi_snr_db = 30;
  const Tensor known = scene.degradation.psf;
  CHECK_FALSE(make_task(scene, {}, 0).sensors.estimate);
  scene.estimate.psf = Trust::found;
  const Task task = make_task(scene, {}, 0);
  REQUIRE(task.sensors.estimate);
  CHECK(task.sensors.estimate->psf_fwhm);
  CHECK_FALSE(task.sensors.estimate->srf.defined());
  CHECK(task.training.train[0].input.degradation.psf.data() == task.pair_in_memory.degradation.psf.data());
  CHECK(task.pair_in_memory.degradation.psf.data() != known.data());
}

TEST_CASE("protocol: transfer trains on the references of other scenes, and on their last rows it validates") {
  Scene scene = random_scene(4, 8);
  scene.train = {random_scene(12, 16), random_scene(8, 6)};
  ProtocolConfig protocol;
  protocol.type = Protocol::transfer;
  const Task task = make_task(scene, protocol, 0);
  REQUIRE(task.training.train.size() == 2);
  CHECK(same(task.training.train[1].target, *scene.train[1].reference));
  CHECK(task.training.train[1].input.hsi.cols() == 3);
  CHECK(task.training.validation.empty());
  CHECK_FALSE(task.fine_tuning);
  CHECK_FALSE(task.scored);
  CHECK(task.pair_in_memory.msi.rows() == 4);

  scene.validation = {random_scene(10, 6)};
  protocol.fine_tune = FineTuneConfig{};
  const Task tuned = make_task(scene, protocol, 0);
  CHECK(same(tuned.training.validation.at(0).target, *scene.validation[0].reference));
  CHECK(same(tuned.fine_tuning.value().train.at(0).target, tuned.pair_in_memory.hsi));

  scene.validation.clear();
  protocol.validation_fraction = 0.25;
  const Task cut = make_task(scene, protocol, 0);
  REQUIRE(cut.training.validation.size() == 2);
  CHECK(same(cut.training.train[0].target, crop(*scene.train[0].reference, {0, 0, 8, 16})));
  CHECK(same(cut.training.validation[0].target, crop(*scene.train[0].reference, {8, 0, 4, 16})));
}

TEST_CASE("protocol: each scene of transfer has noise of its own") {
  Scene scene = random_scene(12, 16);
  scene.degradation.hsi_snr_db = 20;
  scene.train = {scene, scene};
  ProtocolConfig protocol;
  protocol.type = Protocol::transfer;
  const Task task = make_task(scene, protocol, 3);
  CHECK_FALSE(same(task.training.train[0].input.hsi, task.training.train[1].input.hsi));
  CHECK_FALSE(same(task.training.train[0].input.hsi, task.pair_in_memory.hsi));
  CHECK(same(task.training.train[1].input.hsi, make_task(scene, protocol, 3).training.train[1].input.hsi));
  CHECK_FALSE(same(task.training.train[1].input.hsi, make_task(scene, protocol, 4).training.train[1].input.hsi));
}

namespace {

/// All images that the fits of a task are given.
std::vector<Cube> seen_by_fits(const Task& task) {
  std::vector<TrainingPair> pairs = task.training.train;
  pairs.insert(pairs.end(), task.training.validation.begin(), task.training.validation.end());
  if (task.fine_tuning) pairs.insert(pairs.end(), task.fine_tuning->train.begin(), task.fine_tuning->train.end());
  std::vector<Cube> cubes;
  for (const TrainingPair& pair : pairs) cubes.insert(cubes.end(), {pair.input.hsi, pair.input.msi, pair.target});
  return cubes;
}

bool any_undefined(const std::vector<Cube>& cubes) {
  for (const Cube& cube : cubes) {
    for (Index i = 0; i < cube.values.size(); ++i) {
      if (std::isnan(cube.values[i])) return true;
    }
  }
  return false;
}

/// Makes every value of a part undefined, so that whatever saw it is undefined too.
void poison(Cube& cube, const Rectangle& part) {
  for (Index row = part.row; row < part.row + part.rows; ++row) {
    std::fill_n(cube.pixel(row, part.col), part.cols * cube.bands(), std::nanf(""));
  }
}

}  // namespace

TEST_CASE("protocol: what is learned from is the same where it waits on a disk") {
  const TemporaryFolder folder;
  Scene scene = random_scene(12, 16);
  scene.train = {random_scene(12, 16), random_scene(8, 6)};
  scene.validation = {random_scene(10, 6)};
  ProtocolConfig protocol;
  protocol.type = Protocol::transfer;
  for (const double fraction : {0.0, 0.25}) {
    protocol.validation_fraction = fraction;
    scene.scratch.clear();
    const std::vector<Cube> expected = seen_by_fits(make_task(scene, protocol, 3));
    scene.scratch = folder.file("");
    const std::vector<Cube> got = seen_by_fits(make_task(scene, protocol, 3));
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(same(got[i], expected[i]));
  }
  scene.scratch = folder.file("missing");
  CHECK_THROWS_WITH_AS(make_task(scene, protocol, 3), doctest::Contains("missing: cannot keep"), Error);
}

TEST_CASE("protocol: apply learns from nothing") {
  ProtocolConfig protocol;
  protocol.type = Protocol::apply;
  const Task task = make_task(random_scene(12, 16), protocol, 0);
  CHECK(task.training.train.empty());
  CHECK(task.training.validation.empty());
  CHECK(task.pair_in_memory.msi.cols() == 16);
}

TEST_CASE("protocol: no fit sees anything of the test, whatever the protocol") {
  // What is scored is poisoned before anything is made of it, and no poison may reach a fit.
  Scene scene = random_scene(4, 68);
  const ProtocolConfig parts = split(region(0, 0, 4, 8), region(0, 30, 4, 8), region(0, 60, 4, 8));
  poison(*scene.reference, *parts.test);
  const Task task = make_task(scene, parts, 0);
  CHECK(any_undefined({crop(task.pair_in_memory.msi, *task.scored)}));
  CHECK_FALSE(any_undefined(seen_by_fits(task)));

  // The reference is the test of all others; the sensors' pair is the input, and may be learned from.
  // It is too small to tell how the MSI lies on the HSI.
  Scene whole = random_scene(6, 8);
  whole.measured = make_pair(whole, 0);
  whole.train = {random_scene(8, 8)};
  poison(*whole.reference, {0, 0, 6, 8});
  for (const Protocol type : {Protocol::wald, Protocol::transfer, Protocol::apply}) {
    CAPTURE(name_of(type));
    ProtocolConfig protocol;
    protocol.type = type;
    if (type == Protocol::transfer) protocol.fine_tune = FineTuneConfig{};
    CHECK_FALSE(any_undefined(seen_by_fits(make_task(whole, protocol, 0))));
  }

  // Without fine-tuning, transfer learns nothing of the scene to fuse at all.
  poison(whole.measured->hsi, {0, 0, 3, 4});
  poison(whole.measured->msi, {0, 0, 6, 8});
  ProtocolConfig transfer;
  transfer.type = Protocol::transfer;
  CHECK_FALSE(any_undefined(seen_by_fits(make_task(whole, transfer, 0))));
  transfer.fine_tune = FineTuneConfig{};
  CHECK(any_undefined(seen_by_fits(make_task(whole, transfer, 0))));
}

TEST_CASE("protocol: what is kept for validation does not depend on whether anything has to be trained") {
  ProtocolConfig protocol;
  protocol.validation_fraction = 0.2;
  const Task all = make_task(random_scene(20, 8), protocol, 0),
             ready = make_task(random_scene(20, 8), protocol, 0, {0, false});
  REQUIRE(ready.training.train.size() == 1);
  CHECK(same(ready.training.train[0].target, all.training.train[0].target));
  CHECK(ready.training.validation.size() == 1);
  // Where nothing would be left to train on, nothing is.
  protocol.validation_fraction = 0.9;
  CHECK(make_task(random_scene(4, 8), protocol, 0, {0, false}).training.train.empty());
}

TEST_CASE("protocol: a part without data is refused before anything is fitted") {
  Scene scene = random_scene(4, 68);
  scene.reference->valid.assign(4 * 68, 1);
  for (std::size_t i = 0; i < scene.reference->valid.size(); ++i) scene.reference->valid[i] = i % 68 < 60;
  const ProtocolConfig parts = split(region(0, 0, 4, 8), region(0, 30, 4, 8), region(0, 60, 4, 8));
  CHECK_THROWS_WITH_AS(make_task(scene, parts, 0),
                       "protocol.test: expected data in both images, in the part that is scored, got none in any pixel",
                       ConfigError);
  const ProtocolConfig turned = split(region(0, 60, 4, 8), region(0, 30, 4, 8), region(0, 0, 4, 8));
  CHECK_THROWS_WITH_AS(make_task(scene, turned, 0),
                       "protocol: expected data in what is learned from, got none in any pixel", ConfigError);
  // No coarse pixel sees half.
  for (std::size_t i = 0; i < scene.reference->valid.size(); ++i)
    scene.reference->valid[i] = i % 68 % 2 + i / 68 % 2 == 2;
  CHECK_THROWS_WITH_AS(
      make_task(scene, {}, 0),
      "data.nodata: expected data in the HSI, in at least half of what some coarse pixel sees, got none in any pixel",
      ConfigError);
}
