#include <doctest/doctest.h>

#include <cstdlib>

#include "specfuse/core/error.h"
#include "specfuse/run/find_data.h"

using namespace specfuse;

TEST_CASE("find data: folders are searched in order, and a missing file names them all") {
  setenv("SPECFUSE_DATA", "/one::/two", 1);
  CHECK(data_directories({"/given"}) == std::vector<std::string>{"/given", "/one", "/two", "data"});
  unsetenv("SPECFUSE_DATA");
  CHECK(data_directories({}) == std::vector<std::string>{"data"});
  CHECK_THROWS_WITH_AS(
      find_file("s.h5", {"/nowhere", "/nor/here"}),
      "s.h5: not found in /nowhere, /nor/here; data/README.md says where to get scenes, and --data-dir "
      "or SPECFUSE_DATA where they lie",
      DataError);
}
