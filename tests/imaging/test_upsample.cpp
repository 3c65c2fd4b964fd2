#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "support/golden.h"

using namespace specfuse;

TEST_CASE("upsample: it agrees with NumPy for even and odd ratios") {
  check_digest(upsample_cubic(golden_image(3, 5, 7), 2).values, {-0.02446365356, 6.361278534, 8906.269718});
  check_digest(upsample_cubic(golden_image(3, 5, 7), 3).values, {-0.02906378601, 6.380658436, 20394.36814});
  check_digest(upsample_cubic(golden_image(2, 3, 1), 4).values, {-0.02804690599, 2.633757293, 776.3033201});
  check_digest(upsample_cubic(golden_image(1, 2, 3), 5).values, {0.004, 5.2285, 2528.251});
}

TEST_CASE("upsample: an odd ratio keeps the coarse values at the centres of their blocks") {
  const Cube coarse = golden_image(3, 4, 2), fine = upsample_cubic(coarse, 3);
  for (Index row = 0; row < 3; ++row) {
    for (Index col = 0; col < 4; ++col) CHECK(fine.pixel(3 * row + 1, 3 * col + 1)[1] == coarse.pixel(row, col)[1]);
  }
}

TEST_CASE("upsample: a part equals the crop of the whole, bit for bit") {
  const Cube coarse = golden_image(4, 5, 3);
  const Cube whole = upsample_cubic(coarse, 4);
  for (const Rectangle& part : {Rectangle{0, 0, 16, 20}, Rectangle{3, 7, 5, 6}, Rectangle{15, 19, 1, 1}}) {
    const Tensor expected = crop(whole, part).values, got = upsample_cubic(coarse, 4, part).values;
    REQUIRE(got.shape() == expected.shape());
    CHECK(std::equal(got.data(), got.data() + got.size(), expected.data()));
  }
}

TEST_CASE("upsample: wavelengths and attributes come along, parts outside are refused") {
  Cube coarse = golden_image(1, 1, 2);
  coarse.wavelength_nm = {500, 600};
  coarse.attributes = {{"sensor", "x"}};
  const Cube fine = upsample_cubic(coarse, 2);
  CHECK(fine.wavelength_nm == coarse.wavelength_nm);
  CHECK(fine.attributes == coarse.attributes);
  CHECK(fine.pixel(1, 1)[1] == coarse.pixel(0, 0)[1]);
  CHECK_THROWS_AS(upsample_cubic(coarse, 2, {1, 0, 2, 1}), Error);
  CHECK_THROWS_AS(upsample_cubic(coarse, 0), Error);
}
