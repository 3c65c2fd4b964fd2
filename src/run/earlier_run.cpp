#include "run/earlier_run.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "specfuse/config/differences.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/io/image_writer.h"

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

std::optional<Earlier> unfinished_in(const ResultFolder& folder) {
  if (!folder.keeps_work()) return {};
  const std::string file = folder.kept(kConfigFile);
  const std::string hash = folder.kept(kDataHashFile);
  return Earlier{fs::exists(file) ? read_text(file) : "", fs::exists(hash) ? read_text(hash) : ""};
}

std::optional<Earlier> finished_in(const ResultFolder& folder) {
  const std::string file = folder.published(kMetricsFile);
  if (!fs::exists(file)) return {};
  const Json json = json_of(read_text(file));
  const bool whole = json.is_object() && json.contains("config") && json.contains("data_hash");
  return whole && json["data_hash"].is_string()
             ? Earlier{json_text(json["config"]), json["data_hash"].get<std::string>()}
             : Earlier{};
}

/// What a run of this configuration writes.
std::vector<std::string> names_of(const ExperimentConfig& config) {
  std::vector<std::string> names(std::begin(kResultNames), std::end(kResultNames));
  const std::string ending = image_writer(config.output.format, "output.format").ending;
  const std::string of_method[] = {kFusedFile,  kCheckpointFile,  kPretrainedFile,
                                   kOutputFile, "fused" + ending, "sigma" + ending};
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) {
      for (const std::string& file : of_method) names.push_back(concat(config.folder_of(method, seed), "/", file));
    }
  }
  return names;
}

/// How a run begins in a folder that may hold another one.
enum class Beginning { anew, goes_on, was_done };

Beginning beginning_in(const ResultFolder& folder, const ExperimentConfig& config, const std::string& data_hash,
                       const RunOptions& options) {
  const std::string elsewhere = "--overwrite replaces it, --out names another folder";
  std::optional<Earlier> unfinished = unfinished_in(folder), finished = finished_in(folder);
  if (!unfinished && !finished) {
    for (const std::string& name : names_of(config)) {
      SPECFUSE_CHECK_AS(ConfigError, options.resume || options.overwrite || !fs::exists(folder.published(name)),
                        folder.path(), ": holds ", name, ", which no run has written; ", elsewhere);
    }
    return Beginning::anew;
  }
  if (options.overwrite && !options.resume) return Beginning::anew;
  const Earlier& earlier = unfinished ? *unfinished : *finished;
  const std::string what = concat(folder.path(), ": holds ", unfinished ? "an unfinished run" : "results");
  const auto refuse = [&](const std::string& reason) {
    if (options.overwrite) return Beginning::anew;
    throw ConfigError(concat(what, reason));
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
  if (options.resume) return Beginning::goes_on;
  return refuse(" of this configuration; --resume goes on with it, --overwrite starts anew");
}

}  // namespace

std::string config_of(const ExperimentConfig& config, const MethodConfig& method, Index seed) {
  ExperimentConfig alone = config;
  alone.name = method.label;  // what the experiment is called, and shows, changes no result
  alone.report = {};
  alone.methods = {method};
  alone.seeds = {seed};
  return config_text(alone);
}

bool begin_in(ResultFolder& folder, const ExperimentConfig& config, const std::string& data_hash,
              const RunOptions& options) {
  const Beginning beginning = beginning_in(folder, config, data_hash, options);
  if (beginning == Beginning::was_done) return false;
  folder.begin(beginning == Beginning::goes_on);
  write_text_atomically(folder.kept(kConfigFile), config_text(config));
  write_text_atomically(folder.kept(kDataHashFile), data_hash);
  return true;
}

std::vector<std::string> published_before(const ResultFolder& folder) {
  std::vector<std::string> files;
  // The second is there where a run was killed while it published.
  for (const char* metrics : {kMetricsFile, kEarlierFile}) {
    const std::string path = folder.published(metrics);
    const Json json = fs::exists(path) ? json_of(read_text(path)) : Json();
    if (!json.is_object() || !json.contains("config") || !json.contains("files") || !json["files"].is_array()) continue;
    for (const Json& file : json["files"]) {
      // Names out of a file: only such as a run gives.
      const std::string name = file.is_string() ? file.get<std::string>() : "";
      const bool plain = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/") ==
                         std::string::npos;
      if (plain && !name.empty() && name[0] != '/' && name.find("..") == std::string::npos) files.push_back(name);
    }
  }
  return files;
}

}  // namespace specfuse
