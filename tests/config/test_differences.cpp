#include <doctest/doctest.h>

#include "specfuse/config/differences.h"
#include "specfuse/core/error.h"

using namespace specfuse;

TEST_CASE("differences: every field that is not the same is named with its path, the name of the experiment aside") {
  const std::string first =
      R"({"name": "a", "x": {"y": 1, "same": [1, 2]}, "only": true, "list": [1, 2], "methods": [{"m": 1}, {"m": 2}]})";
  const std::string second =
      R"({"name": "b", "x": {"y": "z", "same": [1, 2]}, "list": [1, 3], "methods": [{"m": 1}, {"m": 3}], "more": {"a": 0}})";
  const std::vector<Difference> found = differences(first, second);
  REQUIRE(found.size() == 5);
  CHECK(found[0].path == "x.y");
  CHECK(found[0].first == "1");
  CHECK(found[0].second == "\"z\"");
  CHECK(found[1].path == "only");
  CHECK(found[1].second == "");
  CHECK(found[2].path == "list");
  CHECK(found[2].first == "[1,2]");
  CHECK(found[3].path == "methods.1.m");
  CHECK(found[4].path == "more");
  CHECK(found[4].first == "");
  CHECK(differences_text(found) ==
        "x.y is 1 there and \"z\" here, only is true there and not given here, list is [1,2] there and [1,3] here, and "
        "2 more");
  CHECK(differences(first, first).empty());
  CHECK(differences_text({}) == "");
}

TEST_CASE("differences: titles change no result, and a field that is null is as one that is not there") {
  CHECK(differences(R"({"methods": [{"m": 1}]})", R"({"methods": [{"m": 1, "title": "A"}]})").empty());
  CHECK(differences(R"({"a": null})", R"({"b": null})").empty());
  CHECK(differences(R"({"a": null})", R"({"a": 1})").size() == 1);
  CHECK(differences(R"({})", R"({"a": 1})").size() == 1);
}

TEST_CASE("differences: lists of another length differ as a whole, and what is no configuration is refused") {
  const std::vector<Difference> found = differences(R"({"m": [{"a": 1}]})", R"({"m": [{"a": 1}, {"a": 2}]})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "m");
  CHECK_THROWS_AS(differences("[]", "{}"), ConfigError);
}
