#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "estimate/field_pair.h"
#include "specfuse/core/error.h"
#include "specfuse/estimate/registration.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// rows() - 1 - row, and the like, by a place (row, col) in the new image.
template <class Place>
Cube turned(const Cube& image, const Place& place) {
  Cube result(image.rows(), image.cols(), image.bands());
  for (Index row = 0; row < image.rows(); ++row) {
    for (Index col = 0; col < image.cols(); ++col) {
      const auto [r, c] = place(row, col);
      std::copy_n(image.pixel(r, c), image.bands(), result.pixel(row, col));
    }
  }
  return result;
}

}  // namespace

TEST_CASE("registration: images are brought together to a hundredth of a pixel, whatever gain, offset and what moved") {
  const Cube still = simulated({}).msi;
  for (const std::array<double, 2> shift : {std::array{0.4, -0.7}, {-1.3, 2.2}, {0.0, 0.0}}) {
    CAPTURE(shift[0]);
    Cube moving = phase_shifted(still, shift);
    for (Index i = 0; i < moving.values.size(); ++i) moving.values[i] = 0.7f * moving.values[i] + 200;
    // Something that moved elsewhere between the dates.
    const Cube other = phase_shifted(still, {3, 4});
    for (Index row = 36; row < 68; ++row) std::copy_n(other.pixel(row, 52), 28 * 6, moving.pixel(row, 52));
    const std::array<double, 2> found =
        register_images(still, moving, {std::round(shift[0]), std::round(shift[1])}, Boundary::symmetric);
    // Moved back by what it was moved.
    for (std::size_t axis = 0; axis < 2; ++axis) CHECK(std::abs(found[axis] - shift[axis]) < 0.01);
  }
  CHECK_THROWS_AS(register_images(still, crop(still, {0, 0, 5, 5}), {}, Boundary::symmetric), Error);
}

TEST_CASE("registration: each way in which an MSI can lie on the HSI is named, and none where it lies right") {
  const Pair pair = simulated({});
  CHECK(better_orientation(pair).empty());
  const Index last = pair.msi.rows() - 1;
  const auto named = [&](const auto& place) {
    Pair other = pair;
    other.msi = turned(pair.msi, place);
    return better_orientation(other);
  };
  using Place = std::pair<Index, Index>;
  CHECK(contains(named([&](Index r, Index c) { return Place{last - r, c}; }), "the MSI lies upside down on the HSI"));
  CHECK(contains(named([&](Index r, Index c) { return Place{r, last - c}; }), "lies mirrored left to right on"));
  CHECK(contains(named([&](Index r, Index c) { return Place{last - r, last - c}; }), "lies turned by 180 degrees on"));
  CHECK(contains(named([&](Index r, Index c) { return Place{c, r}; }), "lies transposed on"));
  // Clockwise: what was in the first column, from below, is in the first row.
  CHECK(contains(named([&](Index r, Index c) { return Place{last - c, r}; }), "by 90 degrees clockwise"));
  CHECK(contains(named([&](Index r, Index c) { return Place{c, last - r}; }), "by 90 degrees anticlockwise"));
  CHECK(contains(named([&](Index r, Index c) { return Place{last - c, last - r}; }), "across the other diagonal"));
  Pair other = pair;
  other.msi = simulated({"box", 4, 4, 35, 7}).msi;
  CHECK(better_orientation(other).empty());  // of another place
}
