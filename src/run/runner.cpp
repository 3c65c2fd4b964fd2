#include "specfuse/run/runner.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "run/data_hash.h"
#include "run/data_images.h"
#include "run/method_run.h"
#include "run/prepared.h"
#include "run/quality_file.h"
#include "run/run_figures.h"
#include "run/scoring.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/networks/plan.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/report/report_files.h"
#include "specfuse/report/table_text.h"
#include "specfuse/report/text_format.h"
#include "specfuse/results/environment.h"
#include "specfuse/results/kept_result.h"
#include "specfuse/results/result_tables.h"

namespace specfuse {
namespace {

/// The results where an earlier run has made them of this data; only the first rank asks.
std::optional<ExperimentResults> done_before(const LoadedExperiment& loaded, const RunOptions& options,
                                             const std::string& hash) {
  const RunFolder folder(options.out);
  const bool replaced = options.overwrite && !options.resume;
  if (replaced || folder.keeps_work() || folder.data_hash_of(loaded.config) != hash) return {};
  return folder.results(loaded.config);
}

std::string text_of_earlier(const ExperimentResults& earlier, const RunOptions& options) {
  say(concat(options.out, ": this experiment was done before; --overwrite does it anew"));
  return summary_text(earlier);
}

void warn_all(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) warn(warning);
}

/// What is known of the results before there are any.
ExperimentResults begin_results(const PreparedExperiment& prepared, const std::string& hash,
                                const RunOptions& options) {
  ExperimentResults results;
  results.config = prepared.config;
  results.warnings = prepared.found.warnings;
  results.grids = prepared.scene.grids;
  const std::optional<Region>& test = prepared.config.protocol.test;
  results.scored_on = test ? test->text() : "whole image";
  results.data_hash = hash;
  results.environment = environment_text(options.memory);
  return results;
}

/// Says how figures show a pair that is larger than memory.
void describe_shown(const Task& task, ExperimentResults& results) {
  if (!task.is_large) return;
  const PairParts& pair = *task.pair;
  const Index ratio = pair.degradation().ratio, rows = ratio * pair.rows(), cols = ratio * pair.cols();
  const auto size = [](Index down, Index across, Index bands) { return concat(down, " x ", across, " x ", bands); };
  results.figures.hsi_size = size(pair.rows(), pair.cols(), pair.bands());
  results.figures.msi_size = size(rows, cols, pair.msi_bands());
  if (task.reference_in_memory) results.figures.reference_size = size(rows, cols, pair.bands());
  if (task.step == 1) return;
  results.preview =
      concat("Scores are of the whole image. Pictures, maps, spectra and what the pointer reads are of means of ",
             task.step, " x ", task.step, " pixels of each image, whose rows and columns they count.");
}

void stop_where_asked(const std::string& before, const RunFolder& folder) {
  SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted before ", before,
                    folder.keeps_work() ? "; continue with --resume" : "");
}

/// The result of a method, kept from an earlier run or made now. All ranks call it; what the others return is of no
/// use.
Fusion find_or_make(const RunContext& run, const MethodConfig& entry, Index seed) {
  const std::string name = run.config.folder_of(entry, seed);
  std::optional<Fusion> kept;
  if (this_rank() == 0)
    kept = KeptResult(run.folder, name)
               .find(run.scene.outliers, run.task.pair_in_memory.degradation.ratio, !run.task.is_large);
  if (first_rank_says(kept.has_value())) {
    say(name + ": was complete before");
    return kept ? *std::move(kept) : Fusion{};
  }
  try {
    return make_result(run, entry, seed);
  } catch (const TooLittleMemory&) {
    throw;
  } catch (const ConfigError&) {
    run.folder.give_up();  // no run of this configuration can go on
    throw;
  }
}

/// Stages what both images disagree on, as HDF5 and in `format`.
void keep_disagreement(const Task& task, const RunFolder& folder, const std::string& format) {
  Cube map = task.pair_in_memory.disagreement;
  if (!map.values.defined()) return;
  map.attributes[kBandNamesAttribute] =
      std::string("disagreement in standard deviations of noise, disagreement relative to the MSI");
  const std::string file = folder.staged(kDisagreementFile);
  write_cube(file, map);
  const ImageWriter& writer = image_writer(format, "output.format");
  if (!file.ends_with(writer.ending))
    writer.write(std::filesystem::path(file).replace_extension(writer.ending).string(), map);
}

