#include <doctest/doctest.h>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/experiment/protocol.h"

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

}  // namespace

TEST_CASE("protocol: wald trains one scale down, with the hsi as the answer") {
  const Task task = make_task(random_scene(12, 16), {}, 0);
  REQUIRE(task.training.train.size() == 1);
  const TrainingPair& pair = task.training.train[0];
  CHECK(same(pair.target, task.pair.hsi));
  CHECK(pair.input.msi.rows() == 6);
  CHECK(pair.input.hsi.rows() == 3);
  CHECK_FALSE(task.training.validation);
  CHECK_FALSE(task.scored);
}

TEST_CASE("protocol: wald crops the target where the hsi does not divide by the ratio") {
  const Task task = make_task(random_scene(14, 10), {}, 0);
  const TrainingPair& pair = task.training.train[0];
  CHECK(same(pair.target, crop(task.pair.hsi, {0, 0, 6, 4})));
  CHECK(pair.input.msi.cols() == 4);
}

TEST_CASE("protocol: wald keeps the last rows for validation, whole coarse pixels of them") {
  ProtocolConfig protocol;
  protocol.validation_fraction = 0.2;  // of 5 coarse rows: one
  const Task task = make_task(random_scene(20, 8), protocol, 0);
  const TrainingPair& train = task.training.train[0];
  const TrainingPair& validation = task.training.validation.value();
  CHECK(same(train.target, crop(task.pair.hsi, {0, 0, 8, 4})));
  CHECK(same(validation.target, crop(task.pair.hsi, {8, 0, 2, 4})));
  CHECK(validation.input.hsi.rows() == 1);
  CHECK(validation.input.msi.rows() == 2);
  protocol.validation_fraction = 0.9;
  CHECK_THROWS_AS(make_task(random_scene(4, 8), protocol, 0), ConfigError);
}

TEST_CASE("protocol: split trains on the reference inside its part, and scores another") {
  ProtocolConfig protocol{"split", 0, region(0, 0, 4, 8), region(0, 30, 4, 8), region(0, 60, 4, 8)};
  const Scene scene = random_scene(4, 68);
  const Task task = make_task(scene, protocol, 0);
  CHECK(same(task.training.train[0].target, crop(*scene.reference, {0, 0, 4, 8})));
  CHECK(same(task.training.train[0].input.msi, crop(task.pair.msi, {0, 0, 4, 8})));
  CHECK(same(task.training.train[0].input.hsi, crop(task.pair.hsi, {0, 0, 2, 4})));
  CHECK(same(task.training.validation.value().target, crop(*scene.reference, {0, 30, 4, 8})));
  CHECK(task.scored == Rectangle{0, 60, 4, 8});
  CHECK(task.pair.msi.cols() == 68);
}

TEST_CASE("protocol: split refuses parts that are too close, and a scene without a reference") {
  ProtocolConfig protocol{"split", 0, region(0, 0, 4, 8), region(0, 30, 4, 8), region(0, 40, 4, 8)};
  Scene scene = random_scene(4, 68);
  CHECK_THROWS_AS(make_task(scene, protocol, 0), ConfigError);
  // Far enough apart for a patch of 31, not for one of 63.
  protocol.validation->col = 28;
  protocol.test->col = 60;
  CHECK_NOTHROW(make_task(scene, protocol, 0, 15));
  CHECK_THROWS_AS(make_task(scene, protocol, 0, 31), ConfigError);
  scene.measured = make_pair(scene, 0);
  scene.reference.reset();
  CHECK_THROWS_WITH_AS(make_task(scene, protocol, 0),
                       "protocol.type: expected wald for a pair without a reference, got split", ConfigError);
}

TEST_CASE("protocol: a measured pair is taken as it is, and noise follows the seed") {
  Scene scene = random_scene(12, 16);
  scene.degradation.hsi_snr_db = 20;
  const Pair one = make_pair(scene, 1);
  CHECK(same(one.hsi, make_pair(scene, 1).hsi));
  CHECK_FALSE(same(one.hsi, make_pair(scene, 2).hsi));
  scene.measured = one;
  CHECK(same(make_task(scene, {}, 2).pair.hsi, one.hsi));
}

TEST_CASE("protocol: an estimate takes the place of what is known, for training as well") {
  Scene scene = random_scene(32, 48);
  const Tensor known = scene.degradation.psf;
  CHECK_FALSE(make_task(scene, {}, 0).estimate);
  scene.estimate.psf = true;
  const Task task = make_task(scene, {}, 0);
  REQUIRE(task.estimate);
  CHECK(task.estimate->psf_fwhm);
  CHECK_FALSE(task.estimate->srf.defined());
  CHECK(task.training.train[0].input.degradation.psf.data() == task.pair.degradation.psf.data());
  CHECK(task.pair.degradation.psf.data() != known.data());
}
