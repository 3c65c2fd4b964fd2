#pragma once

#include <string>
#include <variant>
#include <vector>

#include "specfuse/core/fields.h"

namespace specfuse {

/// A value for the field of this name, as code gives it instead of a file.
struct FieldSetting {
  std::string key;
  std::variant<bool, Index, double, std::string> value;

  FieldSetting(const char* name, bool given) : key(name), value(given) {}
  FieldSetting(const char* name, int given) : key(name), value(Index{given}) {}
  FieldSetting(const char* name, Index given) : key(name), value(given) {}
  FieldSetting(const char* name, double given) : key(name), value(given) {}
  FieldSetting(const char* name, const char* given) : key(name), value(std::string(given)) {}
  FieldSetting(const char* name, const std::string& given) : key(name), value(given) {}
};

/// Sets fields of what describes itself. Throws `Error` where there is no such field, or it is of another type.
void set_fields(const Place& place, const std::vector<FieldSetting>& settings);

template <class T>
void set_fields(T& options, const std::vector<FieldSetting>& settings) {
  set_fields(place_of(options), settings);
}

}  // namespace specfuse
