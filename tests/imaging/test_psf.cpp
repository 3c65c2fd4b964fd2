#include "specfuse/core/error.h"
#include "specfuse/imaging/psf.h"
#include "support/golden.h"
#include "support/message_of.h"

using namespace specfuse;

namespace {

Tensor gaussian(Index ratio, double fwhm) {
  PsfOptions options;
  options.fwhm = fwhm;
  return make_psf(options, ratio);
}

PsfOptions of_type(const std::string& type) {
  PsfOptions options;
  options.type = type;
  return options;
}

double total(const Tensor& x) {
  double sum = 0;
  for (Index i = 0; i < x.size(); ++i) sum += double{x[i]};
  return sum;
}

}  // namespace

TEST_CASE("psf: a Gaussian agrees with NumPy for even and odd ratios") {
  check_digest(gaussian(2, 2), {0.01, 0.01, 7.35});
  check_digest(gaussian(3, 3), {0.009124683282, 0.009124683282, 7});
  check_digest(gaussian(4, 4), {0.0008177014312, 0.0008177014312, 7});
  check_digest(gaussian(5, 3.5), {5.175040802e-05, 5.175040802e-05, 6.959008886});
}

TEST_CASE("psf: the default width is the ratio, and a vanishing one leaves the middle pixels") {
  const Tensor standard = make_psf({}, 3), wide = gaussian(3, 3);
  CHECK(std::equal(standard.data(), standard.data() + 25, wide.data()));
  CHECK(gaussian(2, 1e-3)[5] == 0.25f);
  CHECK(gaussian(3, 1e-3)[12] == 1.0f);
}

TEST_CASE("psf: box covers the block, delta its middle, and both sum to one") {
  for (const Index ratio : {2, 3, 4, 5}) {
    const Tensor box = make_psf(of_type("box"), ratio), delta = make_psf(of_type("delta"), ratio);
    CHECK(box.shape() == Shape{ratio, ratio});
    CHECK(delta.dim(0) == 2 - ratio % 2);
    CHECK(total(box) == doctest::Approx(1));
    CHECK(total(delta) == doctest::Approx(1));
    CHECK(box[0] == doctest::Approx(1.0 / static_cast<double>(ratio * ratio)));
  }
}

TEST_CASE("psf: a kernel is read line by line and scaled") {
  const Tensor kernel = parse_kernel_csv("# measured\n1, 2\n\n3,\"10\"\n", "k.csv");
  const Tensor psf = make_psf(of_type("kernel"), 4, kernel);
  CHECK(psf[0] == 0.0625f);
  CHECK(psf[2] == 0.1875f);
  CHECK(psf[3] == 0.625f);
}

TEST_CASE("psf: bad kernels are told apart") {
  CHECK(message_of<DataError>([] { parse_kernel_csv("1,2\n3\n", "k.csv"); }) ==
        "k.csv line 2: expected 2 fields as in the first line, got 1");
  CHECK(message_of<DataError>([] { parse_kernel_csv("1,2\n3,x4\n", "k.csv"); }) ==
        "k.csv line 2: expected a finite number, got \"x4\"");
  CHECK_THROWS_AS(parse_kernel_csv("1,4x\n", "k.csv"), DataError);
  CHECK_THROWS_AS(parse_kernel_csv("1,nan\n", "k.csv"), DataError);
  CHECK_THROWS_AS(parse_kernel_csv("\n", "k.csv"), DataError);
  CHECK_THROWS_AS(normalized_psf(Tensor::from(Shape{1, 2}, {1, 1}), 2), ConfigError);
  CHECK_THROWS_AS(normalized_psf(Tensor::from(Shape{1, 1}, {1}), 2), ConfigError);
  CHECK_THROWS_AS(normalized_psf(Tensor::from(Shape{2, 2}, {1, -1, 1, -1}), 2), ConfigError);
}

TEST_CASE("psf: an unknown type, a kernel that is not there and a ratio below 2 are refused") {
  CHECK_THROWS_AS(make_psf(of_type("kernel"), 2), ConfigError);
  CHECK_THROWS_AS(make_psf(of_type("cone"), 2), ConfigError);
  CHECK_THROWS_AS(make_psf({}, 1), ConfigError);
}

TEST_CASE("psf: it reaches half its size, rounded up") {
  CHECK(psf_reach(make_psf({}, 4)) == 4);
  CHECK(psf_reach(make_psf({}, 3)) == 3);
  CHECK(psf_reach(make_psf(of_type("delta"), 3)) == 1);
}

TEST_CASE("psf: a Gaussian keeps its width where it has room for its tails, and its widths are those of its profiles") {
  for (const Index ratio : {4, 5}) {
    const double narrow = static_cast<double>(ratio), wide = 1.5 * narrow;
    const Index support = 4 * ratio + ratio % 2;
    const Tensor psf = gaussian_psf({narrow, wide}, ratio, support);
    CHECK(psf.dim(0) == support);
    CHECK(psf_widths(psf)[0] == doctest::Approx(narrow).epsilon(0.01));
    CHECK(psf_widths(psf)[1] == doctest::Approx(wide).epsilon(0.01));
    const Tensor box = make_psf(of_type("box"), ratio);
    for (const double width : psf_widths(box)) CHECK(width == doctest::Approx(narrow).epsilon(0.03));
  }
}
