#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "specfuse/core/fields.h"

namespace specfuse {

/// JSON whose objects keep the order in which they were written.
using Json = nlohmann::ordered_json;

/// Parses JSON. Throws `ConfigError` naming `file` and the place on bad syntax, a key given twice in one object, or
/// more than 32 levels.
Json parse_json(const std::string& text, const std::string& file);
/// The JSON of a text that need not be any: then it `is_discarded()`. As with `json_text`, what calls this and not a
/// parser of nlohmann's own compiles in seconds less.
Json json_of(const std::string& text);
/// On one line, or on many with an `indent`. Throws nlohmann's `type_error` on texts that are not UTF-8.
std::string json_text(const Json& json, int indent = -1);

/// Throws `ConfigError` for the first key of an object, found at the key path `path` of `file`, that is not among
/// `known`, with the one that was probably meant; `elsewhere` are key paths where others are known.
void refuse_unknown_keys(const Json& object, const std::string& path, const std::string& file,
                         const std::vector<std::string>& known, const std::vector<std::string>& elsewhere = {});

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
