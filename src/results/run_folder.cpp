#include "specfuse/results/run_folder.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "specfuse/config/differences.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/results/metrics_json.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

/// What a folder holds of an earlier run.
struct Earlier {
  /// Resolved; empty where it is not known.
  std::string config;
  /// Of the data it was made of.
  std::string data_hash;
};

std::optional<Earlier> unfinished_in(const RunFolder& folder) {
  if (!folder.keeps_work()) return {};
  const std::string file = folder.kept(kConfigFile), hash = folder.kept(kDataHashFile);
  return Earlier{fs::exists(file) ? read_text(file) : "", fs::exists(hash) ? read_text(hash) : ""};
}

std::optional<Earlier> finished_in(const RunFolder& folder) {
  const std::string file = folder.published(kMetricsFile);
  if (!fs::exists(file)) return {};
  const Json json = json_of(read_text(file));
  const bool whole = json.is_object() && json.contains("config") && json.contains("data_hash");
  return whole && json["data_hash"].is_string()
             ? Earlier{json_text(json["config"]), json["data_hash"].get<std::string>()}
             : Earlier{};
}

/// The folders that a run of this configuration makes for its results.
std::vector<std::string> result_folders(const ExperimentConfig& config) {
  std::vector<std::string> names;
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) names.push_back(config.folder_of(method, seed));
  }
  return names;
}

/// The files that it may write.
std::vector<std::string> names_of(const ExperimentConfig& config) {
  std::vector<std::string> names(std::begin(kResultNames), std::end(kResultNames));
  const std::string ending = image_writer(config.output.format, "output.format").ending;
  names.push_back(kQualityName + ending);
  const std::string of_method[] = {kFusedFile,  kCheckpointFile,  kPretrainedFile,
                                   kOutputFile, "fused" + ending, "sigma" + ending};
  for (const std::string& folder : result_folders(config)) {
    for (const std::string& file : of_method) names.push_back(concat(folder, "/", file));
  }
  return names;
}

/// How a run begins in a folder that may hold another one.
enum class Beginning { anew, goes_on, was_done };

Beginning beginning_in(const RunFolder& folder, const ExperimentConfig& config, const std::string& data_hash,
                       const RunFolder::Permission& permission) {
  const std::string elsewhere = "--overwrite replaces it, --out names another folder";
  const std::optional<Earlier> unfinished = unfinished_in(folder), finished = finished_in(folder);
  if (!unfinished && !finished) {
    for (const std::string& name : names_of(config)) {
      SPECFUSE_CHECK_AS(ConfigError, permission.resume || permission.overwrite || !fs::exists(folder.published(name)),
                        folder.path(), ": holds ", name, ", which no run has written; ", elsewhere);
    }
    return Beginning::anew;
  }
  if (permission.overwrite && !permission.resume) return Beginning::anew;
  const Earlier& earlier = unfinished ? *unfinished : *finished;
  const auto refuse = [&](const std::string& reason) {
    if (permission.overwrite) return Beginning::anew;
    throw ConfigError(concat(folder.path(), ": holds ", unfinished ? "an unfinished run" : "results", reason));
  };
  if (earlier.config.empty()) return refuse(concat(" of an unknown configuration; ", elsewhere));
  const std::vector<Difference> found = differences(earlier.config, config_text(config));
  if (!found.empty()) return refuse(concat(" of another configuration (", differences_text(found), "); ", elsewhere));
  if (earlier.data_hash.starts_with(kStreamedHash) != data_hash.starts_with(kStreamedHash)) {
    const bool streamed = data_hash.starts_with(kStreamedHash);
    return refuse(concat(" of this configuration, made with the pair ", streamed ? "in memory" : "in its files",
                         ", which --memory decides; ", elsewhere));
  }
  if (earlier.data_hash != data_hash) return refuse(concat(" of this configuration on other data; ", elsewhere));
  if (!unfinished) return Beginning::was_done;
  if (permission.resume) return Beginning::goes_on;
  return refuse(" of this configuration; --resume goes on with it, --overwrite starts anew");
}

void clear(const std::string& folder) {
  std::error_code reason;
  fs::remove_all(folder, reason);
  SPECFUSE_CHECK(!reason, "cannot remove ", folder, ": ", reason.message());
}

}  // namespace

RunFolder::RunFolder(const std::string& path)
    : path_(path), staging_(concat(path, "/", kUnfinishedFolder)), keeping_(concat(path, "/", kResumeFolder)) {}

RunFolder::~RunFolder() {
  if (!lock_) return;
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  if (!keeps_work()) fs::remove_all(keeping_, ignored);
  // Where the run failed early, the folders it made are empty; those that hold something stay.
  for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
    if (fs::is_empty(*made, ignored) && !ignored) fs::remove(*made, ignored);
  }
}

std::string RunFolder::staged(const std::string& name) const { return concat(staging_, "/", name); }

std::string RunFolder::kept(const std::string& name) const { return concat(keeping_, "/", name); }

std::string RunFolder::published(const std::string& name) const { return concat(path_, "/", name); }

bool RunFolder::keeps_work() const {
  std::error_code none;
  const fs::recursive_directory_iterator files(keeping_, none);
  return std::any_of(fs::begin(files), fs::end(files),
                     [](const auto& entry) { return entry.path().extension() == ".h5"; });
}

