#include "sweep/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/report/metrics_json.h"

namespace fs = std::filesystem;

namespace specfuse {

Claim::Claim(const std::string& path) : path_(path) {
  descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  SPECFUSE_CHECK(descriptor_ >= 0, "cannot open ", path, ": ", std::strerror(errno));
  held_ = flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
}

Claim::~Claim() { close(descriptor_); }

void Claim::write(const std::string& text) const {
  const bool done = ftruncate(descriptor_, 0) == 0 &&
                    pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  SPECFUSE_CHECK(done, "cannot write ", path_, ": ", std::strerror(errno));
}

std::optional<ExperimentResults> RunFolder::results(const ExperimentConfig& config) const {
  try {
    const std::string file = path() + "/" + kMetricsFile;
    return read_metrics_json(read_text(file), file, config);
  } catch (const DataError&) {
    return std::nullopt;  // not there, not whole, or not what this run writes
  }
}

bool RunFolder::can_resume() const { return fs::exists(path() + "/" + kResumeFolder); }

std::string RunFolder::state(const ExperimentConfig& config) const {
  if (results(config)) return "done";
  if (fs::exists(config_path()) && !Claim(config_path()).held()) return "running";
  if (!failure().empty()) return "failed";
  return can_resume() ? "cut off" : "to do";
}

std::string RunFolder::failure() const {
  try {
    const std::string text = read_text(failure_path());
    return text.substr(0, text.find('\n'));
  } catch (const DataError&) {
    return {};
  }
}

void RunFolder::record_failure(const std::string& reason) const {
  fs::create_directories(path());
  write_text_atomically(failure_path(), reason + "\n");
}

void RunFolder::forget_failure() const { fs::remove(failure_path()); }

}  // namespace specfuse
