#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "specfuse/core/fields.h"

namespace specfuse {

/// The values of an enumeration, as JSON spells them.
template <class Enum, std::size_t n>
using EnumNames = std::array<std::pair<const char*, Enum>, n>;

template <class Enum, std::size_t n>
std::string name_in(const EnumNames<Enum, n>& names, Enum value) {
  for (const auto& [name, known] : names) {
    if (known == value) return name;
  }
  return {};
}

template <class Enum, std::size_t n>
std::optional<Enum> value_in(const EnumNames<Enum, n>& names, const std::string& text) {
  for (const auto& [name, value] : names) {
    if (text == name) return value;
  }
  return {};
}

template <class Enum, std::size_t n>
Choices choices_of(const EnumNames<Enum, n>& names) {
  Choices choices{};
  for (const auto& [name, value] : names) choices.texts.emplace_back(name);
  return choices;
}

/// A field of an enumeration, which is one of these names for its visitors.
template <class Enum, std::size_t n, class... Properties>
void enum_field(FieldVisitor& fields, const char* key, Enum& value, const EnumNames<Enum, n>& names,
                const Properties&... properties) {
  std::string text = name_in(names, value);
  fields(key, text, choices_of(names), properties...);
  value = value_in(names, text).value_or(value);
}

template <class Enum, std::size_t n, class... Properties>
void enum_field(FieldVisitor& fields, const char* key, std::optional<Enum>& value, const EnumNames<Enum, n>& names,
                const Properties&... properties) {
  std::optional<std::string> text;
  if (value) text = name_in(names, *value);
  fields(key, text, choices_of(names), properties...);
  value = text ? value_in(names, *text) : std::nullopt;
}

}  // namespace specfuse
