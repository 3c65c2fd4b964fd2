#include "specfuse/run/runner.h"

#include <utility>

#include "run/data_hash.h"
#include "run/earlier_run.h"
#include "run/environment.h"
#include "run/kept_method.h"
#include "run/method_checks.h"
#include "run/method_files.h"
#include "run/method_run.h"
#include "run/result_files.h"
#include "run/result_folder.h"
#include "run/run_figures.h"
#include "run/stream_runner.h"
#include "run/training_log.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/io/scene.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/report/text_format.h"
#include "specfuse/run/apply.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/find_data.h"
#include "specfuse/run/protocol.h"

namespace specfuse {
namespace {

/// All that is known of an experiment before anything is made.
struct Prepared {
  std::vector<std::string> directories;
  ExperimentConfig config;
  Scene scene;
  MethodNeeds needs;
  /// Of the first seed; none once it is taken.
  std::optional<Task> first;
  MethodFindings found;

  /// Throws for all that can be wrong.
  Prepared(const ExperimentConfig& given, const RunOptions& options)
      : directories(data_directories(options.data_directories)), config(adopt_checkpoints(given, directories)),
        scene(load_scene(config, directories, nullptr, options.scratch)), needs(needs_of(config, scene)),
        first(make_task(scene, config.protocol, config.seeds.front(), needs)),
        found(check_methods(config, scene, *first, directories, ScoredSpectra(scene, *first))) {}

  /// Of the seeds in turn.
  Task task_of(Index seed) {
    return first ? *std::exchange(first, {}) : make_task(scene, config.protocol, seed, needs);
  }
};

/// Fits and fuses one entry, together with the other ranks where its method shares its work. All ranks that are to help
/// call this; none but the first has anything to do with a method that does not.
std::optional<Fusion> make(const Prepared& prepared, const MethodConfig& entry, const Task& task,
                           const std::vector<FitContext>& fits) {
  const std::unique_ptr<FusionMethod> method = make_method(entry, prepared.directories);
  std::optional<RankAlone> alone;
  if (!method->shares_work()) {
    if (this_rank() != 0) return {};
    alone.emplace();
  }
  const std::string checkpoint = entry.checkpoint ? find_checkpoint(*entry.checkpoint, prepared.directories) : "";
  const bool fitted = entry.checkpoint && prepared.config.protocol.type == Protocol::apply;
  return fit_and_fuse(*method, task, fits, checkpoint, fitted);
}

/// The result has what was filled in for outliers of the pair, and its files what was measured.
void mark_outliers_of(const Scene& scene, Fusion& fusion) {
  if (!scene.measured) return;
  const Rectangle all{0, 0, fusion.fused.rows(), fusion.fused.cols()};
  mark_outliers(outliers_of(*scene.measured), scene.degradation.ratio, all, fusion.fused,
                fusion.sigma ? &*fusion.sigma : nullptr);
}

/// The result of a method, kept from an earlier run or made now.
Fusion find_or_make(const Prepared& prepared, const MethodConfig& method, Index seed, const Task& task,
                    ResultFolder& folder, TrainingLog& log) {
  const std::string name = prepared.config.folder_of(method, seed);
  std::optional<Fusion> kept = find_method(folder, name);
  if (!first_rank_says(!kept)) {
    say(name + ": was complete before");
    mark_outliers_of(prepared.scene, *kept);
    return *std::move(kept);
  }
  const std::vector<FitContext> fits =
      fit_contexts(prepared.config, method, seed, folder.keeping(), &log, prepared.scene.scratch);
  try {
    Fusion fusion = *make(prepared, method, task, fits);
    mark_outliers_of(prepared.scene, fusion);
    keep_method(folder, fusion, fits, prepared.config.output.format);
    return fusion;
  } catch (const ConfigError&) {
    folder.give_up();  // no run of this configuration can go on
    throw;
  }
}

/// What ranks other than the first do of an experiment: their share of what it says is to be made.
void help(Prepared& prepared, const std::string& out) {
  const ExperimentConfig& config = prepared.config;
  if (!first_rank_says(false)) return;
  for (const Index seed : config.seeds) {
    const Task task = prepared.task_of(seed);
    for (const MethodConfig& method : config.methods) {
      if (!first_rank_says(false)) continue;
      make(prepared, method, task,
           fit_contexts(config, method, seed, ResultFolder::keeping_in(out), nullptr, prepared.scene.scratch));
    }
  }
}

}  // namespace

std::string run_experiment(const ExperimentConfig& given, const RunOptions& options) {
  if (options.memory) return run_streamed(given, options);
  Prepared prepared(given, options);
  if (this_rank() != 0) {
    help(prepared, options.out);
    return {};
  }
  const ExperimentConfig& config = prepared.config;
  const Scene& scene = prepared.scene;
  ExperimentResults results;
  results.doubts = prepared.found.doubts;
  for (const std::string& doubt : results.doubts) warn(doubt);
  results.grids = scene.grids;
  if (!results.grids.empty()) say(results.grids);
  results.config = config;
  results.scored_on = config.protocol.test ? config.protocol.test->text() : "whole image";
  results.data_hash = data_hash(scene, files_of_methods(config, prepared.directories));
  results.environment = environment_text();
  ResultFolder folder(options.out);
  if (!first_rank_says(begin_in(folder, config, results.data_hash, options))) return earlier_summary(folder, config);
  TrainingLog log(folder.kept(kLogFile));
  std::optional<RunFigures> figures;
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) folder.add_folder(config.folder_of(method, seed));
  }
  // A scene made up for this run is found nowhere else.
  if (config.data.synthetic) write_cube(folder.staged(kSceneFile), *scene.reference);

  for (const Index seed : config.seeds) {
    const Task task = prepared.task_of(seed);
    if (seed == config.seeds.front()) keep_sensors(task, folder, config.output.format);
    if (task.sensors.estimate) results.estimates[seed] = *task.sensors.estimate;
    if (!figures) figures.emplace(scene, task, config.protocol, config.methods.size());
    for (const MethodConfig& method : config.methods) {
      SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted before ", config.folder_of(method, seed),
                        folder.keeps_work() ? "; continue with --resume" : "");
      Fusion fusion = find_or_make(prepared, method, seed, task, folder, log);
      fusion.result.name = method.name;
      fusion.result.label = method.label;
      fusion.result.seed = seed;
      fusion.result.learned_share = prepared.found.share_of(results.methods.size());
      score(task, config.metric_profiles, fusion);
      if (seed == config.seeds.front()) figures->add(method.label, fusion);
      fusion.result.training = log.curves(fusion.result.folder);
      results.methods.push_back(fusion.result);
      say(concat("[", results.methods.size(), "/", config.seeds.size() * config.methods.size(), "] ",
                 fusion.result.folder, "  ", number_text(fusion.result.fit_seconds + fusion.result.fuse_seconds, 1),
                 " s"));
    }
  }
  SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted before the results were written; continue with --resume");
  say("writing the report and the files");
  const ProgressTitle title("report");
  results.figures = figures->data();
  return write_results(results, {figures->groups(), figures->viewer()}, log.text(), folder);
}

