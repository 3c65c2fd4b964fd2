#include "io/metadata_groups.h"

#include <cstdlib>
#include <sstream>
#include <utility>
#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

std::string unquoted(const std::string& text) {
  constexpr const char* kAround = " \t\r\n\";";
  const std::size_t first = text.find_first_not_of(kAround);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

}  // namespace

MetadataGroups::MetadataGroups(const std::string& text, std::string file) : file_(std::move(file)) {
  std::vector<std::string> inside;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = unquoted(line.substr(0, equals)), value = unquoted(line.substr(equals + 1));
    if (key == "GROUP" || key == "BEGIN_GROUP") {
      inside.push_back(value);
    } else if (key == "END_GROUP") {
      if (!inside.empty()) inside.pop_back();
    } else {
      groups_[inside.empty() ? "" : inside.back()].emplace(key, value);
    }
  }
  SPECFUSE_CHECK_AS(DataError, !groups_.empty(), file_, ": expected lines KEY = VALUE, got none");
}

bool MetadataGroups::has(const std::string& group, const std::string& key) const {
  const auto found = groups_.find(group);
  return found != groups_.end() && found->second.contains(key);
}

std::string MetadataGroups::text(const std::string& group, const std::string& key) const {
  SPECFUSE_CHECK_AS(DataError, has(group, key), file_, ": expected ", key, " in ", group.empty() ? "no group" : group,
                    ", got none");
  return groups_.at(group).at(key);
}

double MetadataGroups::number(const std::string& group, const std::string& key) const {
  const std::string value = text(group, key);
  const std::optional<double> number = parsed_number(value);
  SPECFUSE_CHECK_AS(DataError, number.has_value(), file_, ": ", key, " in ", group, ": expected a number, got ", value);
  return *number;
}

}  // namespace specfuse
