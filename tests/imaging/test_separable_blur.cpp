#include <doctest/doctest.h>

#include "specfuse/core/threads.h"
#include "specfuse/imaging/adjoint.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/separable_blur.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// A PSF whose rows and columns are weighed differently.
Tensor product_psf(Index size) {
  const Tensor down = random_tensor({size}, "down"), across = random_tensor({size}, "across");
  Tensor psf({size, size});
  for (Index i = 0; i < size * size; ++i) psf[i] = (2 + down[i / size]) * (2 + across[i % size]);
  return psf;
}

void check_close(const Tensor& got, const Tensor& expected) {
  REQUIRE(got.shape() == expected.shape());
  for (Index i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-5).scale(10));
}

}  // namespace

TEST_CASE("an axis at a time is as all at once, for every boundary, lopsided PSFs and images smaller than the PSF") {
  for (const Boundary boundary : {Boundary::symmetric, Boundary::replicate, Boundary::circular}) {
    for (const Index ratio : {2, 3}) {
      Degradation degradation;
      degradation.ratio = ratio;
      degradation.boundary = boundary;
      degradation.psf = product_psf(ratio + 4);
      for (const Shape& shape : {Shape{1, 1, 1}, Shape{3, 5, 7}, Shape{6, 2, 19}}) {
        Cube fine, coarse;
        fine.values = random_tensor({shape[0] * ratio, shape[1] * ratio, shape[2]}, "fine");
        coarse.values = random_tensor(shape, "coarse");
        const auto blur = SeparableBlur::of(degradation, shape[0], shape[1]);
        REQUIRE(blur.has_value());
        check_close(blur->degrade(fine.values), degrade_spatially(fine, degradation).values);
        check_close(blur->adjoint(coarse.values), degrade_adjoint(coarse, degradation).values);
      }
    }
  }
}

TEST_CASE("Gaussians and boxes are products, others are left to the plain operators") {
  Degradation degradation;
  degradation.ratio = 4;
  for (const char* type : {"gaussian", "box"}) {
    PsfOptions options;
    options.type = type;
    degradation.psf = make_psf(options, 4);
    CHECK(SeparableBlur::of(degradation, 8, 8).has_value());
  }
  degradation.psf[5] += 1e-4f * degradation.psf[degradation.psf.size() / 2];
  CHECK(!SeparableBlur::of(degradation, 8, 8).has_value());
  degradation.psf = Tensor({4, 4});
  CHECK(!SeparableBlur::of(degradation, 8, 8).has_value());
}

TEST_CASE("the separable blur does not depend on the number of threads") {
  Degradation degradation;
  degradation.ratio = 2;
  degradation.psf = product_psf(6);
  const auto blur = SeparableBlur::of(degradation, 9, 5);
  const Tensor fine = random_tensor({18, 10, 21}, "fine");
  const int before = threads();
  set_threads(1);
  const Tensor alone = blur->degrade(fine);
  set_threads(3);
  const Tensor together = blur->degrade(fine);
  set_threads(before);
  for (Index i = 0; i < alone.size(); ++i) CHECK(alone[i] == together[i]);
}
