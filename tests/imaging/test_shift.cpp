#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/imaging/synthetic.h"

using namespace specfuse;

namespace {

Cube scene() {
  SyntheticOptions options;
  options.rows = 40;
  options.cols = 48;
  options.bands = 20;
  return synthetic_scene(options);
}

/// Root mean square of the difference over that of the image, away from the edges.
double relative_gap_inside(const Cube& one, const Cube& other, Index border) {
  double difference = 0, size = 0;
  for (Index row = border; row < one.rows() - border; ++row) {
    for (Index col = border; col < one.cols() - border; ++col) {
      for (Index b = 0; b < one.bands(); ++b) {
        const double off = double{one.pixel(row, col)[b]} - double{other.pixel(row, col)[b]};
        difference += off * off;
        size += double{other.pixel(row, col)[b]} * double{other.pixel(row, col)[b]};
      }
    }
  }
  return std::sqrt(difference / size);
}

}  // namespace

TEST_CASE("a shift by whole pixels moves the image up and to the left") {
  const Cube cube = scene(), moved = shift_image(cube, {2, -3}, Boundary::symmetric);
  for (Index b = 0; b < cube.bands(); ++b) {
    CHECK(moved.pixel(5, 7)[b] == cube.pixel(7, 4)[b]);
    CHECK(moved.pixel(39, 0)[b] == cube.pixel(38, 2)[b]);  // mirrored
  }
}

TEST_CASE("a ramp that is shifted by parts of a pixel is the ramp somewhere else") {
  Cube ramp(12, 12, 1);
  for (Index p = 0; p < ramp.pixels(); ++p) ramp.values[p] = static_cast<float>(10 * (p / 12) + p % 12);
  const Cube moved = shift_image(ramp, {0.25, -0.5}, Boundary::replicate);
  CHECK(moved.pixel(5, 6)[0] == doctest::Approx(10 * 5.25 + 5.5));
}

TEST_CASE("a shift that is undone gives the image back, without noise nearly to the last digit") {
  const Cube cube = scene();
  for (const std::array<double, 2> shift : {std::array{0.4, -0.7}, {-1.3, 2.2}, {0.0, 0.3}}) {
    const Cube back = undo_shift(shift_image(cube, shift, Boundary::symmetric), shift, Boundary::symmetric);
    CHECK(relative_gap_inside(back, cube, 6) < 2e-4);
  }
}

TEST_CASE("in noise a shift is undone without making much of it") {
  const Cube cube = scene();
  const std::array<double, 2> shift{0.4, -0.7};
  Cube seen = shift_image(cube, shift, Boundary::symmetric);
  add_noise(seen, 30, 1, 2);
  const double noise = std::pow(10, -30.0 / 20);
  CHECK(relative_gap_inside(undo_shift(seen, shift, Boundary::symmetric), cube, 6) < 1.5 * noise);
  // The smallest penalty, which suits an image without noise, makes twice as much of it.
  const std::vector<double> least(static_cast<std::size_t>(seen.bands()), 1e-6);
  CHECK(relative_gap_inside(undo_shift(seen, shift, Boundary::symmetric, least), cube, 6) > 1.8 * noise);
}

TEST_CASE("what was not seen has no data when a shift is undone, and gaps move with the image") {
  Cube cube = scene();
  const auto valid_at = [](const Cube& image, Index row, Index col) {
    return image.is_valid(row * image.cols() + col);
  };
  const Cube little = undo_shift(cube, {0.4, -0.3}, Boundary::symmetric);
  CHECK(little.valid.empty());
  // What nobody saw is at the edges that the image moved away from, and nowhere else.
  const auto without = [&](const std::array<double, 2>& by) {
    const Cube all = undo_shift(cube, by, Boundary::symmetric);
    Rectangle seen{all.rows(), all.cols(), 0, 0};
    Index count = 0;
    for (Index row = 0; row < all.rows(); ++row) {
      for (Index col = 0; col < all.cols(); ++col) {
        if (!valid_at(all, row, col)) continue;
        ++count;
        seen = {std::min(seen.row, row), std::min(seen.col, col), std::max(seen.rows, row + 1),
                std::max(seen.cols, col + 1)};
      }
    }
    CHECK(count == (seen.rows - seen.row) * (seen.cols - seen.col));
    return std::array<Index, 4>{seen.row, seen.col, all.rows() - seen.rows, all.cols() - seen.cols};
  };
  CHECK(without({1, 2}) == std::array<Index, 4>{1, 2, 0, 0});
  CHECK(without({-2, -1}) == std::array<Index, 4>{0, 0, 2, 1});
  CHECK(without({0.4, 1}) == std::array<Index, 4>{0, 1, 0, 0});
  const Cube back = undo_shift(cube, {1.2, -0.7}, Boundary::symmetric);
  CHECK_FALSE(valid_at(back, 0, 5));  // seen from row 1.2 on
  CHECK(valid_at(back, 1, 5));
  CHECK_FALSE(valid_at(back, 5, 47));  // and up to column 46.3
  CHECK(valid_at(back, 5, 46));
  cube.valid.assign(static_cast<std::size_t>(cube.pixels()), 1);
  cube.valid[10 * 48 + 20] = 0;
  const Cube with_gap = undo_shift(cube, {1.2, -0.7}, Boundary::symmetric);
  CHECK_FALSE(valid_at(with_gap, 11, 19));
  CHECK(valid_at(with_gap, 10, 20));
}
