#include "run/method_run.h"

#include <filesystem>

#include "run/learned_from.h"
#include "specfuse/core/error.h"
#include "specfuse/core/peak_memory.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/results/kept_result.h"
#include "specfuse/run/apply.h"

namespace specfuse {
namespace {

/// The experiment as if this method and seed were all of it: what its checkpoint is to remember.
std::string config_of(const ExperimentConfig& config, const MethodConfig& method, Index seed) {
  ExperimentConfig alone = config;
  alone.name = method.label;  // what the experiment is called, and shows, changes no result
  alone.report = {};
  alone.methods = {method};
  alone.seeds = {seed};
  return config_text(alone);
}

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

bool is_fitted(const ExperimentConfig& config, const MethodConfig& entry) {
  return !entry.checkpoint || config.protocol.type != Protocol::apply;
}

std::string fit_all(FusionMethod& method, const Task& task, const std::vector<FitContext>& contexts) {
  const std::string first = learn(method, data_for(method, task), contexts.front());
  const std::string last = task.fine_tuning ? learn(method, *task.fine_tuning, contexts.back()) : "";
  return last.empty() ? first : last;
}

Task unmasked(Task task) {
  unmask(task.shown_pair);
  if (!task.is_large) task.parts = std::make_shared<WholePair>(task.shown_pair);
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

/// One result on its way: what its method is told, and where what comes of it is kept.
class Making {
 public:
  Making(const Workplace& at, const MethodConfig& entry, Index seed)
      : at_(at), entry_(entry), task_(unmasked(at.task)), fits_(fit_contexts(at, entry, seed)),
        name_(fits_.back().label), parts_{at.task, at.scene.outliers, name_, at.folder.kept("parts/" + name_)},
        kept_(at.folder, name_), method_(make_method(entry, at.directories)),
        shares_(method_->traits.shares_work && !task_.is_large), makes_(shares_ || this_rank() == 0) {
    fusion_.result.folder = name_;
  }

  /// Fits, where the entry asks for it.
  void learn() {
    const ProfileSpan span("fit");
    reset_peak_memory();
    const Stopwatch fitting;
    const auto alone = alone_unless_shared();
    if (is_fitted(at_.config, entry_)) fusion_.result.remarks = fit_all(*method_, task_, fits_);
    fuser_ = method_->fuser(*task_.parts);
    fusion_.result.fit_seconds = fitting.seconds();
  }

  void fuse() {
    const Index side = choose_side(parts_, fuser_, at_.budget);
    if (this_rank() == 0) kept_.begin();
    const bool is_whole = places_of(fuser_, *task_.parts, side).size() == 1 && !task_.is_large;
    if (!is_whole) {
      fusion_.result.fuse_seconds = fuse_in_parts(parts_, fuser_, side, kept_.fused_file());
    } else if (makes_) {
      const ProfileSpan span("fuse");
      const Stopwatch fusing;
      const auto alone = alone_unless_shared();
      made_ = fuse_whole(parts_, fuser_, task_.shown_pair);
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
    const OutputConfig& output = at_.config.output;
    const bool theirs = made_ && made_->program_memory_mb > 0;
    fusion_.result.peak_memory_mb = theirs ? made_->program_memory_mb : peak_memory_mb();
    if (!fusion_.result.remarks.empty()) say(concat(name_, ": ", fusion_.result.remarks));
    if (made_) {
      kept_.write(*made_, output);
      fusion_.image = fused_in_memory(*made_);
    } else {
      write_parts_of(kept_.fused_file(), parts_, output, kept_.directory());
      fusion_.image = open_fused(kept_.fused_file(), at_.scene.outliers, task_.shown_pair.degradation.ratio);
    }
    if (!task_.training.empty() || task_.fine_tuning) kept_.write_learned(*method_, fits_);
    kept_.finish(fusion_);
    std::filesystem::remove_all(parts_.folder);
  }

  Fusion fusion() { return std::move(fusion_); }

 private:
  /// What does not share its work, each rank does by itself, with the same result.
  std::unique_ptr<RankAlone> alone_unless_shared() const { return shares_ ? nullptr : std::make_unique<RankAlone>(); }

  const Workplace& at_;
  const MethodConfig& entry_;
  const Task task_;
  const std::vector<FitContext> fits_;
  const std::string name_;
  const PartsOfResult parts_;
  const KeptResult kept_;
  const std::unique_ptr<FusionMethod> method_;
  const bool shares_, makes_;
  Fuser fuser_;
  std::optional<FusedWithSigma> made_;
  Fusion fusion_;
};

}  // namespace

Fusion make_result(const Workplace& at, const MethodConfig& entry, Index seed) {
  const ProgressTitle title(at.config.folder_of(entry, seed));
  Making making(at, entry, seed);
  making.learn();
  making.fuse();
  making.fuse_training_image();
  if (this_rank() == 0) making.keep();
  return making.fusion();
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
  const WholePair shown(task.shown_pair);
  TrainingData training = task.training;
  if (training.large != nullptr) training.large = &shown;
  for (const MethodConfig& entry : config.methods) {
    const std::unique_ptr<FusionMethod> method = make_method(entry, directories);
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
