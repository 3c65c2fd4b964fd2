#include <doctest/doctest.h>

#include <array>
#include <optional>

#include "specfuse/config/config.h"
#include "specfuse/config/field_rows.h"
#include "specfuse/nn/layer.h"

using namespace specfuse;

namespace {

struct Corner {
  Index row = 0, rows = 0;
  void describe(FieldVisitor& fields) {
    fields("row", row, Range{0, 1e9}, "First.");
    fields("rows", rows, Range{1, 9007199254740992}, "How many.");
  }
};

struct Everything {
  bool on = true;
  double small = 1e-6;
  std::string kind, text;
  std::optional<double> level;
  std::vector<std::vector<Index>> lists{{1, 2}, {3}};
  std::array<double, 2> shift{0, 0.5};
  Corner corner;
  std::optional<Corner> other;
  Named<Corner> corners;
  void describe(FieldVisitor& fields) {
    fields("on", on, "a");
    fields("small", small, Range{-1e-12, 1e6}, "b");
    fields("kind", kind, Choices{"one", "two"}, "c");
    fields("text", text, "d");
    fields("level", level, OnlyWith{"kind=one", "text"}, RequiredWith{"on"}, "e.");
    fields("lists", lists, "f");
    fields("shift", shift, "g");
    fields("corner", corner, "h");
    fields("other", other, "i");
    fields("corners", corners, "j");
  }
};

/// Every field of `options` that does not say what it is for.
std::string without_help(const Place& options) {
  std::string names;
  for (const FieldRow& row : field_rows(options)) {
    if (row.help.empty()) names += row.path + " ";
  }
  return names;
}

}  // namespace

TEST_CASE("field rows: every type in words, with default, range and choices") {
  Everything options;
  std::string text;
  for (const FieldRow& row : field_rows(place_of(options))) {
    std::string choices;
    for (const std::string& choice : row.choices) choices += "/" + choice;
    text += row.path + "; " + row.type + "; " + row.default_value + "; " + row.range + choices + "; " + row.help + "\n";
  }
  CHECK(text ==
        "on; true or false; true; ; a\n"
        "small; number; 1e-6; -1e-12 - 1e6; b\n"
        "kind; text; required; /one/two; c\n"
        "text; text; ; ; d\n"
        "level; number, optional; ; ; e. Required with `on`. Valid only with `kind` `one` or `text`.\n"
        "lists; list of lists of integers; [[1, 2], [3]]; ; f\n"
        "shift; 2 numbers; [0, 0.5]; ; g\n"
        "corner; object; ; ; h\n"
        "corner.row; integer; 0; 0 - 1e9; First.\n"
        "corner.rows; integer; required; >= 1; How many.\n"
        "other; object, optional; ; ; i It has the fields of `corner`.\n"
        "corners; objects by name; ; ; j It has the fields of `corner`.\n");
}

TEST_CASE("field rows: every field of an experiment, of every method and of every layer says what it is for") {
  struct Silent {
    double value = 0;
    void describe(FieldVisitor& fields) { fields("value", value); }
  } silent;
  REQUIRE(without_help(place_of(silent)) == "value ");

  ExperimentConfig experiment;
  CHECK(without_help(place_of(experiment)).empty());
  for (const MethodType& type : method_types()) {
    CAPTURE(type.name);
    MethodConfig entry;
    entry.name = type.name;
    CHECK(without_help(place_of(entry)).empty());
  }
  for (const LayerType& type : layer_types()) {
    CAPTURE(type.name);
    CHECK(without_help(place_of(*type.default_options())).empty());
    CHECK(!type.summary.empty());
  }
}
