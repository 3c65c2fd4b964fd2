#include "run/method_run.h"

#include <filesystem>

#include "run/fuse_parts.h"
#include "run/learned_from.h"
#include "specfuse/core/error.h"
#include "specfuse/core/peak_memory.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/results/kept_result.h"
#include "specfuse/run/method_files.h"

namespace specfuse {
namespace {

/// The experiment as if this method and seed were all of it: what its checkpoint is to remember.
std::string config_of(const ExperimentConfig& config, const MethodConfig& entry, Index seed) {
  ExperimentConfig alone = config;
  alone.name = entry.label;  // what the experiment is called, and shows, changes no result
  alone.report = {};
  alone.methods = {entry};
  alone.methods.front().title.reset();
  alone.seeds = {seed};
  return config_text(alone);
}

/// The contexts of the fits of one result: one, or a pre-training and a fine-tuning.
std::vector<FitContext> fit_contexts(const RunContext& run, const MethodConfig& entry, Index seed) {
  FitContext context;
  context.seed = static_cast<std::uint64_t>(seed);
  context.label = run.config.folder_of(entry, seed);
  context.checkpoint_path = run.folder.kept(context.label + ".h5");
  context.scratch = run.scene.scratch;
  context.resume = true;  // where nothing is to be gone on with, nothing is kept
  context.config = config_of(run.config, entry, seed);
  const bool records = this_rank() == 0;
  const auto record_as = [&](const std::string& result) -> std::function<void(const TrainingRecord&)> {
    if (!records) return {};
    return [&log = run.log, seed, result](const TrainingRecord& record) { log.add({result, seed, record}); };
  };
  context.record = record_as(context.label);
  if (records) context.sync_records = [&log = run.log] { log.sync(); };
  const std::optional<FineTuneConfig>& tune = run.config.protocol.fine_tune;
  if (!tune) return {context};
  FitContext tuning = context;
  tuning.warm_start = WarmStart{tune->steps, tune->learning_rate};
  tuning.record = record_as(fine_tuning_of(context.label));
  context.checkpoint_path = run.folder.kept(concat(".pretrained.", context.label, ".h5"));  // no label starts with '.'
  return {context, tuning};
}

/// What a method that is there is to learn from: of a pair larger than memory nothing, where it has learned already.
TrainingData data_for(const FusionMethod& method, const Task& task) {
  return task.is_large && method.traits.is_ready() ? TrainingData{} : task.training;
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

}  // namespace

bool needs_fit(const ExperimentConfig& config, const MethodConfig& entry) {
  return !entry.checkpoint || config.protocol.type != Protocol::apply;
}

std::string run_fits(FusionMethod& method, const Task& task, const std::vector<FitContext>& contexts) {
  const std::string first = fit_and_remember(method, data_for(method, task), contexts.front());
  const std::string last = task.fine_tuning ? fit_and_remember(method, *task.fine_tuning, contexts.back()) : "";
  return last.empty() ? first : last;
}

Task unmasked(Task task) {
  unmask(task.pair_in_memory);
  if (!task.is_large) task.pair = std::make_shared<WholePair>(task.pair_in_memory);
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

namespace {

/// A method with one seed: its fits, its fusion, and what is kept of both. Its steps are called in the order in which
/// they stand.
class MethodRun {
 public:
  MethodRun(const RunContext& run, const MethodConfig& entry, Index seed)
      : run_(run), entry_(entry), task_(unmasked(run.task)), fits_(fit_contexts(run, entry, seed)),
        name_(fits_.back().label), parts_{run.task, run.scene.outliers, name_, run.folder.kept("parts/" + name_)},
        kept_(run.folder, name_), method_(make_method(entry, run.directories)),
        shares_(method_->traits.shares_work && !task_.is_large), makes_(shares_ || this_rank() == 0) {
    fusion_.result.folder = name_;
  }

  /// Fits where the entry asks for it, and has the method look at the pair.
  void make_fuser() {
    const ProfileSpan span("fit");
    reset_peak_memory();
    const Stopwatch fitting;
    const auto alone = alone_unless_shared();
    if (needs_fit(run_.config, entry_)) fusion_.result.remarks = run_fits(*method_, task_, fits_);
    fuser_ = method_->fuser(*task_.pair);
    fusion_.result.fit_seconds = fitting.seconds();
  }

  /// At once, or part by part into the file of the result.
  void fuse_pair() {
    const Index side = choose_side(parts_, fuser_, run_.budget);
    if (this_rank() == 0) kept_.begin();
    const bool is_whole = places_of(fuser_, *task_.pair, side).size() == 1 && !task_.is_large;
    if (!is_whole) {
      fusion_.result.fuse_seconds = fuse_in_parts(parts_, fuser_, side, kept_.fused_file());
    } else if (makes_) {
      const ProfileSpan span("fuse");
      const Stopwatch fusing;
      const auto alone = alone_unless_shared();
      made_ = fuse_at_once(parts_, fuser_, task_.pair_in_memory);
      fusion_.result.fuse_seconds = fusing.seconds();
    }
  }

  void fuse_training_image() {
    const std::vector<TrainingPair>& pairs = task_.training.train;
    if (!makes_ || pairs.empty() || !method_->traits.fuses_training_image) return;
    const auto alone = alone_unless_shared();
    if (suits(*method_, task_.training, pairs.front().input))
      fusion_.fused_training = specfuse::fuse(*method_, pairs.front().input).fused;
  }

  /// By the first rank.
  void keep() {
    const OutputConfig& output = run_.config.output;
    const bool theirs = made_ && made_->program_memory_mb > 0;
    fusion_.result.peak_memory_mb = theirs ? made_->program_memory_mb : peak_memory_mb();
    if (!fusion_.result.remarks.empty()) say(concat(name_, ": ", fusion_.result.remarks));
    if (made_) {
      kept_.write(*made_, output);
      fusion_.image = fused_in_memory(*made_);
    } else {
      write_parts_of(kept_.fused_file(), parts_, output, kept_.directory());
      fusion_.image = open_fused(kept_.fused_file(), run_.scene.outliers, task_.pair_in_memory.degradation.ratio);
    }
    if (!task_.training.empty() || task_.fine_tuning) kept_.write_learned(*method_, fits_);
    kept_.finish(fusion_);
    std::filesystem::remove_all(parts_.folder);
  }

  Fusion fusion() { return std::move(fusion_); }

 private:
  /// What does not share its work, each rank does by itself, with the same result.
  std::unique_ptr<RankAlone> alone_unless_shared() const { return shares_ ? nullptr : std::make_unique<RankAlone>(); }

  const RunContext& run_;
  const MethodConfig& entry_;
  const Task task_;
  const std::vector<FitContext> fits_;
  const std::string name_;
  const PartsOfResult parts_;
  const KeptResult kept_;
  const std::unique_ptr<FusionMethod> method_;
  const bool shares_, makes_;
  Fuser fuser_;
  std::optional<FusedCube> made_;
  Fusion fusion_;
};

}  // namespace

Fusion make_result(const RunContext& run, const MethodConfig& entry, Index seed) {
  const ProgressTitle title(run.config.folder_of(entry, seed));
  MethodRun method_run(run, entry, seed);
  method_run.make_fuser();
  method_run.fuse_pair();
  method_run.fuse_training_image();
  if (this_rank() == 0) method_run.keep();
  return method_run.fusion();
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
  const WholePair shown(task.pair_in_memory);
  TrainingData training = task.training;
  if (training.large != nullptr) training.large = &shown;
  for (const MethodConfig& entry : config.methods) {
    const std::unique_ptr<FusionMethod> method = make_method(entry, directories);
    // What takes long to learn is not learned twice: of a pair in memory its fuser tells then.
    if (!task.is_large && !method->traits.is_ready()) continue;
    try {
      if (!method->traits.is_ready()) fit_and_remember(*method, training, {});
    } catch (const ConfigError& problem) {
      throw ConfigError(concat("methods.", entry.label, ".", problem.what()));
    }
    side_within(method->fuser(shown), task, budget, entry.label);
  }
}

}  // namespace specfuse
