#include "run/result_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/ranks/ranks.h"

namespace fs = std::filesystem;

namespace specfuse {

void ResultFolder::make(const std::string& folder) {
  std::error_code reason;
  std::vector<std::string> missing;
  for (fs::path path = folder; !path.empty() && !fs::exists(path, reason); path = path.parent_path()) {
    missing.push_back(path.string());
  }
  fs::create_directories(folder, reason);
  SPECFUSE_CHECK(!reason, "cannot make the folder ", folder, ": ", reason.message());
  made_.insert(made_.end(), missing.rbegin(), missing.rend());
}

ResultFolder::ResultFolder(const std::string& folder)
    : folder_(folder), staging_(folder + "/" + kUnfinishedFolder), keeping_(concat(folder, "/", kResumeFolder)) {
  if (this_rank() != 0) return;
  make(folder_);
  lock_ = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  SPECFUSE_CHECK(lock_ >= 0, "cannot open the folder ", folder_, ": ", std::strerror(errno));
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw Error(concat("another run is writing to ", folder_));
  }
}

bool ResultFolder::keeps_work() const {
  std::error_code none;
  const fs::recursive_directory_iterator kept(keeping_, none);
  return std::any_of(fs::begin(kept), fs::end(kept),
                     [](const auto& entry) { return entry.path().extension() == ".h5"; });
}

void ResultFolder::begin(bool keep) {
  clear(staging_);
  goes_on_ = keep;
  if (!keep) forget();
  make(staging_);
  make(keeping_);
}

ResultFolder::~ResultFolder() {
  if (lock_ < 0) return;
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  if (!keeps_work()) fs::remove_all(keeping_, ignored);
  // Where the run failed early, the folders it made are empty; those that hold something stay.
  for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
    if (fs::is_empty(*made, ignored) && !ignored) fs::remove(*made, ignored);
  }
  close(lock_);
}

void ResultFolder::give_up() {
  if (lock_ < 0) return;
  if (!goes_on_) forget();
}

void ResultFolder::clear(const std::string& folder) {
  std::error_code reason;
  fs::remove_all(folder, reason);
  SPECFUSE_CHECK(!reason, "cannot remove ", folder, ": ", reason.message());
}

void ResultFolder::add_folder(const std::string& name) {
  const fs::path target = fs::path(folder_) / name;
  SPECFUSE_CHECK(!fs::exists(target) || fs::is_directory(target), "cannot write to the folder ", target.string(),
                 ": something else has this name");
  make(staged(name));
}

std::vector<std::string> ResultFolder::staged_files() const {
  std::vector<std::string> files;
  std::error_code reason;
  for (const auto& entry : fs::recursive_directory_iterator(staging_, reason)) {
    if (entry.is_regular_file(reason)) files.push_back(fs::relative(entry.path(), staging_).generic_string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void ResultFolder::publish(const std::string& last, const std::vector<std::string>& earlier) {
  std::error_code reason;
  std::vector<fs::path> files;
  for (const std::string& file : staged_files()) files.emplace_back(file);
  // All names are checked before the first file moves.
  for (const fs::path& file : files) {
    SPECFUSE_CHECK(!fs::is_directory(folder_ / file), "cannot write ", (folder_ / file).string(),
                   ": a folder has this name");
  }
  std::stable_partition(files.begin(), files.end(), [&](const fs::path& file) { return file != last; });
  // That of an earlier run would speak for a mixture of both, were this run killed here. Its list of files is kept.
  if (!last.empty() && fs::exists(folder_ / fs::path(last))) move_file(published(last), published(kEarlierFile));
  for (const fs::path& file : files) {
    make((folder_ / file.parent_path()).string());
    move_file(staging_ / file, folder_ / file);
  }
  for (const fs::path old : earlier) {
    if (std::find(files.begin(), files.end(), old) != files.end()) continue;
    fs::remove(folder_ / old, reason);
    if (old.has_parent_path()) fs::remove(folder_ / old.parent_path(), reason);  // where it is empty now
  }
  fs::remove(published(kEarlierFile), reason);
  forget();
}

void ResultFolder::forget() {
  clear(staging_);
  if (!fs::exists(keeping_)) return;
  // In one step: a later run would resume from half of what was kept as if it were all.
  std::error_code reason;
  fs::rename(keeping_, staging_, reason);
  SPECFUSE_CHECK(!reason, "cannot remove ", keeping_, ": ", reason.message());
  clear(staging_);
}

}  // namespace specfuse
