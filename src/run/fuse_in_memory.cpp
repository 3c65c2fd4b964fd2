#include "specfuse/run/fuse_in_memory.h"

#include "run/fuse_parts.h"
#include "run/learned_from.h"
#include "run/method_checks.h"
#include "run/method_run.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/results/metrics_json.h"
#include "specfuse/run/apply.h"

namespace specfuse {
namespace {

/// An experiment whose images fit into memory, before its first method.
struct LoadedExperiment {
  ExperimentConfig config;
  Scene scene;
  Task task;
  std::vector<std::string> warnings;

  LoadedExperiment(const ExperimentConfig& given, const std::vector<std::string>& directories)
      : config(adopt_checkpoints(given, directories)),
        scene(load_scene(config, directories, nullptr, "", Budget({}).left())),
        task(make_task(scene, config.protocol, config.seeds.front(), needs_of(config, scene))),
        warnings(check_methods(config, scene, task, directories, ScoredSpectra(scene, task)).warnings) {
    SPECFUSE_CHECK_AS(ConfigError, !scene.large, source_of(config.data),
                      ": larger than the memory that is free; run_experiment fuses it part by part");
  }

  std::string sensors() const { return task.sensors.estimate ? estimate_text(*task.sensors.estimate) : ""; }
};

}  // namespace

FusionInMemory fuse_in_memory(const ExperimentConfig& given, const std::vector<std::string>& directories) {
  const LoadedExperiment loaded(given, directories);
  const MethodConfig& entry = loaded.config.methods.front();
  const Task task = unmasked(loaded.task);
  const ProgressTitle title(entry.label);
  const std::unique_ptr<FusionMethod> method = make_method(entry, directories);
  if (entry.checkpoint) restore_from(find_checkpoint(*entry.checkpoint, directories), *method);
  FitContext context;
  context.seed = static_cast<std::uint64_t>(loaded.config.seeds.front());
  if (is_fitted(loaded.config, entry)) fit_all(*method, task, {context});
  const PartsOfResult whole{loaded.task, loaded.scene.outliers, entry.label, ""};
  return {fuse_whole(whole, method->fuser(*task.parts), task.shown_pair), loaded.sensors(), loaded.warnings};
}

FusionInMemory sensors_in_memory(const ExperimentConfig& given, const std::vector<std::string>& directories) {
  const LoadedExperiment loaded(given, directories);
  return {{}, loaded.sensors(), loaded.warnings};
}

}  // namespace specfuse
