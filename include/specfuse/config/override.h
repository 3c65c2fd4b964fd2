#pragma once

#include <string>

#include "specfuse/config/json_fields.h"

namespace specfuse {

/// Sets the field at a path such as "methods.1.train.steps" or "methods.two_cnn_fu.train.steps", adding it where an
/// object lacks it. A step into a list is a position, the label (or else the name) of an item, or "+" for a new one at
/// the end; `who` starts the message. Throws `ConfigError` where the path leads nowhere.
void set_field(Json& json, const std::string& path, const Json& value, const std::string& who);

/// Does what `--set path=value` asks: the value as JSON where it is, as text otherwise. Throws as `set_field` does.
void apply_override(Json& json, const std::string& setting);

/// The path with positions for the labels and names of items of lists, so that two paths of one field are the same
/// text; what leads nowhere stays.
std::string by_position(const Json& json, const std::string& path);

/// What is in front of the first "=". Throws `ConfigError` where there is none.
std::string override_path(const std::string& setting);

}  // namespace specfuse
