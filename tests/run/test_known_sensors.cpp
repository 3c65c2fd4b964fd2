#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "estimate/field_pair.h"
#include "run/measured_pair.h"
#include "specfuse/core/error.h"
#include "specfuse/run/protocol.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/pair_file.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

const EstimateOptions kNothing = asking(Trust::told, Trust::told, Trust::told, Trust::told);

}  // namespace

TEST_CASE("known sensors: a reference is brought to the grid of the MSI to a hundredth of a pixel") {
  Setting setting;
  setting.shift = {0.8, -0.5};
  const Pair pair = simulated(setting);
  const Cube reference = landscape();
  KnownSensors known = look_at_sensors(WholePair(pair), all_tested(), true);
  REQUIRE(known.estimate);
  REQUIRE(known.estimate->shift);
  // A start that is off by some hundredths.
  (*known.estimate->shift)[0] += 0.05;
  known.register_reference(reference, known.apply(pair));
  // The MSI samples the scene further down, so on its grid all lies further up.
  for (std::size_t axis = 0; axis < 2; ++axis)
    CHECK(std::abs(known.reference_shift[axis] + setting.shift[axis]) < 0.01);
  const Rectangle inside{8, 8, 112, 112};
  const Cube placed = known.on_msi(in_memory(reference), Boundary::symmetric)->read_all(),
             expected = phase_shifted(reference, setting.shift);
  CHECK(relative_l2(crop(placed, inside).values, crop(expected, inside).values) < 0.01);
  CHECK(relative_l2(crop(reference, inside).values, crop(expected, inside).values) > 0.05);
  // Without a shift it stays where it is.
  KnownSensors none = look_at_sensors(WholePair(pair), kNothing, false);
  none.register_reference(reference, pair);
  CHECK(none.on_msi(in_memory(reference), Boundary::symmetric)->read_all().values.data() == reference.values.data());
}

TEST_CASE("known sensors: a pair is as it was told where nothing is asked for, and with what was found where it is") {
  const Pair pair = changed(simulated({}));
  const KnownSensors nothing = look_at_sensors(WholePair(pair), kNothing, false);
  CHECK_FALSE(nothing.estimate);
  CHECK(nothing.halo(pair.degradation) == 0);
  CHECK(nothing.apply(pair).msi.values.data() == pair.msi.values.data());
  const KnownSensors known = look_at_sensors(WholePair(pair), all_tested(), true);
  CHECK(known.halo(pair.degradation) > 0);
  CHECK(relative_l2(known.apply(pair).msi.values, simulated({}).msi.values) <
        relative_l2(pair.msi.values, simulated({}).msi.values) / 3);
  // What the sensors leave open is part of what a method says of its error.
  const Pair applied = known.apply(pair);
  FusedCube fusion{landscape(), landscape()};
  fusion.sigma->values = Tensor(fusion.sigma->values.shape());
  known.widen_sigma(applied, fusion);
  const auto relative = [&](Index row, Index col) {
    return fusion.sigma->pixel(row, col)[50] / landscape().pixel(row, col)[50];
  };
  CHECK(relative(50, 60) > 1.5f * relative(10, 10));
  CHECK(fusion.sigma->pixel(10, 10)[50] > 0);
}

TEST_CASE("known sensors: a pair on disk is the same part by part as in memory as a whole" *
          doctest::test_suite("long")) {
  Setting setting;
  setting.shift = {0.8, -0.5};
  const Pair pair = changed(simulated(setting));
  const Cube reference = landscape();
  const TemporaryFolder folder;
  write_pair(folder.file("pair.h5"), PairFile{pair.hsi, pair.msi, 4, reference, pair.degradation.srf});
  ExperimentConfig config;
  config.data.pair = folder.file("pair.h5");
  config.protocol.type = Protocol::apply;
  Scene scene = load_scene(config, {"."}, nullptr, "", 0);
  scene.estimate = all_tested();
  scene.harmonise = true;
  const Task large = make_task(scene, config.protocol, 1);
  REQUIRE(large.is_large);
  KnownSensors known = look_at_sensors(WholePair(pair), all_tested(), true);
  const Pair applied = known.apply(pair);
  known.register_reference(reference, applied);
  CHECK(*large.sensors.estimate->shift == *known.estimate->shift);
  CHECK(large.sensors.reference_shift == known.reference_shift);
  CHECK(same(large.pair->degradation().psf, applied.degradation.psf));
  const Cube placed = known.on_msi(in_memory(reference), Boundary::symmetric)->read_all();
  double worst = 0;
  for (const Rectangle& part : parts_of(32, 32, 12, 4)) {
    const Pair read = large.pair->read(part);
    const Rectangle fine = fine_part(part, 4);
    worst = std::max(worst, relative_l2(read.msi.values, crop(applied.msi, fine).values));
    CHECK(relative_l2(read.hsi.values, crop(applied.hsi, part).values) < 1e-6);
    CHECK(relative_l2(read.disagreement.values, crop(applied.disagreement, part).values) < 1e-6);
    CHECK(relative_l2(large.reference->read(fine).values, crop(placed, fine).values) < 1e-6);
  }
  // The edge of an area that a part cuts is sharpened with less around it.
  CHECK(worst < 2e-3);
}