/// `decisions` are those of who has seen the pair; none: they follow from its estimate, and are said.
std::string make_results(PreparedExperiment prepared, const std::string& hash, const RunOptions& options,
                         const std::optional<std::vector<Decision>>& decisions) {
  const bool is_first = this_rank() == 0;
  const ExperimentConfig& config = prepared.config;
  const Scene& scene = prepared.scene;
  ExperimentResults results = begin_results(prepared, hash, options);
  if (decisions) results.decisions = *decisions;
  if (!results.grids.empty() && !decisions) say(results.grids);
  RunFolder folder(options.out);
  // Asked again, now that nobody else can write there.
  std::optional<ExperimentResults> earlier;
  if (is_first) earlier = folder.begin(config, results.data_hash, {options.resume, options.overwrite});
  if (first_rank_says(earlier.has_value())) return earlier ? text_of_earlier(*earlier, options) : "";
  TrainingLog log(folder.kept(kLogFile));
  // A scene that was made up for this run is found nowhere else.
  if (is_first && config.data.synthetic) write_cube(folder.staged(kSceneFile), *scene.reference);
  std::optional<RunFigures> figures;
  for (const Index seed : config.seeds) {
    const bool is_shown = is_first && seed == config.seeds.front();
    const Task task = prepared.take_task(seed);
    if (task.sensors.estimate) results.estimates[seed] = *task.sensors.estimate;
    if (is_shown) {
      if (task.sensors.estimate && !decisions) {
        results.decisions = decisions_of(*task.sensors.estimate);
        for (const Finding& finding : task.sensors.estimate->findings) say(text_of(finding));
      }
      keep_disagreement(task, folder, config.output.format);
      if (scene.measured) results.quality = keep_quality(scene, task, config.output, folder);
      if (scene.measured && !task.sensors.unrelated) results.unseen_bands = bands_beyond(task.pair_in_memory);
      figures.emplace(scene, task, config.protocol, config.methods.size());
    }
    for (const MethodConfig& entry : config.methods) {
      if (is_first) stop_where_asked(config.folder_of(entry, seed), folder);
      const Fusion fusion =
          find_or_make({config, prepared.directories, scene, task, prepared.budget, folder, log}, entry, seed);
      if (!is_first) continue;
      const auto [scored, shown] = score(task, config.metric_profiles, fusion);
      if (is_shown) figures->add({entry.label, entry.shown_name()}, shown);
      MethodResult result = scored;
      result.name = entry.name;
      result.label = entry.label;
      result.seed = seed;
      result.learned_share = prepared.found.share_of(results.methods.size());
      result.training = log.curves(result.folder);
      results.methods.push_back(result);
      say(concat("[", results.methods.size(), "/", config.seeds.size() * config.methods.size(), "] ", result.folder,
                 "  ", number_text(result.seconds(), 1), " s"));
    }
    if (is_shown) results.figures = figures->data();
    if (is_shown) describe_shown(task, results);
  }
  if (!is_first) return "";
  stop_where_asked("the results were written", folder);
  say("writing the report and the files");
  const ProgressTitle title("report");
  publish_results(results, report_files(results, {figures->groups(), figures->viewer()}), log, folder);
  return summary_text(results);
}

}  // namespace

std::string run_experiment(const ExperimentConfig& given, const RunOptions& options) {
  LoadedExperiment loaded(given, options);
  const bool is_first = this_rank() == 0;
  const std::string hash = is_first ? data_hash(loaded.config, loaded.scene, loaded.directories) : "";
  // Before the sensors are looked at, which takes long.
  std::optional<ExperimentResults> earlier;
  if (is_first) earlier = done_before(loaded, options, hash);
  if (!first_rank_says(earlier.has_value())) {
    PreparedExperiment prepared(std::move(loaded));
    warn_all(prepared.found.warnings);
    return make_results(std::move(prepared), hash, options, {});
  }
  if (!earlier) return "";
  warn_all(earlier->warnings);
  return text_of_earlier(*earlier, options);
}

std::string plan_experiment(const ExperimentConfig& given, const RunOptions& options) {
  const RankAlone alone;  // the first rank's, as no other plans
  const PreparedExperiment prepared(LoadedExperiment(given, options));
  const ExperimentConfig& config = prepared.config;
  const Scene& scene = prepared.scene;
  const Task& task = *prepared.first;
  const PairParts& pair = *task.pair;
  const Index ratio = pair.degradation().ratio;
  std::string plan;
  warn_all(prepared.found.warnings);
  if (!scene.grids.empty()) plan += concat("grid       ", scene.grids, "\n");
  plan += concat("images     HSI ", pair.rows(), " x ", pair.cols(), " x ", pair.bands(), ", MSI ", pair.rows() * ratio,
                 " x ", pair.cols() * ratio, " x ", pair.msi_bands(), ", ratio ", ratio,
                 task.is_large ? concat(", read from ", source_of(config.data), " and fused part by part\n") : "\n");
  if (task.sensors.estimate) {
    for (const Finding& finding : task.sensors.estimate->findings)
      plan += concat("estimate   ", text_of(finding), "\n");
    ExperimentResults estimated;
    estimated.estimates[config.seeds.front()] = *task.sensors.estimate;
    const Table table = estimate_table(estimated);
    if (!table.rows.empty()) plan += concat("\n", table_text(table), "\n");
  }
  for (const TrainingPair& example : task.training.train) {
    plan += concat("training   ", example.target.size_text(), "\n");
  }
  for (const TrainingPair& example : task.training.validation) {
    plan += concat("validation ", example.target.size_text(), "\n");
  }
  if (task.fine_tuning) plan += concat("tuning     ", task.fine_tuning->train.front().target.size_text(), "\n");
  plan +=
      concat("scores     ", task.scored ? task.scored->text() : "whole image",
             scene.reference ? " against the reference\n" : " against the HSI and the MSI, as there is no reference\n");
  for (const MethodConfig& entry : config.methods) {
    const std::string layers = entry.options->make()->network(NetworkSizes{pair.bands(), pair.msi_bands()}).layers;
    if (!layers.empty()) plan += concat("\n", entry.label, "\n", layers, "\n");
  }
  for (const Index seed : config.seeds) {
    for (const MethodConfig& entry : config.methods) {
      plan += concat("result     ", options.out, "/", config.folder_of(entry, seed), "\n");
    }
  }
  return plan;
}

PausedExperiment::PausedExperiment(const ExperimentConfig& config, const RunOptions& options)
    : options_(options), prepared_(std::make_unique<PreparedExperiment>(LoadedExperiment(config, options))) {
  warn_all(prepared_->found.warnings);
}

PausedExperiment::~PausedExperiment() = default;

const Scene& PausedExperiment::scene() const { return prepared_->scene; }

const Task& PausedExperiment::task() const { return *prepared_->first; }

void PausedExperiment::run(const std::vector<Decision>& decisions) {
  const std::string hash =
      this_rank() == 0 ? data_hash(prepared_->config, prepared_->scene, prepared_->directories) : "";
  make_results(std::move(*prepared_), hash, options_, decisions);
}

}  // namespace specfuse
