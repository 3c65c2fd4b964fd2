#pragma once

#include <array>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "specfuse/core/buffer.h"
#include "specfuse/core/fields.h"

namespace specfuse {

/// JSON whose objects keep the order in which they were written.
using Json = nlohmann::ordered_json;

class FieldVisitor;

/// A described value without its C++ type, for the visitors: they live in one source file and are compiled once.
struct Place {
  struct Object {
    std::function<void(FieldVisitor&)> describe;
  };
  struct Optional {
    std::function<bool()> has_value;
    std::function<void()> reset;
    /// The value; made first where there is none.
    std::function<Place()> value;
  };
  struct List {
    std::function<std::size_t()> size;
    /// Makes `count` elements with their defaults; empty for a list of fixed size.
    std::function<void(std::size_t count)> renew;
    std::function<Place(std::size_t i)> at;
  };
  std::variant<bool*, int*, Index*, double*, std::string*, Object, Optional, List> to;
};

/// What a field may hold; null where anything of its type.
struct Limits {
  const Range* range = nullptr;
  const Choices* choices = nullptr;
};

/// What `describe` calls once for each field (see core/fields.h).
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;

  template <class T>
  void operator()(const char* key, T& value);
  template <class T>
  void operator()(const char* key, T& value, const Range& range);
  template <class T>
  void operator()(const char* key, T& value, const Choices& choices);

 private:
  virtual void field(const char* key, const Place& place, const Limits& limits) = 0;
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T, std::size_t n>
inline constexpr bool is_list<std::array<T, n>> = true;

template <class T>
Place place_of(T& value) {
  T* const at = &value;
  if constexpr (is_optional<T>) {
    return {Place::Optional{[at] { return at->has_value(); }, [at] { at->reset(); },
                            [at] { return place_of(*at ? **at : at->emplace()); }}};
  } else if constexpr (is_list<T>) {
    Place::List list{[at] { return at->size(); }, {}, [at](std::size_t i) { return place_of((*at)[i]); }};
    if constexpr (requires { at->resize(1); }) list.renew = [at](std::size_t count) { *at = T(count); };
    return {list};
  } else if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
    return {Place::Object{[at](FieldVisitor& fields) { at->describe(fields); }}};
  } else {
    return {at};
  }
}

template <class T>
void FieldVisitor::operator()(const char* key, T& value) {
  field(key, place_of(value), {});
}
template <class T>
void FieldVisitor::operator()(const char* key, T& value, const Range& range) {
  field(key, place_of(value), {&range, nullptr});
}
template <class T>
void FieldVisitor::operator()(const char* key, T& value, const Choices& choices) {
  field(key, place_of(value), {nullptr, &choices});
}

/// Parses JSON. Throws `ConfigError` naming `file` and the place on bad syntax, a key given twice in one object, or
/// more than 32 levels.
Json parse_json(const std::string& text, const std::string& file);

/// Throws `ConfigError` for the first key of an object, found at the key path `path` of `file`, that is not among
/// `known`, with the one that was probably meant.
void refuse_unknown_keys(const Json& object, const std::string& path, const std::string& file,
                         const std::vector<std::string>& known);

/// A value as a message shows it: short, on one line.
std::string shown(const Json& json);

void read_place(const Json& json, const std::string& path, const std::string& file, const Place& place);
Json write_place(const Place& place);

/// Reads `options` from the JSON object found at the key path `path` of `file`. What is absent keeps its default.
/// Throws `ConfigError` with file, key path, expected and got on an unknown key, a wrong type or a value out of limits.
template <class T>
void read_fields(const Json& json, const std::string& path, const std::string& file, T& options) {
  read_place(json, path, file, place_of(options));
}

/// The options with every default, in the order of their description: `read_fields` gives the same options back.
template <class T>
auto write_fields(const T& options) {
  T copy = options;
  return write_place(place_of(copy));
}

}  // namespace specfuse
