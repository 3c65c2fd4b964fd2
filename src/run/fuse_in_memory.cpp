#include "specfuse/run/fuse_in_memory.h"

#include "run/data_images.h"
#include "run/fuse_parts.h"
#include "run/method_run.h"
#include "run/prepared.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/results/metrics_json.h"
#include "specfuse/run/method_files.h"

namespace specfuse {
namespace {

/// An experiment whose images fit into memory, before its first method.
PreparedExperiment prepared_in_memory(const ExperimentConfig& config, const std::vector<std::string>& directories) {
  RunOptions options;
  options.data_directories = directories;
  options.overwrite = true;  // no folder decides
  LoadedExperiment loaded(config, options);
  SPECFUSE_CHECK_AS(ConfigError, !loaded.scene.large, source_of(loaded.config.data),
                    ": larger than the memory that is free; run_experiment fuses it part by part");
  return PreparedExperiment(std::move(loaded));
}

std::string sensors_of(const Task& task) { return task.sensors.estimate ? estimate_text(*task.sensors.estimate) : ""; }

}  // namespace

FusionInMemory fuse_in_memory(const ExperimentConfig& given, const std::vector<std::string>& directories) {
  const PreparedExperiment prepared = prepared_in_memory(given, directories);
  const MethodConfig& entry = prepared.config.methods.front();
  const Task task = unmasked(*prepared.first);
  const ProgressTitle title(entry.label);
  const std::unique_ptr<FusionMethod> method = make_method(entry, prepared.directories);
  FitContext context;
  context.seed = static_cast<std::uint64_t>(prepared.config.seeds.front());
  if (needs_fit(prepared.config, entry)) run_fits(*method, task, {context});
  const PartsOfResult whole{*prepared.first, prepared.scene.outliers, entry.label, ""};
  return {fuse_at_once(whole, method->fuser(*task.pair), task.pair_in_memory), sensors_of(task),
          prepared.found.warnings};
}

FusionInMemory sensors_in_memory(const ExperimentConfig& given, const std::vector<std::string>& directories) {
  const PreparedExperiment prepared = prepared_in_memory(given, directories);
  return {{}, sensors_of(*prepared.first), prepared.found.warnings};
}

}  // namespace specfuse
