#include "specfuse/run/runner.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "run/environment.h"
#include "run/peak_memory.h"
#include "run/result_files.h"
#include "run/result_folder.h"
#include "run/run_figures.h"
#include "run/training_log.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/io/scene.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/metrics/profiles.h"
#include "specfuse/run/apply.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/find_data.h"
#include "specfuse/run/protocol.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// The fused image against the reference, on the part that the protocol scores, and against the inputs.
void score(const Scene& scene, const Task& task, const std::vector<std::string>& profiles, Fusion& fusion) {
  MethodResult& result = fusion.result;
  result.no_reference = consistency(task.pair, fusion.fused);
  std::optional<Cube> sigma = fusion.sigma;
  if (sigma && task.scored) sigma = crop(*sigma, *task.scored);
  if (sigma) result.mean_sigma = sum(sigma->values) / static_cast<double>(sigma->values.size());
  if (!scene.reference) {
    const Scores more = qnr(task.pair, fusion.fused);
    result.no_reference.values.insert(result.no_reference.values.end(), more.values.begin(), more.values.end());
    return;
  }
  const Index ratio = task.pair.degradation.ratio;
  const Cube reference = task.scored ? crop(*scene.reference, *task.scored) : *scene.reference;
  const Cube fused = task.scored ? crop(fusion.fused, *task.scored) : fusion.fused;
  result.scores = evaluate(reference, fused, ratio);
  result.band_psnr_db = band_psnr_db(reference, fused);
  if (sigma) result.reliability = reliability(reference, fused, *sigma, fusion.width_95);
  for (const std::string& name : profiles) result.profiles[name] = evaluate_profile(name, reference, fused, ratio);
}

/// Calls visit(entry, method) for each method of the experiment; what is wrong with one is said of it.
void for_each_method(const ExperimentConfig& config,
                     const std::function<void(const MethodConfig&, const FusionMethod&)>& visit) {
  for (std::size_t i = 0; i < config.methods.size(); ++i) {
    try {
      visit(config.methods[i], *config.methods[i].options->make());
    } catch (const ConfigError& problem) {
      throw ConfigError(concat("methods.", i, ": ", problem.what()));
    }
  }
}

/// Whether an entry has to be fitted before it can fuse.
bool needs_training(const MethodConfig& config, const FusionMethod& method) {
  return !config.checkpoint && !method.is_ready();
}

MethodNeeds needs_of(const ExperimentConfig& config, const Scene& scene) {
  const NetworkSizes sizes = scene.measured ? NetworkSizes{scene.measured->hsi.bands(), scene.measured->msi.bands()}
                                            : NetworkSizes{scene.reference->bands(), scene.degradation.srf.dim(0)};
  MethodNeeds needs{0, false};
  for_each_method(config, [&](const MethodConfig& entry, const FusionMethod& method) {
    needs.receptive_radius = std::max(needs.receptive_radius, method.receptive_radius(sizes));
    needs.training = needs.training || needs_training(entry, method);
  });
  return needs;
}

/// What the data does not allow is said before the first long fit. Returns what it makes doubtful.
std::vector<std::string> check_methods(const ExperimentConfig& config, const Scene& scene, const Task& task) {
  std::vector<std::string> doubts = scene_doubts(config, scene);
  for_each_method(config, [&](const MethodConfig& entry, const FusionMethod& method) {
    method.check(task.training, task.pair);
    if (task.fine_tuning) method.check(*task.fine_tuning, task.pair);
    const std::string doubt = needs_training(entry, method) ? method.doubts(task.training) : "";
    if (!doubt.empty()) doubts.push_back(concat(entry.label, " ", doubt));
  });
  return doubts;
}

/// Runs all fits that the task asks for in turn.
void fit_all(FusionMethod& method, const Task& task, const std::vector<FitContext>& contexts) {
  method.fit(task.training, contexts.front());
  if (task.fine_tuning) method.fit(*task.fine_tuning, contexts.back());
}

/// Whether a method can fuse a pair: the training image may be smaller than what it needs.
bool suits(const FusionMethod& method, const TrainingData& data, const Pair& pair) {
  try {
    method.check(data, pair);
  } catch (const ConfigError&) {
    return false;
  }
  return true;
}

/// Fits and fuses, the same for every method. The reference is never seen here.
Fusion fit_and_fuse(const MethodConfig& config, const Task& task, const FitContext& context,
                    const std::function<void(FusionMethod&)>& prepare) {
  Fusion fusion;
  MethodResult& result = fusion.result;
  result.name = config.name;
  result.label = config.label;
  result.folder = context.label;
  result.seed = static_cast<Index>(context.seed);
  const std::unique_ptr<FusionMethod> method = config.options->make();

  reset_peak_memory();
  const Stopwatch fitting;
  {
    const ProfileSpan span("fit");
    prepare(*method);
  }
  result.fit_seconds = fitting.seconds();
  const Stopwatch fusing;
  {
    const ProfileSpan span("fuse");
    static_cast<FusedWithSigma&>(fusion) = method->fuse_with_sigma(task.pair);
  }
  result.fuse_seconds = fusing.seconds();
  result.peak_memory_mb = peak_memory_mb();
  result.remarks = method->remarks();
  if (!result.remarks.empty()) say(concat(result.folder, ": ", result.remarks));

  if (task.training.train.empty()) return fusion;
  const TrainingPair& training = task.training.train.front();
  if (suits(*method, task.training, training.input)) {
    result.train_scores = evaluate(training.target, method->fuse(training.input), training.input.degradation.ratio);
  }
  fusion.checkpoint = method->checkpoint();
  fusion.wrote_checkpoints = method->writes_checkpoints();
  return fusion;
}

