#include "specfuse/config/override.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "specfuse/core/error.h"
#include "specfuse/core/nearest.h"
#include "specfuse/core/utf8.h"

namespace specfuse {
namespace {

/// What an item of a list is called: its label, or else its name; empty where it has neither.
std::string label_of(const Json& item) {
  for (const char* key : {"label", "name"}) {
    if (item.is_object() && item.contains(key) && item.at(key).is_string()) return item.at(key).get<std::string>();
  }
  return {};
}

/// The position that a step names in a list, by its number, label or name.
std::optional<std::size_t> position_of(const Json& list, const std::string& key) {
  const bool number = !key.empty() && key.size() < 9 && key.find_first_not_of("0123456789") == std::string::npos;
  if (number) return std::stoul(key) < list.size() ? std::optional(std::stoul(key)) : std::nullopt;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (label_of(list[i]) == key) return i;
  }
  return {};
}

/// The value at one step of a path, made where an object lacks it.
Json& step_into(Json& json, const std::string& key, const std::string& who) {
  if (json.is_null()) json = Json::object();
  if (json.is_object()) return json[key];
  SPECFUSE_CHECK_AS(ConfigError, json.is_array(), who, ": nothing is below the value before \"", key, "\"");
  if (key == "+") return json.emplace_back();
  if (const auto position = position_of(json, key)) return json[*position];
  std::vector<std::string> labels;
  for (const Json& item : json) labels.push_back(label_of(item));
  std::erase(labels, "");
  throw ConfigError(concat(who, ": expected a position from 0 to ", static_cast<Index>(json.size()) - 1,
                           labels.empty() ? "" : ", a label", " or + in the list, got \"", key, "\"",
                           did_you_mean(key, labels)));
}

}  // namespace

void set_field(Json& json, const std::string& path, const Json& value, const std::string& who) {
  Json* at = &json;
  for (std::size_t begin = 0, end = 0; begin <= path.size(); begin = end + 1) {
    end = std::min(path.find('.', begin), path.size());
    SPECFUSE_CHECK_AS(ConfigError, end > begin, who, ": the path has an empty part");
    at = &step_into(*at, path.substr(begin, end - begin), who);
  }
  *at = value;
}

std::string by_position(const Json& json, const std::string& path) {
  std::string result;
  const Json* at = &json;
  for (std::size_t begin = 0, end = 0; begin <= path.size(); begin = end + 1) {
    end = std::min(path.find('.', begin), path.size());
    std::string key = path.substr(begin, end - begin);
    const Json* below = nullptr;
    if (at != nullptr && at->is_array()) {
      if (const auto position = position_of(*at, key)) {
        below = &(*at)[*position];
        key = std::to_string(*position);
      }
    } else if (at != nullptr && at->is_object() && at->contains(key)) {
      below = &at->at(key);
    }
    result += (begin == 0 ? "" : ".") + key;
    at = below;
  }
  return result;
}

std::string override_path(const std::string& setting) {
  SPECFUSE_CHECK_AS(ConfigError, as_utf8(setting) == setting, "--set: expected a text in UTF-8, got other bytes");
  const std::size_t equals = setting.find('=');
  SPECFUSE_CHECK_AS(ConfigError, equals != std::string::npos && equals > 0, "--set: expected path=value, got \"",
                    setting, "\"");
  return setting.substr(0, equals);
}

void apply_override(Json& json, const std::string& setting) {
  const std::string path = override_path(setting), value = setting.substr(path.size() + 1);
  const std::string who = concat("--set ", setting);
  set_field(json, path, json_of(value).is_discarded() ? Json(value) : parse_json(value, who), who);
}

}  // namespace specfuse
