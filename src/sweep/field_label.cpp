#include "specfuse/sweep/field_label.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/core/text.h"

namespace specfuse {
namespace {

/// Follows a path down to a field and keeps its label.
class Finder : public FieldVisitor {
 public:
  explicit Finder(const std::string& path) : end_(std::min(path.find('.'), path.size())), path_(path) {}

  FieldLabel label;
  bool found = false;

  void follow(const Place& place) {
    if (const auto* const object = std::get_if<Place::Object>(&place.to)) return object->describe(*this);
    if (const auto* const optional = std::get_if<Place::Optional>(&place.to)) {
      follow(optional->value());
    } else if (const auto* const table = std::get_if<Place::Table>(&place.to)) {
      const std::vector<std::string> names = table->names();
      const std::string name = path_.substr(0, end_), kind = label.name.empty() ? "" : label.name + " ";
      if (std::find(names.begin(), names.end(), name) == names.end()) return;
      descend(label, table->get(name));
      label.name += concat(" of ", kind, name);
    }
  }

 private:
  void visit(const Field& field, const Place& place) override {
    if (path_.compare(0, end_, field.key) != 0) return;
    descend({field.label.name, field.label.unit, field.label.null}, place);
  }

  /// Takes one step of the path, which leads to a place of this label.
  void descend(const FieldLabel& here, const Place& place) {
    label = here;
    found = end_ == path_.size();
    if (found) return;
    Finder below(path_.substr(end_ + 1));
    below.label = here;
    below.follow(place);
    label = below.label;
    found = below.found;
  }

  std::size_t end_;
  std::string path_;
};

std::string text_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.get<bool>() ? "yes" : "no";
  if (!json.is_structured()) return json_text(json);
  return joined(json.items(), [&](const auto& item) {
    return concat(json.is_object() ? item.key() : "", json.is_object() ? " " : "", text_of(item.value()));
  });
}

FieldLabel label_in(const std::string& path, const Place& place) {
  Finder finder(path);
  finder.follow(place);
  const bool named = finder.found && !finder.label.name.empty() && !finder.label.name.starts_with(" ");
  return named ? finder.label : FieldLabel{path, ""};
}

}  // namespace

std::string FieldLabel::axis() const { return unit.empty() ? name : concat(name, " [", unit, "]"); }

std::string FieldLabel::value(const std::string& json) const {
  const Json parsed = json_of(json);
  if (parsed.is_discarded()) return json;
  return parsed.is_null() ? null : text_of(parsed);
}

std::string FieldLabel::with_value(const std::string& json) const {
  const bool number = json_of(json).is_number();
  return concat(name, " ", value(json), number && !unit.empty() ? " " + unit : "");
}

FieldLabel field_label(const std::string& path, const ExperimentConfig& config) {
  ExperimentConfig changed = config;  // an optional object is made on the way
  const std::string list = "methods.";
  const std::size_t end = path.starts_with(list) ? path.find('.', list.size()) : std::string::npos;
  if (end == std::string::npos) return label_in(path, place_of(changed));
  const std::size_t position = std::stoul(concat("0", path.substr(list.size(), end - list.size())));
  if (position >= changed.methods.size()) return {path, ""};
  MethodConfig& method = changed.methods[position];
  FieldLabel label = label_in(path.substr(end + 1), place_of(method));
  if (changed.methods.size() > 1) label.name += " of " + method.label;
  return label;
}

}  // namespace specfuse
