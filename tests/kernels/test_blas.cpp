#include <doctest/doctest.h>

#include "specfuse/kernels/blas.h"

using namespace specfuse;

TEST_CASE("blas: kernels that do not fit the CPU are replaced, and no others") {
  for (const char* const old : {"Prescott", "Core2", "Nehalem", "Sandybridge"}) {
    CHECK(fitting_blas_kernels(old, true) == "Haswell");
    CHECK(fitting_blas_kernels(old, false).empty());
  }
  // "ARMV8" and what is newer than the list stay as well.
  for (const char* const fit :
       {"Haswell", "Zen", "Excavator", "SkylakeX", "Cooperlake", "SapphireRapids", "ARMV8", "X"})
    CHECK(fitting_blas_kernels(fit, true).empty());
}

TEST_CASE("blas: the products of this machine are right") { CHECK_NOTHROW(check_blas()); }