std::string plan_experiment(const ExperimentConfig& given, const RunOptions& options) {
  if (options.memory) return plan_streamed(given, options);
  const Prepared prepared(given, options);
  const ExperimentConfig& config = prepared.config;
  const Scene& scene = prepared.scene;
  const Task& task = *prepared.first;
  std::string plan;
  for (const std::string& doubt : prepared.found.doubts) warn(doubt);
  if (!scene.grids.empty()) plan += concat("joins    ", scene.grids, "\n");
  plan += concat("fuses    hsi ", task.pair.hsi.size_text(), " and msi ", task.pair.msi.size_text(), "\n");
  for (const TrainingPair& pair : task.training.train) plan += concat("trains   on ", pair.target.size_text(), "\n");
  for (const TrainingPair& pair : task.training.validation) {
    plan += concat("validates on ", pair.target.size_text(), "\n");
  }
  if (task.fine_tuning) plan += concat("tunes    on ", task.fine_tuning->train.front().target.size_text(), "\n");
  plan += !scene.reference ? "scores   nothing: there is no reference\n"
                           : concat("scores   ", task.scored ? task.scored->text() : "the whole image", "\n");
  for (const MethodConfig& method : config.methods) {
    const std::string model = method.options->make()->model_text(task.pair);
    if (!model.empty()) plan += concat("\n", method.label, "\n", model, "\n");
  }
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) {
      plan += concat("makes    ", options.out, "/", config.folder_of(method, seed), "\n");
    }
  }
  return plan;
}

}  // namespace specfuse
