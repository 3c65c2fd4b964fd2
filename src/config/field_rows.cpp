#include "specfuse/config/field_rows.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "config/field_rules.h"
#include "specfuse/core/error.h"
#include "specfuse/core/text.h"

namespace specfuse {
namespace {

/// Integers beyond this are not exact in double: a limit no one will meet.
constexpr double kNoLimit = 9007199254740992.0;

/// As JSON would have it, but 1e6 instead of 1e+06.
std::string number_text(double number) {
  std::string text = concat(number);
  for (const std::string padding : {"e+0", "e+", "e-0"}) {
    const std::size_t at = text.find(padding);
    if (at != std::string::npos) text.replace(at, padding.size(), padding[1] == '-' ? "e-" : "e");
  }
  return text;
}

std::string range_text(const Range* range) {
  if (range == nullptr) return "";
  const bool most = std::isfinite(range->most) && range->most < kNoLimit;
  if (!most) return std::isfinite(range->least) ? concat(">= ", number_text(range->least)) : "";
  return concat(number_text(range->least), " - ", number_text(range->most));
}

/// "text, optional" -> "texts"
std::string plural(const std::string& type) {
  if (type == "true or false") return "values true or false";
  if (type.starts_with("list ")) return "lists " + type.substr(5);
  return type + "s";
}

std::string type_text(const Place& place) {
  if (std::get_if<bool*>(&place.to)) return "true or false";
  if (std::get_if<double*>(&place.to)) return "number";
  if (std::get_if<std::string*>(&place.to)) return "text";
  if (const auto* const object = std::get_if<Place::Object>(&place.to))
    return object->number == nullptr ? "object" : "number or object";
  if (const auto* const optional = std::get_if<Place::Optional>(&place.to)) {
    return type_text(optional->value()) + ", optional";
  }
  if (const auto* const list = std::get_if<Place::List>(&place.to)) {
    if (!list->renew) return concat(list->size(), " ", plural(type_text(list->at(0))));
    if (list->size() == 0) list->renew(1);
    return "list of " + plural(type_text(list->at(0)));
  }
  if (const auto* const table = std::get_if<Place::Table>(&place.to)) {
    return plural(type_text(table->get("NAME"))) + " by name";
  }
  return "integer";
}

/// The value as it is.
std::string value_text(const Place& place) {
  if (const auto* const value = std::get_if<bool*>(&place.to)) return **value ? "true" : "false";
  if (const auto* const value = std::get_if<double*>(&place.to)) return number_text(**value);
  if (const auto* const value = std::get_if<int*>(&place.to)) return concat(**value);
  if (const auto* const value = std::get_if<Index*>(&place.to)) return concat(**value);
  if (const auto* const value = std::get_if<std::string*>(&place.to)) return **value;
  if (const auto* const optional = std::get_if<Place::Optional>(&place.to)) {
    return optional->has_value() ? value_text(optional->value()) : "";
  }
  if (const auto* const table = std::get_if<Place::Table>(&place.to)) return joined(table->names());
  if (const auto* const list = std::get_if<Place::List>(&place.to)) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < list->size(); ++i) values.push_back(value_text(list->at(i)));
    return values.empty() ? "" : concat("[", joined(values), "]");
  }
  return "";
}

class Lister : public FieldVisitor {
 public:
  Lister(const std::string& prefix, std::map<std::string, std::string>& known) : prefix_(prefix), known_(known) {}
  std::vector<FieldRow> rows;

 private:
  std::string rules_text(const Field& field) const {
    const std::string by = field.required_with ? conditions_text({field.required_with->other}, prefix_) : "";
    const std::string with = field.only_with ? conditions_text(field.only_with->others, prefix_) : "";
    return concat(by.empty() ? "" : concat(" Required with ", by, "."),
                  with.empty() ? "" : concat(" Valid only with ", with == by ? "it" : with, "."));
  }

  void visit(const Field& field, const Place& place) override {
    const std::string path = prefix_ + field.key;
    FieldRow row{path, "", value_text(place), range_text(field.range), {}, field.help};
    row.type = type_text(place);
    if (field.choices) row.choices = field.choices->texts;
    if (has_to_be_given(field, place)) row.default_value = "required";
    row.help += rules_text(field);
    rows.push_back(row);
    add_fields_of(place, path);
  }

  /// Those of the object at `path`, an optional one or any element of a table.
  void add_fields_of(const Place& place, const std::string& path) {
    if (const auto* const optional = std::get_if<Place::Optional>(&place.to)) {
      return add_fields_of(optional->value(), path);
    }
    if (const auto* const table = std::get_if<Place::Table>(&place.to)) {
      return add_fields_of(table->get("NAME"), path + ".NAME");
    }
    const auto* const object = std::get_if<Place::Object>(&place.to);
    if (object == nullptr) return;
    std::map<std::string, std::string> known = known_;
    Lister below(path + ".", known);
    object->describe(below);
    std::string all;
    for (const FieldRow& row : below.rows) all += concat(row.path.substr(path.size()), "\n", row.type, "\n", row.help);
    const auto [at, is_new] = known_.emplace(all, path);
    if (!is_new) return void(rows.back().help += concat(" It has the fields of `", at->second, "`."));
    known_.insert(known.begin(), known.end());
    rows.insert(rows.end(), below.rows.begin(), below.rows.end());
  }

  std::string prefix_;
  /// Where fields were listed for the first time.
  std::map<std::string, std::string>& known_;
};

}  // namespace

std::vector<FieldRow> field_rows(const Place& place) {
  std::map<std::string, std::string> known;
  Lister lister("", known);
  if (const auto* const object = std::get_if<Place::Object>(&place.to)) object->describe(lister);
  return lister.rows;
}

}  // namespace specfuse
