#include "experiment/output.h"

#include <filesystem>

#include "specfuse/core/error.h"

namespace fs = std::filesystem;

namespace specfuse {
void Output::make(const std::string& folder) {
  std::error_code reason;
  std::vector<std::string> missing;
  for (fs::path path = folder; !path.empty() && !fs::exists(path, reason); path = path.parent_path()) {
    missing.push_back(path.string());
  }
  fs::create_directories(folder, reason);
  SPECFUSE_CHECK(!reason, "cannot make the folder ", folder, ": ", reason.message());
  made_.insert(made_.end(), missing.rbegin(), missing.rend());
}

Output::Output(const std::string& folder) : folder_(folder), staging_(folder + "/.unfinished") {
  make(folder_);
  std::error_code reason;
  fs::remove_all(staging_, reason);
  SPECFUSE_CHECK(!reason, "cannot remove ", staging_, ": ", reason.message());
  make(staging_);
}

Output::~Output() {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  // Folders made for nothing, where the run failed early; those that hold something stay.
  for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) {
    if (fs::is_empty(*folder, ignored) && !ignored) fs::remove(*folder, ignored);
  }
}

void Output::add_folder(const std::string& name) {
  make(staged(name));
  make(folder_ + "/" + name);
}

void Output::publish() {
  std::vector<fs::path> files;
  std::error_code reason;
  for (const auto& entry : fs::recursive_directory_iterator(staging_, reason)) {
    if (entry.is_regular_file(reason)) files.push_back(fs::relative(entry.path(), staging_));
  }
  for (const fs::path& file : files) {
    make((folder_ / file.parent_path()).string());
    fs::rename(staging_ / file, folder_ / file, reason);
    SPECFUSE_CHECK(!reason, "cannot write ", (folder_ / file).string(), ": ", reason.message());
  }
}

}  // namespace specfuse