TEST_CASE("known sensors: where the registration varies, a reference follows it, part by part as well" *
          doctest::test_suite("long")) {
  const Cube& reference = landscape();
  const auto there = [](double row, double) { return std::array{0.2 + 1.2 * row / 128, -0.3}; };
  const Cube on_msi = shift_image(reference, there, Boundary::symmetric, 64);
  Pair pair = simulated({});
  const std::vector<double> wavelength_nm = pair.msi.wavelength_nm;
  pair.msi = degrade_spectrally(on_msi, pair.degradation.srf);
  pair.msi.wavelength_nm = wavelength_nm;
  KnownSensors known = look_at_sensors(WholePair(pair), all_tested(), true);
  REQUIRE(known.estimate);
  REQUIRE(known.estimate->field);
  const Pair applied = known.apply(pair);
  known.register_reference(reference, applied);
  const ImagePtr placed = known.on_msi(in_memory(reference), Boundary::symmetric);
  const Rectangle inside{8, 8, 112, 112};
  const Cube seen = placed->read(inside);
  CHECK(relative_l2(seen.values, crop(on_msi, inside).values) < 0.01);
  CHECK(relative_l2(crop(reference, inside).values, crop(on_msi, inside).values) > 0.05);
  CHECK(relative_l2(placed->read({8, 40, 70, 60}).values, crop(placed->read_all(), {8, 40, 70, 60}).values) < 1e-4);
  const SensedPair by_parts(std::make_shared<WholePair>(pair), known);
  const Rectangle part{4, 9, 12, 13};
  CHECK(relative_l2(by_parts.read(part).hsi.values, crop(applied.hsi, part).values) < 1e-6);
}

TEST_CASE("known sensors: what cannot be tested or harmonised is a warning, and an error where it is asked for") {
  const Pair pair = simulated({});
  Pair small = crop_pair(pair, {0, 0, 12, 12});
  const KnownSensors untested = look_at_sensors(WholePair(small), all_tested(), true);
  REQUIRE(untested.warnings.size() == 2);
  CHECK(contains(untested.warnings[0], "could not be tested against the pair and is taken as it is: "));
  CHECK(contains(untested.warnings[1], "the MSI is not harmonised with the HSI: "));
  CHECK(relative_l2(untested.apply(small).msi.values, small.msi.values) == 0);
  EstimateOptions asked = all_tested();
  asked.shift = Trust::found;
  CHECK_THROWS_AS(look_at_sensors(WholePair(small), asked, false), Error);
  Pair blind = pair;
  blind.degradation.srf = {};
  const KnownSensors unknown = look_at_sensors(WholePair(blind), kNothing, true);
  REQUIRE(unknown.warnings.size() == 1);
  CHECK(unknown.warnings[0] == "the MSI is not harmonised with the HSI, as its response is not known");
}

TEST_CASE("known sensors: an MSI that is turned is refused with what turns it back") {
  Pair pair = simulated({});
  CHECK_NOTHROW(check_orientation(pair, ""));
  const Cube msi = pair.msi;
  pair.msi.values = msi.values.clone();
  for (Index row = 0; row < msi.rows(); ++row)
    std::copy_n(msi.pixel(msi.rows() - 1 - row, 0), msi.cols() * msi.bands(), pair.msi.pixel(row, 0));
  const std::string said = message_of<ConfigError>([&] { check_orientation(pair, ""); });
  CHECK(contains(said, "data: the MSI lies upside down on the HSI: turned back, the HSI explains "));
  CHECK(contains(said, "; --set data.orientation=flip_rows turns it back"));
  // What was said of it already counts.
  CHECK(
      contains(message_of<ConfigError>([&] { check_orientation(pair, "flip_cols"); }), "data.orientation=rotate_180 "));
  CHECK(contains(message_of<ConfigError>([&] { check_orientation(pair, "flip_rows"); }),
                 "; without `data.orientation` it lies right"));
}
