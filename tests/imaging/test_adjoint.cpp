#include <doctest/doctest.h>

#include "specfuse/core/error.h"
#include "specfuse/imaging/adjoint.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("degrade_adjoint: inner products agree for every boundary, lopsided PSFs and images smaller than the PSF") {
  for (const Boundary boundary : {Boundary::symmetric, Boundary::replicate, Boundary::circular}) {
    for (const Index ratio : {2, 3}) {
      Degradation degradation;
      degradation.ratio = ratio;
      degradation.boundary = boundary;
      degradation.psf = random_tensor({ratio + 4, ratio + 4}, "psf");
      for (const Shape& shape : {Shape{1, 1, 1}, Shape{3, 5, 7}, Shape{6, 2, 3}}) {
        Cube fine, coarse;
        fine.values = random_tensor({shape[0] * ratio, shape[1] * ratio, shape[2]}, "fine");
        coarse.values = random_tensor(shape, "coarse");
        const double there = dot(degrade_spatially(fine, degradation).values, coarse.values);
        const double back = dot(fine.values, degrade_adjoint(coarse, degradation).values);
        CHECK(there == doctest::Approx(back).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("degrade_adjoint: carries wavelengths and refuses a PSF that does not fit the ratio") {
  Degradation degradation;
  degradation.ratio = 2;
  degradation.psf = make_psf({}, 2);
  Cube coarse(2, 3, 2);
  coarse.wavelength_nm = {500, 600};
  CHECK(degrade_adjoint(coarse, degradation).wavelength_nm == coarse.wavelength_nm);
  degradation.psf = Tensor({3, 3});
  CHECK_THROWS_WITH_AS(degrade_adjoint(coarse, degradation),
                       doctest::Contains("expected a square PSF of even size, got [3, 3]"), Error);
}
