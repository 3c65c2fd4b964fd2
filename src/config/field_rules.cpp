#include "config/field_rules.h"

#include <algorithm>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

bool is_empty(const Json& json) { return json.is_null() || json == "" || (json.is_array() && json.empty()); }

/// Whether a field has the value that "type=split" gives, or any for "type".
bool holds(const std::string& condition, const Json& values) {
  const std::size_t equals = std::min(condition.find('='), condition.size());
  const Json& value = values.at(condition.substr(0, equals));
  return equals == condition.size() ? !is_empty(value) : value == condition.substr(equals + 1);
}

}  // namespace

bool has_to_be_given(const Field& field, const Place& place) {
  const auto* const text = std::get_if<std::string*>(&place.to);
  if (text != nullptr && field.choices != nullptr) {
    return std::find(field.choices->texts.begin(), field.choices->texts.end(), **text) == field.choices->texts.end();
  }
  const auto outside = [&](double number) {
    return field.range != nullptr && (number < field.range->least || number > field.range->most);
  };
  if (const auto* const value = std::get_if<Index*>(&place.to)) return outside(static_cast<double>(**value));
  const auto* const value = std::get_if<double*>(&place.to);
  return value != nullptr && outside(**value);
}

std::string conditions_text(const std::vector<std::string>& conditions, const std::string& prefix) {
  std::string text;
  for (const std::string& condition : conditions) {
    const std::size_t equals = std::min(condition.find('='), condition.size());
    text += concat(text.empty() ? "`" : " or `", prefix, condition.substr(0, equals), "`");
    if (equals < condition.size()) text += concat(" `", condition.substr(equals + 1), "`");
  }
  return text;
}

void FieldRules::add(const Field& field, const Json& given, const Place& place) {
  if (field.only_with && !is_empty(given) && given != write_place(place)) {
    rules_.push_back({field.key, field.only_with->others, ""});
  }
  if (field.required_with) rules_.push_back({field.key, {}, field.required_with->other});
}

void FieldRules::check(const Place::Object& object, const std::string& prefix, const std::string& file) const {
  if (rules_.empty()) return;
  const Json values = write_place({object});
  const auto met = [&](const std::string& condition) { return holds(condition, values); };
  for (const auto& [key, only_with, required_with] : rules_) {
    const std::string field = conditions_text({key}, prefix);
    const bool valid = only_with.empty() || std::any_of(only_with.begin(), only_with.end(), met);
    SPECFUSE_CHECK_AS(ConfigError, valid, file, ": ", field, " is valid only with ",
                      conditions_text(only_with, prefix));
    SPECFUSE_CHECK_AS(ConfigError, required_with.empty() || !met(required_with) || met(key), file, ": ",
                      conditions_text({required_with}, prefix), " requires ", field);
  }
}

}  // namespace specfuse
