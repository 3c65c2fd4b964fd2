#include "run/method_run.h"

#include <cmath>

#include "run/earlier_run.h"
#include "run/learned_from.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/peak_memory.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/metrics/evaluation.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/run/apply.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Runs all fits that the task asks for in turn.
void fit_all(FusionMethod& method, const Task& task, const std::vector<FitContext>& contexts) {
  learn(method, task.training, contexts.front());
  if (task.fine_tuning) learn(method, *task.fine_tuning, contexts.back());
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

}  // namespace

void place_on_earth(const Pair& pair, FusedWithSigma& fusion) {
  Cube& fused = fusion.fused;
  const bool placed = pair.msi.attributes.contains(kGeotransformAttribute);
  copy_georeference(placed ? pair.msi : pair.hsi, fused);
  if (!placed) move_georeference(fused, 0, 0, 1 / static_cast<double>(pair.degradation.ratio));
  if (fusion.sigma) copy_georeference(fused, *fusion.sigma);
}

std::vector<FitContext> fit_contexts(const ExperimentConfig& config, const MethodConfig& method, Index seed,
                                     const std::string& keeping, TrainingLog* log, const std::string& scratch) {
  FitContext context;
  context.seed = static_cast<std::uint64_t>(seed);
  context.label = config.folder_of(method, seed);
  context.checkpoint_path = concat(keeping, "/", context.label, ".h5");
  context.scratch = scratch;
  context.resume = true;  // where nothing is to be gone on with, nothing is kept
  context.config = config_of(config, method, seed);
  const auto record_as = [log, seed](const std::string& result) -> std::function<void(const TrainingRecord&)> {
    if (log == nullptr) return {};
    return [log, seed, result](const TrainingRecord& record) { log->add({result, seed, record}); };
  };
  context.record = record_as(context.label);
  if (log != nullptr) context.sync_records = [log] { log->sync(); };
  if (!config.protocol.fine_tune) return {context};
  FitContext tuning = context;
  tuning.warm_start = WarmStart{config.protocol.fine_tune->steps, config.protocol.fine_tune->learning_rate};
  tuning.record = record_as(fine_tuning_of(context.label));
  context.checkpoint_path = concat(keeping, "/.pretrained.", context.label, ".h5");  // no label starts with '.'
  return {context, tuning};
}

Fusion fit_and_fuse(FusionMethod& method, const Task& masked, const std::vector<FitContext>& fits,
                    const std::string& checkpoint, bool fitted) {
  const Task task = unmasked(masked);
  Fusion fusion;
  MethodResult& result = fusion.result;
  result.folder = fits.back().label;

  const ProgressTitle title(result.folder);
  reset_peak_memory();
  const Stopwatch fitting;
  {
    const ProfileSpan span("fit");
    if (!checkpoint.empty()) restore_from(checkpoint, method);
    if (!fitted) fit_all(method, task, fits);
  }
  result.fit_seconds = fitting.seconds();
  const Stopwatch fusing;
  {
    const ProfileSpan span("fuse");
    static_cast<FusedWithSigma&>(fusion) = method.fuse_with_sigma(task.pair);
  }
  result.fuse_seconds = fusing.seconds();
  masked.sensors.widen(masked.pair, fusion);
  place_on_earth(masked.pair, fusion);
  limit_to_data(masked.pair, fusion);
  result.peak_memory_mb = fusion.program_memory_mb > 0 ? fusion.program_memory_mb : peak_memory_mb();
  result.remarks = method.remarks();
  if (!result.remarks.empty()) say(concat(result.folder, ": ", result.remarks));

  const std::vector<TrainingPair>& pairs = task.training.train;
  if (pairs.empty() && !task.fine_tuning) return fusion;
  if (!pairs.empty() && method.fuses_training_image() && suits(method, task.training, pairs.front().input))
    fusion.fused_training = method.fuse(pairs.front().input);
  fusion.checkpoint = learned_by(method);
  fusion.wrote_checkpoints = method.writes_checkpoints();
  return fusion;
}

void score(const Task& task, const std::vector<std::string>& profiles, Fusion& fusion) {
  const ProfileSpan span("evaluate");
  MethodResult& result = fusion.result;
  const ProgressTitle title(result.folder + ", its scores");
  if (fusion.fused_training) {
    const TrainingPair& training = task.training.train.front();
    result.train_scores = evaluate(training.target, *fusion.fused_training, training.input.degradation.ratio);
  }
  result.no_reference = consistency(task.pair, fusion.fused);
  std::optional<Cube> sigma = fusion.sigma;
  if (sigma && task.scored) sigma = crop(*sigma, *task.scored);
  if (sigma) {
    const Tensor known = valid_pixels(*sigma, *sigma).values;
    result.mean_sigma = sum(known) / static_cast<double>(known.size());
  }
  if (!task.reference) {
    const Scores more = qnr(task.pair, fusion.fused);
    result.no_reference.values.insert(result.no_reference.values.end(), more.values.begin(), more.values.end());
    return;
  }
  const Index ratio = task.pair.degradation.ratio;
  const Cube reference = task.scored ? crop(*task.reference, *task.scored) : *task.reference;
  const Cube fused = task.scored ? crop(fusion.fused, *task.scored) : fusion.fused;
  const Evaluation all = evaluate_all(reference, fused, ratio, profiles);
  result.scores = all.scores;
  result.band_psnr_db = all.band_psnr_db;
  result.errors = all.errors;
  result.profiles = all.profiles;
  if (sigma) result.reliability = reliability(reference, fused, *sigma, fusion.width_95);
}

}  // namespace specfuse
