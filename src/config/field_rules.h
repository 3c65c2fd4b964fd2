#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "specfuse/config/json_fields.h"

namespace specfuse {

/// Whether a field has to be given: its default is none of the choices, or out of range.
bool has_to_be_given(const Field& field, const Place& place);

/// Conditions of `OnlyWith` in words, any of them: "`data.scene` or `data.pair`", "`protocol.type` `split`"; `prefix`
/// is put before each key.
std::string conditions_text(const std::vector<std::string>& conditions, const std::string& prefix);

/// What the fields of one object ask of each other: `OnlyWith` and `RequiredWith`.
class FieldRules {
 public:
  /// Of a field that is given this value, null where it is not, while it still has its default.
  void add(const Field& field, const Json& given, const Place& place);
  /// Throws `ConfigError` naming `file` and the fields, with `prefix` before their keys, where a rule is broken.
  void check(const Place::Object& object, const std::string& prefix, const std::string& file) const;

 private:
  struct Rule {
    std::string key;
    std::vector<std::string> only_with;
    std::string required_with;
  };
  std::vector<Rule> rules_;
};

}  // namespace specfuse