/// The experiment as if this method and seed were all of it: what the checkpoint is to remember.
std::string config_of(const ExperimentConfig& config, const MethodConfig& method, Index seed) {
  ExperimentConfig alone = config;
  alone.methods = {method};
  alone.seeds = {seed};
  return config_text(alone);
}

/// The contexts of the fits of one result: one, or a pre-training and a fine-tuning.
std::vector<FitContext> fit_contexts(const ExperimentConfig& config, const MethodConfig& method, Index seed,
                                     const ResultFolder& folder, TrainingLog& log) {
  FitContext context;
  context.seed = static_cast<std::uint64_t>(seed);
  context.label = config.folder_of(method, seed);
  context.checkpoint_path = folder.kept(context.label + ".h5");
  context.resume = true;  // without --resume nothing is kept
  context.config = config_of(config, method, seed);
  const auto record_as = [&log, seed](const std::string& result) {
    return [&log, seed, result](const TrainingRecord& record) { log.add({result, seed, record}); };
  };
  context.record = record_as(context.label);
  context.sync_records = [&log] { log.sync(); };
  if (!config.protocol.fine_tune) return {context};
  FitContext tuning = context;
  tuning.warm_start = WarmStart{config.protocol.fine_tune->steps, config.protocol.fine_tune->learning_rate};
  tuning.record = record_as(fine_tuning_of(context.label));
  context.checkpoint_path = folder.kept(concat(".pretrained.", context.label, ".h5"));  // no label starts with '.'
  return {context, tuning};
}

}  // namespace

Table run_experiment(const ExperimentConfig& given, const RunOptions& options) {
  const std::vector<std::string> directories = data_directories(options.data_directories);
  const ExperimentConfig config = adopt_checkpoints(given, directories);
  const Scene scene = load_scene(config, directories);
  const MethodNeeds needs = needs_of(config, scene);
  std::optional<Task> first = make_task(scene, config.protocol, config.seeds.front(), needs);
  ExperimentResults results;
  results.doubts = check_methods(config, scene, *first);
  for (const std::string& doubt : results.doubts) say("warning: " + doubt);
  ResultFolder folder(options.out, options.resume);
  TrainingLog log(folder.kept(kLogFile));
  results.config = config;
  results.scored_on = config.protocol.test ? config.protocol.test->text() : "whole image";
  results.data_hash = data_hash(scene);
  results.environment = environment_text();
  std::optional<RunFigures> figures;
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) folder.add_folder(config.folder_of(method, seed));
  }
  // A scene made up for this run is found nowhere else.
  if (config.data.synthetic) write_cube(folder.staged(kSceneFile), *scene.reference);

  for (const Index seed : config.seeds) {
    const Task task = first ? *std::exchange(first, {}) : make_task(scene, config.protocol, seed, needs);
    if (task.estimate) results.estimates[seed] = *task.estimate;
    if (!figures) figures.emplace(scene, task, config.protocol);
    for (const MethodConfig& method : config.methods) {
      SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted before ", config.folder_of(method, seed));
      const std::vector<FitContext> contexts = fit_contexts(config, method, seed, folder, log);
      Fusion fusion = fit_and_fuse(method, task, contexts.back(), [&](FusionMethod& fresh) {
        if (method.checkpoint) restore_from(find_checkpoint(*method.checkpoint, directories), fresh);
        if (method.checkpoint && config.protocol.type == Protocol::apply) return;
        fit_all(fresh, task, contexts);  // with `apply` of a method that learns nothing: it still takes its seed
      });
      {
        const ProfileSpan span("evaluate");
        score(scene, task, config.metric_profiles, fusion);
      }
      if (seed == config.seeds.front()) figures->add(method.label, fusion);
      write_fusion(fusion, contexts, folder);
      fusion.result.training = log.curves(fusion.result.folder);
      results.methods.push_back(fusion.result);
    }
  }
  SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted before the results were written");
  results.figures = figures->data();
  return write_results(results, figures->groups(), log.text(), folder);
}

std::string plan_experiment(const ExperimentConfig& given, const RunOptions& options) {
  const std::vector<std::string> directories = data_directories(options.data_directories);
  const ExperimentConfig config = adopt_checkpoints(given, directories);
  const Scene scene = load_scene(config, directories);
  const Task task = make_task(scene, config.protocol, config.seeds.front(), needs_of(config, scene));
  std::string plan;
  for (const std::string& doubt : check_methods(config, scene, task)) plan += concat("warning: ", doubt, "\n");
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