std::optional<std::string> RunFolder::data_hash_of(const ExperimentConfig& config) const {
  std::optional<Earlier> earlier = unfinished_in(*this);
  if (!earlier) earlier = finished_in(*this);
  if (!earlier || earlier->config.empty() || !differences(earlier->config, config_text(config)).empty()) return {};
  return earlier->data_hash;
}

std::optional<ExperimentResults> RunFolder::results(const ExperimentConfig& config) const {
  try {
    const std::string file = published(kMetricsFile);
    return read_metrics_json(read_text(file), file, config);
  } catch (const DataError&) {
    return std::nullopt;
  }
}

std::string RunFolder::failure() const {
  try {
    const std::string text = read_text(published(kFailureFile));
    return text.substr(0, text.find('\n'));
  } catch (const DataError&) {
    return {};
  }
}

void RunFolder::record_failure(const std::string& reason) const {
  fs::create_directories(path_);
  write_text_atomically(published(kFailureFile), reason + "\n");
}

void RunFolder::forget_failure() const { fs::remove(published(kFailureFile)); }

std::optional<ExperimentResults> RunFolder::begin(const ExperimentConfig& config, const std::string& data_hash,
                                                  const Permission& permission) {
  make(path_);
  lock_ = std::make_unique<FileLock>(path_);
  if (!lock_->held()) {
    lock_.reset();
    throw Error(concat("another run is writing to ", path_));
  }
  const Beginning beginning = beginning_in(*this, config, data_hash, permission);
  if (beginning == Beginning::was_done) {
    const std::string file = published(kMetricsFile);
    return read_metrics_json(read_text(file), file, config);
  }
  clear(staging_);
  goes_on_ = beginning == Beginning::goes_on;
  if (!goes_on_) forget();
  make(staging_);
  make(keeping_);
  write_text_atomically(kept(kConfigFile), config_text(config));
  write_text_atomically(kept(kDataHashFile), data_hash);
  for (const std::string& name : result_folders(config)) add_folder(name);
  return {};
}

void RunFolder::make(const std::string& folder) {
  std::error_code reason;
  std::vector<std::string> missing;
  for (fs::path path = folder; !path.empty() && !fs::exists(path, reason); path = path.parent_path()) {
    missing.push_back(path.string());
  }
  fs::create_directories(folder, reason);
  SPECFUSE_CHECK(!reason, "cannot make the folder ", folder, ": ", reason.message());
  made_.insert(made_.end(), missing.rbegin(), missing.rend());
}

void RunFolder::add_folder(const std::string& name) {
  const fs::path target = published(name);
  SPECFUSE_CHECK(!fs::exists(target) || fs::is_directory(target), "cannot write to the folder ", target.string(),
                 ": something else has this name");
  make(staged(name));
}

std::vector<std::string> RunFolder::staged_files() const {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(staging_)) {
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), staging_).generic_string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void RunFolder::publish() {
  std::vector<std::string> files = staged_files(), before = listed_files(published(kMetricsFile), "config");
  // Where a run was killed while it published.
  for (const std::string& name : listed_files(published(kEarlierFile), "config")) before.push_back(name);
  for (const std::string& file : files) {
    SPECFUSE_CHECK(!fs::is_directory(published(file)), "cannot write ", published(file), ": a folder has this name");
  }
  std::stable_partition(files.begin(), files.end(), [&](const std::string& file) { return file != kMetricsFile; });
  if (fs::exists(published(kMetricsFile))) move_file(published(kMetricsFile), published(kEarlierFile));
  for (const std::string& file : files) {
    make(fs::path(published(file)).parent_path().string());
    move_file(staged(file), published(file));
  }
  remove_unlisted(path_, before, files);
  fs::remove(published(kEarlierFile));
  forget();
}

void RunFolder::give_up() {
  if (lock_ && !goes_on_) forget();
}

void RunFolder::forget() {
  clear(staging_);
  if (!fs::exists(keeping_)) return;
  std::error_code reason;
  fs::rename(keeping_, staging_, reason);
  SPECFUSE_CHECK(!reason, "cannot remove ", keeping_, ": ", reason.message());
  clear(staging_);
}

std::vector<std::string> listed_files(const std::string& path, const char* mark) {
  const Json json = fs::exists(path) ? json_of(read_text(path)) : Json();
  if (!json.is_object() || !json.contains(mark) || !json.contains("files") || !json["files"].is_array()) return {};
  std::vector<std::string> files;
  for (const Json& file : json["files"]) {
    const std::string name = file.is_string() ? file.get<std::string>() : "";
    const bool plain = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/") ==
                       std::string::npos;
    if (plain && !name.empty() && name[0] != '/' && name.find("..") == std::string::npos) files.push_back(name);
  }
  return files;
}

void remove_unlisted(const std::string& folder, const std::vector<std::string>& before,
                     const std::vector<std::string>& now) {
  std::error_code ignored;
  for (const std::string& name : before) {
    if (std::find(now.begin(), now.end(), name) != now.end()) continue;
    const fs::path old = fs::path(folder) / name;
    fs::remove(old, ignored);
    if (fs::path(name).has_parent_path()) fs::remove(old.parent_path(), ignored);  // where it is empty now
  }
}

}  // namespace specfuse
