#include "experiment/output.h"

#include <filesystem>
#include <vector>

#include "specfuse/core/error.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

/// Whether it was not there before.
bool make_folder(const std::string& path) {
  std::error_code reason;
  const bool made = fs::create_directories(path, reason);
  SPECFUSE_CHECK(!reason, "cannot make the folder ", path, ": ", reason.message());
  return made;
}

}  // namespace

Output::Output(const std::string& folder) : folder_(folder), staging_(folder + "/.unfinished") {
  made_ = make_folder(folder_);
  std::error_code reason;
  fs::remove_all(staging_, reason);
  SPECFUSE_CHECK(!reason, "cannot remove ", staging_, ": ", reason.message());
  make_folder(staging_);
}

Output::~Output() {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  // Folders made for nothing, where the run failed early; others are not empty, and stay.
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    if (entry.is_directory(ignored) && fs::is_empty(entry, ignored)) fs::remove(entry, ignored);
  }
  if (made_ && fs::is_empty(folder_, ignored)) fs::remove(folder_, ignored);
}

void Output::add_folder(const std::string& name) {
  make_folder(staged(name));
  make_folder(folder_ + "/" + name);
}

void Output::publish() {
  std::vector<fs::path> files;
  std::error_code reason;
  for (const auto& entry : fs::recursive_directory_iterator(staging_, reason)) {
    if (entry.is_regular_file(reason)) files.push_back(fs::relative(entry.path(), staging_));
  }
  for (const fs::path& file : files) {
    make_folder((folder_ / file.parent_path()).string());
    fs::rename(staging_ / file, folder_ / file, reason);
    SPECFUSE_CHECK(!reason, "cannot write ", (folder_ / file).string(), ": ", reason.message());
  }
}

}  // namespace specfuse
