#include "specfuse/config/differences.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"

namespace specfuse {
namespace {

std::string shortened_json(const Json& value) {
  constexpr std::size_t kLongest = 60;
  const std::string text = json_text(value);
  return text.size() > kLongest ? text.substr(0, kLongest - 3) + "..." : text;
}

/// Leaves out what changes no result.
void forget_names(Json& config) {
  config.erase("name");
  config.erase("report");
  if (!config.contains("methods")) return;
  for (Json& method : config["methods"]) {
    if (method.is_object()) method.erase("title");
  }
}

/// Lists, under their key paths, where two values differ; lists of another length differ as a whole.
void compare(const Json& first, const Json& second, const std::string& path, std::vector<Difference>& found) {
  if (first == second) return;
  const auto below = [&](const std::string& key) { return path.empty() ? key : concat(path, ".", key); };
  if (first.is_object() && second.is_object()) {
    for (const auto& [key, value] : first.items()) {
      if (second.contains(key)) {
        compare(value, second.at(key), below(key), found);
      } else if (!value.is_null()) {  // which says no more than nothing
        found.push_back({below(key), shortened_json(value), ""});
      }
    }
    for (const auto& [key, value] : second.items()) {
      if (!first.contains(key) && !value.is_null()) found.push_back({below(key), "", shortened_json(value)});
    }
    return;
  }
  const bool lists = first.is_array() && second.is_array() && first.size() == second.size();
  if (lists && std::any_of(first.begin(), first.end(), [](const Json& item) { return item.is_structured(); })) {
    for (std::size_t i = 0; i < first.size(); ++i) compare(first[i], second[i], below(concat(i)), found);
    return;
  }
  found.push_back({path, shortened_json(first), shortened_json(second)});
}

}  // namespace

std::vector<Difference> differences(const std::string& first, const std::string& second) {
  Json one = parse_json(first, "configuration"), other = parse_json(second, "configuration");
  SPECFUSE_CHECK_AS(ConfigError, one.is_object() && other.is_object(), "configuration: expected an object");
  forget_names(one);
  forget_names(other);
  std::vector<Difference> found;
  compare(one, other, "", found);
  return found;
}

std::string differences_text(const std::vector<Difference>& differences) {
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, differences.size()); ++i) {
    const auto& [path, first, second] = differences[i];
    text += concat(i == 0 ? "" : ", ", path, " is ", first.empty() ? "not given" : first, " there and ",
                   second.empty() ? "not given" : second, " here");
  }
  if (differences.size() > kMost) text += concat(", and ", differences.size() - kMost, " more");
  return text;
}

}  // namespace specfuse
