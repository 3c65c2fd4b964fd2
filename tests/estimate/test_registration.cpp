#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "estimate/field_pair.h"
#include "specfuse/core/error.h"
#include "specfuse/estimate/registration.h"
#include "specfuse/imaging/orientation.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("registration: images are brought together to a hundredth of a pixel, whatever gain, offset and what moved" *
          doctest::test_suite("long")) {
  const Cube still = crop(simulated({}).msi, {24, 30, 80, 80});
  for (const std::array<double, 2> shift : {std::array{0.4, -0.7}, {-1.3, 2.2}, {0.0, 0.0}}) {
    CAPTURE(shift[0]);
    Cube moving = phase_shifted(still, shift);
    for (Index i = 0; i < moving.values.size(); ++i) moving.values[i] = 0.7f * moving.values[i] + 200;
    // Something that moved elsewhere between the dates.
    const Cube other = phase_shifted(still, {3, 4});
    for (Index row = 22; row < 42; ++row) std::copy_n(other.pixel(row, 32), 18 * 6, moving.pixel(row, 32));
    const std::array<double, 2> found =
        register_images(still, moving, {std::round(shift[0]), std::round(shift[1])}, Boundary::symmetric);
    // Moved back by what it was moved.
    for (std::size_t axis = 0; axis < 2; ++axis) CHECK(std::abs(found[axis] - shift[axis]) < 0.01);
  }
  CHECK_THROWS_AS(register_images(still, crop(still, {0, 0, 5, 5}), {}, Boundary::symmetric), Error);
}

TEST_CASE("registration: each way in which an MSI can lie on the HSI is named, and none where it lies right") {
  const Pair pair = simulated({});
  CHECK(better_orientation(pair).name.empty());
  const char* const lies[] = {
      "upside down on",          "mirrored left to right on",   "turned by 180 degrees on", "transposed on",
      "by 90 degrees clockwise", "by 90 degrees anticlockwise", "across the other diagonal"};
  for (std::size_t i = 0; i < orientations().size(); ++i) {
    // Turned so that this one mends it.
    const Orientation& mends = orientations()[i];
    const auto undone = std::find_if(orientations().begin(), orientations().end(),
                                     [&](const Orientation& one) { return combined(one.name, mends.name).empty(); });
    REQUIRE(undone != orientations().end());
    Pair other = pair;
    other.msi = oriented(pair.msi, *undone);
    const BetterOrientation better = better_orientation(other);
    CHECK(better.name == mends.name);
    CHECK(contains(better.text, lies[i]));
  }
  Pair other = pair;
  other.msi = simulated({"box", 4, 4, 35, 7}).msi;
  CHECK(better_orientation(other).name.empty());  // of another place
}
