#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "estimate/field_pair.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

const EstimateOptions kShiftTested = asking(Trust::told, Trust::told, Trust::told, Trust::tested);

/// How far down and to the right the MSI of `sheared` samples the scene.
std::array<double, 2> shift_there(double row, double col) {
  return {0.2 + 0.7 * row / 128 + 0.5 * col / 128, 0.6 - 1.2 * col / 128};
}

struct Sheared {
  Pair pair;
  /// What the HSI would see of what the MSI shows, pixel on pixel.
  Cube msi_scene;
};

Sheared sheared(std::optional<double> snr_db) {
  Setting setting;
  setting.snr_db = {};
  Sheared result{simulated(setting), shift_image(landscape(), shift_there, Boundary::symmetric, 32)};
  Pair& pair = result.pair;
  const std::vector<double> wavelength_nm = pair.msi.wavelength_nm;
  pair.msi = degrade_spectrally(result.msi_scene, pair.degradation.srf);
  pair.msi.wavelength_nm = wavelength_nm;
  if (snr_db) {
    add_noise(pair.hsi, *snr_db, 1, 1);
    add_noise(pair.msi, *snr_db, 1, 2);
  }
  return result;
}

/// Coarse pixels that the MSI shows all of.
constexpr Rectangle kInside{2, 2, 28, 28};

}  // namespace

TEST_CASE("shift field: a registration that varies over the image is found, and taken out of the HSI" *
          doctest::test_suite("long")) {
  for (const std::optional<double> snr_db : {std::optional<double>(), std::optional<double>(35)}) {
    CAPTURE(snr_db.has_value());
    const auto [pair, msi_scene] = sheared(snr_db);
    const Estimate estimate = estimate_degradation(WholePair(pair), kShiftTested);
    REQUIRE(estimate.field);
    const std::array<double, 2> shift = estimate.shift.value_or(std::array<double, 2>{});
    const ShiftAt found = onto_msi(*estimate.field, {-shift[0], -shift[1]}, {});
    for (const double row : {16.0, 64.0, 112.0}) {
      for (const double col : {16.0, 64.0, 112.0}) {
        for (std::size_t axis = 0; axis < 2; ++axis)
          CHECK(std::abs(found(row, col)[axis] - shift_there(row, col)[axis]) < (snr_db ? 0.05 : 0.02));
      }
    }
    CHECK(contains(estimate.findings[0].found, "right, over the image"));
    CHECK(contains(estimate.findings[0].why, "under one shift for all"));
    const Pair used = with_estimate(pair, estimate);
    CHECK(used.msi.values.data() == pair.msi.values.data());
    const Cube wanted = crop(degrade_spatially(msi_scene, used.degradation), kInside);
    const double before = relative_l2(crop(pair.hsi, kInside).values, wanted.values);
    CHECK(relative_l2(crop(used.hsi, kInside).values, wanted.values) < before / (snr_db ? 1.5 : 4));
  }
}

TEST_CASE("shift field: there is none where one shift explains it, with noise or without, and where an area changed") {
  for (const std::optional<double> snr_db : {std::optional<double>(), std::optional<double>(35)}) {
    Setting setting;
    setting.snr_db = snr_db;
    setting.shift = {0.8, -0.5};
    CHECK_FALSE(estimate_degradation(WholePair(changed(simulated(setting))), kShiftTested).field);
  }
}

TEST_CASE("shift field: what is moved onto the MSI and back is where it was") {
  const ShiftField field({128, 128}, {std::vector<double>{0.3, 0.5, 0.1, -0.2, 0.15}, {-0.4, 0.2, 0, 0.1, 0.2}});
  const Cube scene = simulated({}).msi;
  const Cube moved = shift_image(scene, onto_msi(field, {}, {}), Boundary::symmetric, 32);
  const auto off = [&](const Cube& image) {
    const Degradation degradation = simulated({}).degradation;
    const Rectangle coarse{4, 4, 24, 24};
    return relative_l2(crop(degrade_spatially(image, degradation), coarse).values,
                       crop(degrade_spatially(scene, degradation), coarse).values);
  };
  CHECK(off(on_hsi(moved, field, {}, Boundary::symmetric)) < off(moved) / 20);
  // A part that begins elsewhere has the shifts of that place.
  const Cube part = crop(scene, {40, 24, 64, 80});
  const Cube of_part = crop(on_hsi(part, field, {40, 24}, Boundary::symmetric), {16, 16, 32, 48});
  CHECK(relative_l2(of_part.values, crop(on_hsi(scene, field, {}, Boundary::symmetric), {56, 40, 32, 48}).values) <
        1e-6);
  CHECK(field.farthest() > 0.8);
}
