#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"

using namespace specfuse;

namespace {

struct Inner {
  double width = 2.5;
  std::string kind = "round";
  void describe(FieldVisitor& fields) {
    fields("width", width, Range{0.1, 100});
    fields("kind", kind, Choices{"round", "square"});
  }
};

struct Outer {
  bool on = false;
  int small = 1;
  Index large = 2;
  std::string text = "a";
  std::optional<double> maybe;
  std::optional<Inner> part;
  std::vector<Index> list{1, 2};
  std::vector<std::vector<double>> table;
  std::array<double, 2> fixed{0, 0};
  Inner inner;
  std::vector<Inner> inners;
  void describe(FieldVisitor& fields) {
    fields("on", on);
    fields("small", small, Range{0});
    fields("large", large);
    fields("text", text);
    fields("maybe", maybe, Range{-1, 1});
    fields("part", part);
    fields("list", list, Range{0, 9});
    fields("table", table);
    fields("fixed", fixed);
    fields("inner", inner);
    fields("inners", inners);
  }
};

struct Chosen {
  std::string name;
  void describe(FieldVisitor& fields) { fields("name", name, Choices{"a", "b"}); }
};

/// What is valid only with, and required by, what stands beside it.
struct Ruled {
  std::string kind = "plain", file;
  std::optional<double> level;
  double share = 0.5;
  std::vector<Index> parts;
  void describe(FieldVisitor& fields) {
    fields("kind", kind, Choices{"plain", "cut", "filed"});
    fields("file", file, RequiredWith{"kind=filed"});
    fields("level", level, RequiredWith{"parts"});
    fields("share", share, OnlyWith{"file", "level"});
    fields("parts", parts, OnlyWith{"kind=cut", "kind=filed"});
  }
};

/// What is wrong with it, found at "r"; empty where nothing is.
std::string broken_rule(const std::string& text) {
  Ruled ruled;
  try {
    read_fields(parse_json(text, "f.json"), "r", "f.json", ruled);
  } catch (const ConfigError& problem) {
    return problem.what();
  }
  return "";
}

Outer read(const std::string& text) {
  Outer outer;
  read_fields(parse_json(text, "f.json"), "", "f.json", outer);
  return outer;
}

std::string refusal(const std::string& text) {
  try {
    read(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("fields: what is absent keeps its default") {
  const Outer outer = read("{}");
  CHECK(outer.small == 1);
  CHECK(outer.inner.width == 2.5);
  CHECK(outer.list == std::vector<Index>{1, 2});
  CHECK_FALSE(outer.maybe);
}

TEST_CASE("fields: every type is read") {
  const Outer outer = read(R"({"on": true, "small": 3, "large": 1e6, "text": "b", "maybe": 0.5, "part": {"width": 4},
      "list": [], "table": [[1, 2], [3]], "fixed": [1, -2.5], "inner": {"kind": "square"}, "inners": [{}, {"width": 9}]})");
  CHECK(outer.on);
  CHECK(outer.small == 3);
  CHECK(outer.large == 1000000);
  CHECK(outer.text == "b");
  CHECK(outer.maybe.value() == 0.5);
  CHECK(outer.part.value().width == 4);
  CHECK(outer.list.empty());
  CHECK(outer.table == std::vector<std::vector<double>>{{1, 2}, {3}});
  CHECK(outer.fixed == std::array<double, 2>{1, -2.5});
  CHECK(outer.inner.kind == "square");
  CHECK(outer.inner.width == 2.5);
  REQUIRE(outer.inners.size() == 2);
  CHECK(outer.inners[1].width == 9);
}

TEST_CASE("fields: null empties an optional and nothing else") {
  CHECK_FALSE(read(R"({"maybe": null, "part": null})").part);
  CHECK(refusal(R"({"small": null})") == "f.json: small: expected an integer of at least 0, got null");
}

TEST_CASE("fields: what is written reads back the same, in the order of the description") {
  Outer outer = read(R"({"part": {}, "table": [[0.1]], "maybe": 0.3333333333333333})");
  const std::string text = json_text(write_fields(outer));
  CHECK(json_text(write_fields(read(text))) == text);
  CHECK(text.find("\"on\":false,\"small\":1,\"large\":2") == 1);
  CHECK(text.find("0.3333333333333333") != std::string::npos);
}

TEST_CASE("fields: an unknown key is refused with its path and the nearest known key") {
  CHECK(refusal(R"({"inner": {"widht": 1}})") == "f.json: inner.widht: unknown key; did you mean \"width\"?");
  CHECK(refusal(R"({"inners": [{}, {"zzz": 1}]})") == "f.json: inners.1.zzz: unknown key; known: width, kind");
}

TEST_CASE("fields: a wrong type says what was expected and what came") {
  CHECK(refusal(R"({"on": 1})") == "f.json: on: expected true or false, got 1");
  CHECK(refusal(R"({"text": ["x"]})") == "f.json: text: expected a text, got a list of 1");
  CHECK(refusal(R"({"inner": 3})") == "f.json: inner: expected an object, got 3");
  CHECK(refusal(R"({"list": {}})") == "f.json: list: expected a list, got an object");
  CHECK(refusal(R"({"maybe": "x"})") == "f.json: maybe: expected a number from -1 to 1, got \"x\"");
  CHECK(refusal("[]") == "f.json: expected an object, got a list of 0");
  CHECK(refusal(R"({"fixed": [1]})") == "f.json: fixed: expected a list of 2, got a list of 1");
}

TEST_CASE("fields: an integer has to be exact and to fit") {
  CHECK(refusal(R"({"large": 2.5})") == "f.json: large: expected an integer, got 2.5");
  CHECK(refusal(R"({"small": 3000000000})") == "f.json: small: expected an integer of at least 0, got 3000000000");
  CHECK(refusal(R"({"large": 1e300})") == "f.json: large: expected an integer, got 1e+300");
}

TEST_CASE("fields: limits hold for the value, and for every element of a list") {
  CHECK(refusal(R"({"inner": {"width": 0}})") == "f.json: inner.width: expected a number from 0.1 to 100, got 0");
  CHECK(refusal(R"({"list": [3, 10]})") == "f.json: list.1: expected an integer from 0 to 9, got 10");
  CHECK(refusal(R"({"inner": {"kind": "oval"}})") == "f.json: inner.kind: expected one of round, square, got \"oval\"");
}

TEST_CASE("fields: a choice without a default has to be given") {
  Chosen chosen;
  CHECK_THROWS_WITH_AS(read_fields(parse_json("{}", "f.json"), "methods.0", "f.json", chosen),
                       "f.json: methods.0.name: expected one of a, b, got nothing", ConfigError);
}

TEST_CASE("fields: rules between fields hold for what is given, and for nothing that is at its default") {
  CHECK(broken_rule(R"({"share": 1})") == "f.json: `r.share` is valid only with `r.file` or `r.level`");
  CHECK(broken_rule(R"({"share": 1, "level": null})") == "f.json: `r.share` is valid only with `r.file` or `r.level`");
  CHECK(broken_rule(R"({"share": 1, "file": "a"})") == "");
  CHECK(broken_rule(R"({"share": 1, "level": 2})") == "");
  CHECK(broken_rule(R"({"share": 0.5, "parts": []})") == "");
  CHECK(broken_rule(R"({"level": 2, "parts": [1]})") ==
        "f.json: `r.parts` is valid only with `r.kind` `cut` or `r.kind` `filed`");
  CHECK(broken_rule(R"({"level": 2, "parts": [1], "kind": "cut"})") == "");
  CHECK(broken_rule(R"({"kind": "cut", "parts": [1]})") == "f.json: `r.parts` requires `r.level`");
  CHECK(broken_rule(R"({"kind": "filed"})") == "f.json: `r.kind` `filed` requires `r.file`");
}

TEST_CASE("fields: a key given twice, bad syntax and endless nesting are refused") {
  CHECK(refusal(R"({"small": 1, "small": 2})") == "f.json: the key \"small\" is given twice in one object");
  CHECK(refusal(R"({"inner": {}, "inners": [{"width": 1}, {"width": 1}]})") == "accepted");
  CHECK(refusal("{\"small\": }").rfind("f.json: not valid JSON: parse error at line 1, column 11", 0) == 0);
  CHECK(refusal("{\"small\": 1e999}").rfind("f.json: not valid JSON: number overflow", 0) == 0);
  CHECK(refusal(std::string(100000, '[')) == "f.json: expected at most 32 levels, got more");
}
