#include "sweep/sweep_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

Scores read_scores(const Json& json) {
  Scores scores;
  for (const auto& [key, value] : json.items()) {
    scores.values.push_back({key, value.is_null() ? std::nan("") : value.get<double>()});
  }
  return scores;
}

MethodResult read_method(const Json& json) {
  MethodResult result;
  result.name = json.at("name").get<std::string>();
  result.label = json.at("label").get<std::string>();
  result.seed = json.at("seed").get<Index>();
  result.fit_seconds = json.at("fit_seconds").get<double>();
  result.fuse_seconds = json.at("fuse_seconds").get<double>();
  result.peak_memory_mb = json.at("peak_memory_mb").get<double>();
  if (!json.at("metrics").is_null()) result.scores = read_scores(json.at("metrics"));
  result.no_reference = read_scores(json.at("no_reference"));
  return result;
}

}  // namespace

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

std::optional<Results> RunFolder::results(const ExperimentConfig& config) const {
  try {
    const std::string file = path() + "/metrics.json";
    const Json json = parse_json(read_text(file), file);
    if (json.at("config_hash") != hash_) return std::nullopt;
    Results results;
    results.config = config;
    if (json.at("scored_on").is_string()) results.scored_on = json.at("scored_on").get<std::string>();
    results.data_hash = json.at("data_hash").get<std::string>();
    for (const Json& method : json.at("methods")) results.methods.push_back(read_method(method));
    return results;
  } catch (const Error&) {
    return std::nullopt;  // not there, or not JSON
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;  // not what a run writes
  }
}

std::string RunFolder::state(const ExperimentConfig& config) const {
  if (results(config)) return "done";
  if (fs::exists(config_path()) && !Claim(config_path()).held()) return "running";
  if (!failure().empty()) return "failed";
  return fs::exists(path() + "/.resume") ? "cut off" : "to do";
}

std::string RunFolder::failure() const {
  try {
    const std::string text = read_text(path() + "/failed.txt");
    return text.substr(0, text.find('\n'));
  } catch (const DataError&) {
    return {};
  }
}

void RunFolder::record_failure(const std::string& reason) const {
  fs::create_directories(path());
  write_text_atomically(path() + "/failed.txt", reason + "\n");
}

void RunFolder::forget_failure() const { fs::remove(path() + "/failed.txt"); }

}  // namespace specfuse
