#include <doctest/doctest.h>

#include "specfuse/imaging/cube.h"

using namespace specfuse;

TEST_CASE("band_means: over all pixels, one for each band") {
  Cube cube(1, 2, 3);
  for (Index i = 0; i < 6; ++i) cube.values[i] = static_cast<float>(i * i);
  CHECK(band_means(cube) == std::vector<double>{4.5, 8.5, 14.5});
}
