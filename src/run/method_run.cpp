#include "run/method_run.h"

#include <cmath>
#include <filesystem>

#include "run/earlier_run.h"
#include "run/kept_method.h"
#include "run/learned_from.h"
#include "run/method_files.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/peak_memory.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/run/apply.h"

namespace specfuse {
namespace {

bool applies(const ExperimentConfig& config) { return config.protocol.type == Protocol::apply; }

/// The contexts of the fits of one result: one, or a pre-training and a fine-tuning.
std::vector<FitContext> fit_contexts(const Workplace& at, const MethodConfig& method, Index seed) {
  FitContext context;
  context.seed = static_cast<std::uint64_t>(seed);
  context.label = at.config.folder_of(method, seed);
  context.checkpoint_path = at.folder.kept(context.label + ".h5");
  context.scratch = at.scene.scratch;
  context.resume = true;  // where nothing is to be gone on with, nothing is kept
  context.config = config_of(at.config, method, seed);
  const bool records = this_rank() == 0;
  const auto record_as = [&](const std::string& result) -> std::function<void(const TrainingRecord&)> {
    if (!records) return {};
    return [&log = at.log, seed, result](const TrainingRecord& record) { log.add({result, seed, record}); };
  };
  context.record = record_as(context.label);
  if (records) context.sync_records = [&log = at.log] { log.sync(); };
  const std::optional<FineTuneConfig>& tune = at.config.protocol.fine_tune;
  if (!tune) return {context};
  FitContext tuning = context;
  tuning.warm_start = WarmStart{tune->steps, tune->learning_rate};
  tuning.record = record_as(fine_tuning_of(context.label));
  context.checkpoint_path = at.folder.kept(concat(".pretrained.", context.label, ".h5"));  // no label starts with '.'
  return {context, tuning};
}

/// What a method that is there is to learn from: of a pair larger than memory nothing, where it has learned already.
TrainingData data_for(const FusionMethod& method, const Task& task) {
  return task.is_large && method.traits.is_ready() ? TrainingData{} : task.training;
}

/// Runs all fits that the task asks for in turn. Returns the remarks of the last that has any.
std::string fit_all(FusionMethod& method, const Task& task, const std::vector<FitContext>& contexts) {
  const std::string first = learn(method, data_for(method, task), contexts.front());
  const std::string last = task.fine_tuning ? learn(method, *task.fine_tuning, contexts.back()) : "";
  return last.empty() ? first : last;
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

void unmask(Pair& pair) {
  pair.hsi.valid.clear();
  pair.msi.valid.clear();
  pair.hsi.outliers.clear();
  pair.msi.outliers.clear();
}

/// The task as methods see it: whole images, filled in where there is no data.
Task unmasked(Task task) {
  unmask(task.pair);
  if (!task.is_large) task.parts = std::make_shared<WholePair>(task.pair);
  const auto unmask_all = [](TrainingData& data) {
    for (std::vector<TrainingPair>* pairs : {&data.train, &data.validation}) {
      for (TrainingPair& pair : *pairs) {
        unmask(pair.input);
        pair.target.valid.clear();
        pair.target.outliers.clear();
      }
    }
  };
  unmask_all(task.training);
  if (task.fine_tuning) unmask_all(*task.fine_tuning);
  return task;
}

/// The result has no data where the MSI has none, or the coarse pixel around.
void limit_to_data(const Pair& pair, FusedWithSigma& fusion) {
  Cube& fused = fusion.fused;
  fused.valid = valid_of_result(pair);
  if (fused.valid.empty()) return;
  const auto stated = pair.msi.attributes.find(kNoDataAttribute);
  const AttributeValue nan = std::vector<double>{std::nan("")};
  fused.attributes.emplace(kNoDataAttribute, stated == pair.msi.attributes.end() ? nan : stated->second);
  fill_from_around(fused);  // as reading the file will do
  if (!fusion.sigma) return;
  fusion.sigma->valid = fused.valid;
  fusion.sigma->attributes = fused.attributes;
  fill_from_around(*fusion.sigma);
}

/// Fuses a pair in memory as one part. `seen` is what methods see of it.
FusedWithSigma fuse_whole(const Fuser& fuser, const Workplace& at, const Task& seen) {
  const Pair& pair = at.task.pair;
  FusedWithSigma fusion = fuser.fuse(seen.pair);
  at.task.sensors.widen(pair, fusion);
  place_on_earth(pair, fusion);
  limit_to_data(pair, fusion);
  mark_outliers(at.scene.outliers, pair.degradation.ratio, {0, 0, fusion.fused.rows(), fusion.fused.cols()},
                fusion.fused, fusion.sigma ? &*fusion.sigma : nullptr);
  return fusion;
}

/// Restores and fits, as far as the entry asks for it. Returns the remarks.
std::string prepare(FusionMethod& method, const MethodConfig& entry, const Workplace& at, const Task& task,
                    const std::vector<FitContext>& fits) {
  const ProfileSpan span("fit");
  if (entry.checkpoint) restore_from(find_checkpoint(*entry.checkpoint, at.directories), method);
  return entry.checkpoint && applies(at.config) ? "" : fit_all(method, task, fits);
}

}  // namespace

Fusion make_result(const Workplace& at, const MethodConfig& entry, Index seed) {
  const Task task = unmasked(at.task);
  const std::vector<FitContext> fits = fit_contexts(at, entry, seed);
  const bool is_first = this_rank() == 0;
  Fusion fusion;
  MethodResult& result = fusion.result;
  result.folder = fits.back().label;
  const ProgressTitle title(result.folder);
  const PartsOfResult parts{at.task, at.scene.outliers, result.folder, at.folder.kept("parts/" + result.folder)};
  const std::unique_ptr<FusionMethod> method = make_method(entry, at.directories);
  // What does not share its work, each rank does by itself, with the same result.
  const bool shares = method->traits.shares_work && !task.is_large;
  reset_peak_memory();
  const Stopwatch fitting;
  std::optional<RankAlone> alone;
  if (!shares) alone.emplace();
  result.remarks = prepare(*method, entry, at, task, fits);
  const Fuser fuser = method->fuser(*task.parts);
  alone.reset();
  result.fit_seconds = fitting.seconds();
  const Index side = choose_side(parts, fuser, at.budget);
  const bool is_whole = places_of(fuser, *task.parts, side).size() == 1 && !task.is_large;
  const bool makes = shares || is_first;
  KeptResult kept(at.folder, result.folder, at.config.output.format);
  std::optional<FusedWithSigma> made;
  if (!shares) alone.emplace();
  if (is_whole && makes) {
    const ProfileSpan span("fuse");
    const Stopwatch fusing;
    made = fuse_whole(fuser, at, task);
    result.fuse_seconds = fusing.seconds();
  }
  const std::vector<TrainingPair>& pairs = task.training.train;
  if (makes && !pairs.empty() && method->traits.fuses_training_image &&
      suits(*method, task.training, pairs.front().input))
    fusion.fused_training = fuse(*method, pairs.front().input).fused;
  alone.reset();
  if (!is_whole) result.fuse_seconds = fuse_in_parts(parts, fuser, side, kept.fused_file());
  if (!is_first) return fusion;

  const bool theirs = made && made->program_memory_mb > 0;
  result.peak_memory_mb = theirs ? made->program_memory_mb : peak_memory_mb();
  if (!result.remarks.empty()) say(concat(result.folder, ": ", result.remarks));
  if (made) {
    fusion.image = fused_in_memory(*made);
    kept.write(*made);
  } else {
    kept.write_parts(parts);
    fusion.image = open_fused(kept.fused_file(), at.scene.outliers, task.pair.degradation.ratio);
  }
  if (!task.training.empty() || task.fine_tuning) kept.write_learned(*method, fits);
  kept.finish(fusion);
  std::filesystem::remove_all(parts.folder);
  return fusion;
}

void check_parts(const ExperimentConfig& config, const std::vector<std::string>& directories, const Task& task,
                 const Budget& budget) {
  if (!task.is_large && !budget.is_limit) return;
  SPECFUSE_CHECK_AS(
      ConfigError, !task.is_large || !image_writer(config.output.format, "output.format").collects,
      "output.format: expected one that is written part by part for a pair that is larger than the memory "
      "it may take, got ",
      config.output.format);
  const RankAlone alone;
  const WholePair shown(task.pair);
  TrainingData training = task.training;
  if (training.large != nullptr) training.large = &shown;
  for (const MethodConfig& entry : config.methods) {
    const std::unique_ptr<FusionMethod> method = make_method(entry, directories);
    if (entry.checkpoint) restore_from(find_checkpoint(*entry.checkpoint, directories), *method);
    // What takes long to learn is not learned twice: of a pair in memory its fuser tells then.
    if (!task.is_large && !method->traits.is_ready()) continue;
    try {
      if (!method->traits.is_ready()) learn(*method, training, {});
    } catch (const ConfigError& problem) {
      throw ConfigError(concat("methods.", entry.label, ".", problem.what()));
    }
    side_within(method->fuser(shown), task, budget, entry.label);
  }
}

}  // namespace specfuse
