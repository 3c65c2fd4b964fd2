#include <doctest/doctest.h>

#include <cmath>

#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/imaging/synthetic.h"
#include "support/phase_shift.h"

using namespace specfuse;
using namespace specfuse::testing;

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

TEST_CASE("a shift by parts of a pixel is a phase in the spectrum of the mirrored image") {
  const Cube cube = scene();
  for (const std::array<double, 2> shift : {std::array{0.4, -0.7}, {-1.3, 2.2}, {0.0, 0.3}}) {
    const Cube moved = shift_image(cube, shift, Boundary::symmetric);
    CHECK(relative_gap_inside(moved, phase_shifted(cube, shift), 0) < 0.01);
    // No detail is lost on the way there and back.
    const Cube all = shift_image(cube, shift, Boundary::circular);
    const Cube back = shift_image(all, {-shift[0], -shift[1]}, Boundary::circular);
    CHECK(relative_gap_inside(back, cube, 0) < 0.02);
  }
}

TEST_CASE("a shift takes no more than its reach") {
  Cube image(300, 1, 1);
  image.pixel(150, 0)[0] = 1;
  const Index reach = shift_reach({-1.5, 0.2});
  const Cube whole = shift_image(image, {-1.5, 0.2}, Boundary::symmetric);
  for (Index row = 0; row < 300; ++row) {
    if (std::abs(row - 150) > reach) CHECK(whole.pixel(row, 0)[0] == 0);
  }
  CHECK(whole.pixel(151, 0)[0] == doctest::Approx(whole.pixel(152, 0)[0]));
}

TEST_CASE("a PSF that is moved sees an image where the moved image lies") {
  const Cube cube = scene();
  Degradation degradation;
  degradation.ratio = 4;
  degradation.boundary = Boundary::circular;
  degradation.psf = make_psf({}, 4);
  const std::array<double, 2> shift{0.4, -5.7};
  // Reading the image further down is what a PSF that points further down does.
  const Cube expected = degrade_spatially(shift_image(cube, shift, Boundary::circular), degradation);
  const Index size = moved_psf_size(degradation.psf, shift), given = degradation.psf.dim(0);
  CHECK((size - given) % 2 == 0);
  degradation.psf = moved_psf(degradation.psf, shift, size);
  double total = 0;
  for (Index i = 0; i < degradation.psf.size(); ++i) total += double{degradation.psf[i]};
  CHECK(total == doctest::Approx(1));
  CHECK(relative_gap_inside(degrade_spatially(cube, degradation), expected, 0) < 1e-3);
  const std::array<double, 2> centre = psf_centre(degradation.psf);
  for (std::size_t axis = 0; axis < 2; ++axis) CHECK(std::abs(centre[axis] - shift[axis]) < 0.05);
  const Tensor still = make_psf({}, 4), moved = moved_psf(still, {0, 0}, given);
  for (Index i = 0; i < still.size(); ++i) CHECK(moved[i] == doctest::Approx(still[i]));
  CHECK(moved_psf_size(still, {0, 0}) == given);
}

TEST_CASE("a shift that is the same everywhere is that shift, and one that varies holds for each pixel") {
  const Cube cube = scene();
  const std::array<double, 2> shift{0.4, -0.7};
  const Cube same = shift_image(
      cube, [&](double, double) { return shift; }, Boundary::symmetric, 64);
  CHECK(relative_gap_inside(same, shift_image(cube, shift, Boundary::symmetric), 0) < 1e-6);
  // Of a plane the values at any place are known; away from its edges, which mirror it.
  Cube plane(60, 60, 1);
  const auto height = [](double row, double col) { return 100 + 3 * row - 2 * col; };
  for (Index p = 0; p < plane.pixels(); ++p)
    plane.values[p] = static_cast<float>(height(static_cast<double>(p / 60), static_cast<double>(p % 60)));
  const auto there = [](double row, double col) { return std::array{0.01 * row - 0.02 * col, 0.5 + 0.02 * row}; };
  const Cube moved = shift_image(plane, there, Boundary::symmetric, 16);
  for (const Index row : {15, 30, 44}) {
    for (const Index col : {15, 30, 44}) {
      const auto r = static_cast<double>(row), c = static_cast<double>(col);
      CHECK(std::abs(double{*moved.pixel(row, col)} - height(r + there(r, c)[0], c + there(r, c)[1])) < 0.03);
    }
  }
}
