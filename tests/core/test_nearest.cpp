#include <doctest/doctest.h>

#include "specfuse/core/nearest.h"

using namespace specfuse;

TEST_CASE("nearest: few edits, another case and other separators are taken for a slip, more are not") {
  const std::vector<std::string> known{"hysure", "two_cnn_fu", "two_cnn_fu_plus", "gsa"};
  CHECK(nearest("hysur", known) == "hysure");
  CHECK(nearest("HySure", known) == "hysure");
  CHECK(nearest("two-cnn-fu", known) == "two_cnn_fu");
  CHECK(nearest("TwoCNNFu", known) == "two_cnn_fu");
  CHECK(nearest("two_cnn_fu_pluss", known) == "two_cnn_fu_plus");
  CHECK(nearest("gas", known) == "gsa");
  CHECK(nearest("sag", known) == "");
  CHECK(nearest("hsyuer", known) == "hysure");
  CHECK(nearest("ysureh", known) == "hysure");
  CHECK(nearest("gsb", known) == "gsa");
  CHECK(nearest("something", known) == "");
  CHECK(nearest("", {}) == "");
  CHECK(did_you_mean("hysur", known) == " (did you mean hysure?)");
  CHECK(did_you_mean("else", known) == "");
}
