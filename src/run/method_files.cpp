#include "specfuse/run/method_files.h"

#include <nlohmann/json.hpp>

#include "specfuse/config/differences.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/io/checkpoint.h"
#include "specfuse/run/find_data.h"

namespace specfuse {
namespace {

/// Throws `ConfigError` where something that is given and is no default is not as stored.
void check_agrees(const Json& given, const Json& defaults, const Json& stored, const std::string& path) {
  if (given == defaults || given == stored) return;
  SPECFUSE_CHECK_AS(ConfigError, given.is_object() && stored.is_object(), path, ": expected ", json_text(stored),
                    " as in the checkpoint, got ", json_text(given));
  for (const auto& [key, value] : given.items()) {
    const bool known = defaults.is_object() && defaults.contains(key);
    if (known && defaults.at(key) == value) continue;
    const std::string below = concat(path, ".", key);
    SPECFUSE_CHECK_AS(ConfigError, stored.contains(key), below, ": the checkpoint says nothing of it");
    check_agrees(value, known ? defaults.at(key) : Json(), stored.at(key), below);
  }
}

MethodConfig adopt_entry(const MethodConfig& entry, const Json& stored, const std::string& path) {
  const std::string name = stored.at("name").get<std::string>();
  SPECFUSE_CHECK_AS(ConfigError, name == entry.name, path, ".checkpoint: expected what ", entry.name,
                    " learned, got a checkpoint of ", name);
  MethodConfig plain;
  plain.name = entry.name;
  plain.options = method_options(entry.name);
  Json options = write_fields(entry);
  const Json defaults = write_fields(plain);
  for (auto& [key, value] : options.items()) {
    if (key == "name" || key == "label" || key == "checkpoint" || key == "cache") continue;
    if (key == "model" || key == "train") {
      check_agrees(value, defaults.at(key), stored.at(key), concat(path, ".", key));
      value = stored.at(key);
    } else if (!value.is_object() && value == defaults.at(key) && stored.contains(key)) {
      value = stored.at(key);  // such as fuse_tile: no matter of what was learned
    }
  }
  MethodConfig adopted;
  try {
    read_fields(options, path, *entry.checkpoint, adopted);
  } catch (const ConfigError& problem) {
    throw DataError(problem.what());  // what was given had been read before
  }
  return adopted;
}

/// The configuration that a checkpoint holds; what is wrong with it is an error of the file.
Json parse_stored(const std::string& text, const std::string& file) {
  try {
    return parse_json(text, concat(file, ": its configuration"));
  } catch (const ConfigError& problem) {
    throw DataError(problem.what());
  }
}

/// 0, which is no valid ratio, where it is not an integer.
Index integer_of(const Json& json) { return json.is_number_integer() ? json.get<Index>() : 0; }

/// Throws `DataError` naming the file and what is wrong with it.
void restore_from(const std::string& file, FusionMethod& method) {
  const Checkpoint checkpoint = read_checkpoint(file);
  try {
    method.restore(checkpoint);
    method.learned_from = load_learned_from(checkpoint);
    method.traits.trained = true;
  } catch (const DataError& problem) {
    throw DataError(concat(file, ": ", problem.what()));
  }
}

FileFinder finder(const std::vector<std::string>& directories) {
  return [&directories](const std::string& name) { return find_checkpoint(name, directories); };
}

}  // namespace

std::string find_checkpoint(const std::string& name, const std::vector<std::string>& directories) {
  return find_file(name, here_first(directories));
}

std::unique_ptr<FusionMethod> make_method(const MethodConfig& entry, const std::vector<std::string>& directories) {
  std::unique_ptr<FusionMethod> method = entry.options->make();
  method->find_files(finder(directories));
  if (entry.checkpoint) restore_from(find_checkpoint(*entry.checkpoint, directories), *method);
  return method;
}

std::vector<std::string> files_of_methods(const ExperimentConfig& config, const std::vector<std::string>& directories) {
  std::vector<std::string> files;
  for (const MethodConfig& entry : config.methods) {
    if (entry.checkpoint) files.push_back(find_checkpoint(*entry.checkpoint, directories));
    for (const std::string& file : entry.options->make()->find_files(finder(directories))) files.push_back(file);
  }
  return files;
}

ExperimentConfig adopt_checkpoints(const ExperimentConfig& config, const std::vector<std::string>& directories) {
  ExperimentConfig adopted = config;
  for (std::size_t i = 0; i < config.methods.size(); ++i) {
    const MethodConfig& entry = config.methods[i];
    if (!entry.checkpoint) continue;
    const std::string file = find_checkpoint(*entry.checkpoint, directories), path = concat("methods.", i);
    const Checkpoint checkpoint = read_checkpoint(file);
    const auto text = checkpoint.attributes.find("config");
    SPECFUSE_CHECK_AS(DataError, text != checkpoint.attributes.end(), file, ": holds no configuration");
    try {
      const Json stored = parse_stored(text->second, file);
      const Index ratio = integer_of(stored.at("degrade").at("ratio"));
      const bool any = entry.options->traits().suits_any_pair;
      SPECFUSE_CHECK_AS(ConfigError, any || ratio == config.degrade.ratio, "degrade.ratio: expected ", ratio, " as ",
                        file, " was trained for, got ", config.degrade.ratio);
      adopted.methods[i] = adopt_entry(entry, stored.at("methods").at(0), path);
    } catch (const nlohmann::json::exception&) {
      throw DataError(concat(file, ": its configuration is not that of an experiment with one method"));
    }
  }
  return adopted;
}

std::vector<std::string> checkpoint_warnings(const ExperimentConfig& config,
                                             const std::vector<std::string>& directories) {
  std::vector<std::string> warnings;
  for (const MethodConfig& entry : config.methods) {
    if (!entry.checkpoint || entry.options->traits().suits_any_pair) continue;
    const std::string file = find_checkpoint(*entry.checkpoint, directories);
    const Json stored = parse_stored(read_checkpoint(file).attributes.at("config"), file);
    const Json now = write_fields(config.degrade);
    std::vector<Difference> found;
    for (const char* key : {"psf", "srf", "boundary"}) {
      for (const Difference& one :
           differences(json_text(Json{{key, stored.at("degrade").at(key)}}), json_text(Json{{key, now.at(key)}}))) {
        found.push_back({"degrade." + one.path, one.first, one.second});
      }
    }
    if (found.empty()) continue;
    warnings.push_back(concat(entry.label, " learned from another degradation (", differences_text(found), ")"));
  }
  return warnings;
}

}  // namespace specfuse
