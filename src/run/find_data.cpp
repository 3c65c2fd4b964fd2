#include "specfuse/run/find_data.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "specfuse/core/error.h"
#include "specfuse/io/held_image.h"

namespace specfuse {

std::vector<std::string> data_directories(const std::vector<std::string>& given) {
  std::vector<std::string> all = given;
  if (const char* const variable = std::getenv("SPECFUSE_DATA")) {
    std::istringstream list(variable);
    for (std::string directory; std::getline(list, directory, ':');) {
      if (!directory.empty()) all.push_back(directory);
    }
  }
  all.emplace_back("data");
  return all;
}

std::vector<std::string> here_first(const std::vector<std::string>& directories) {
  std::vector<std::string> all{"."};
  all.insert(all.end(), directories.begin(), directories.end());
  return all;
}

std::string find_file(const std::string& name, const std::vector<std::string>& directories) {
  if (names_held_image(name)) return name;
  std::vector<std::string> searched;
  for (const std::string& directory : directories) {
    if (std::find(searched.begin(), searched.end(), directory) != searched.end()) continue;
    searched.push_back(directory);
    const std::filesystem::path path = std::filesystem::path(directory) / name;
    std::error_code ignored;
    const std::filesystem::file_type type = std::filesystem::status(path, ignored).type();
    const bool is_there = type == std::filesystem::file_type::regular || type == std::filesystem::file_type::directory;
    if (!name.empty() && is_there) return path.string();
  }
  throw DataError(concat(name, ": not found in ", joined(searched),
                         "; data/README.md says where to get scenes, and --data-dir "
                         "or SPECFUSE_DATA where they lie"));
}

}  // namespace specfuse
