#include "specfuse/experiment/runner.h"

#include <filesystem>

#include "experiment/environment.h"
#include "experiment/measure.h"
#include "experiment/output.h"
#include "experiment/page.h"
#include "experiment/training_log.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/experiment/data.h"
#include "specfuse/experiment/protocol.h"
#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"

namespace specfuse {
namespace {

/// A fitted method, and the image that it made.
struct Fusion {
  MethodResult result;
  Cube fused;
  Checkpoint checkpoint;
};

/// The fused image against the reference, on the part that the protocol scores.
Scores score(const Cube& reference, const Cube& fused, const Task& task) {
  const Index ratio = task.pair.degradation.ratio;
  if (!task.scored) return evaluate(reference, fused, ratio);
  return evaluate(crop(reference, *task.scored), crop(fused, *task.scored), ratio);
}

/// The one way that every method goes. It never sees the reference.
Fusion fit_and_fuse(const MethodConfig& config, const Task& task, const FitContext& context) {
  Fusion fusion;
  MethodResult& result = fusion.result;
  result.name = config.name;
  result.label = config.label;
  result.folder = context.label;
  result.seed = static_cast<Index>(context.seed);
  const std::unique_ptr<FusionMethod> method = config.options->make();

  reset_peak_memory();
  const Stopwatch fitting;
  method->fit(task.training, context);
  result.fit_seconds = fitting.seconds();
  const Stopwatch fusing;
  fusion.fused = method->fuse(task.pair);
  result.fuse_seconds = fusing.seconds();
  result.peak_memory_mb = peak_memory_mb();

  const TrainingPair& training = task.training.train.front();
  result.train_scores = evaluate(training.target, method->fuse(training.input), training.input.degradation.ratio);
  fusion.checkpoint = method->checkpoint();
  return fusion;
}

/// The experiment as if this method and seed were all of it: what the checkpoint is to remember.
std::string config_of(const ExperimentConfig& config, const MethodConfig& method, Index seed) {
  ExperimentConfig alone = config;
  alone.methods = {method};
  alone.seeds = {seed};
  return config_text(alone);
}

void write_fusion(const Fusion& fusion, const FitContext& context, const Output& output) {
  write_cube(output.staged(context.label + "/fused.h5"), fusion.fused);
  // A long fit has written its own, with all that is needed to go on.
  if (fusion.checkpoint.tensors.empty() || std::filesystem::exists(context.checkpoint_path)) return;
  Checkpoint checkpoint = fusion.checkpoint;
  checkpoint.attributes["config"] = context.config;
  write_checkpoint(output.staged(context.label + "/checkpoint.h5"), checkpoint);
}

/// The figures of one seed, of the part that is scored. Those of other seeds would look the same.
class ShownScene {
 public:
  ShownScene(const Scene& scene, const Task& task) : scored_(task.scored), reference_(shown(scene.reference)) {
    const Pair pair = scored_ ? crop_pair(task.pair, *scored_) : task.pair;
    figures_ = std::make_unique<SceneFigures>(pair.hsi, pair.msi, reference_);
  }

  void add(const std::string& label, const Cube& fused) {
    const Cube part = scored_ ? crop(fused, *scored_) : fused;
    std::optional<Differences> differences;
    if (reference_) {
      differences = {error_map(*reference_, part), sam_map_deg(*reference_, part), band_psnr_db(*reference_, part)};
    }
    figures_->add(label, part, differences);
  }

  std::vector<FigureGroup> groups() const { return figures_->groups(); }

 private:
  std::optional<Cube> shown(const std::optional<Cube>& cube) const {
    return cube && scored_ ? crop(*cube, *scored_) : cube;
  }

  std::optional<Rectangle> scored_;
  std::optional<Cube> reference_;
  std::unique_ptr<SceneFigures> figures_;
};

void write_figures(const Report& report, const Output& output) {
  for (const FigureGroup& group : report.groups) {
    for (const Figure& figure : group.figures) {
      const std::string stem = output.staged("figures/" + figure.name);
      if (figure.image.rows > 0) write_text_atomically(stem + ".png", encode_png(figure.image));
      if (!figure.svg.empty()) write_text_atomically(stem + ".svg", figure.svg);
    }
  }
}

void write_results(const Results& results, const std::vector<FigureGroup>& figures, const TrainingLog& log,
                   Output& output) {
  const Table scores = score_table(results);
  const Report report = make_report(results, figures, log);
  write_text_atomically(output.staged("config.json"), config_text(results.config));
  write_text_atomically(output.staged("environment.json"), environment_text());
  write_text_atomically(output.staged("metrics.json"), metrics_json(results));
  write_text_atomically(output.staged("metrics.csv"), table_csv(scores));
  write_text_atomically(output.staged("table.md"), table_markdown(scores));
  write_text_atomically(output.staged("table.tex"), table_latex(scores));
  write_text_atomically(output.staged("report.html"), report_html(report));
  write_text_atomically(output.staged("log.jsonl"), log.text());
  output.add_folder("figures");
  write_figures(report, output);
  output.publish();
}

std::string size_text(const Cube& cube) { return concat(cube.rows(), " x ", cube.cols(), " x ", cube.bands()); }

}  // namespace

Results run_experiment(const ExperimentConfig& config, const RunOptions& options) {
  const Scene scene = load_scene(config, data_directories(options.data_directories));
  Output output(options.out);
  TrainingLog log(options.out, options.resume);
  Results results{config, config.protocol.test ? config.protocol.test->text() : "whole image", {}};
  std::optional<ShownScene> shown;

  for (const Index seed : config.seeds) {
    const Task task = make_task(scene, config.protocol, seed);
    if (!shown) shown.emplace(scene, task);
    for (const MethodConfig& method : config.methods) {
      SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted before ", config.folder_of(method, seed));
      FitContext context;
      context.seed = static_cast<std::uint64_t>(seed);
      context.label = config.folder_of(method, seed);
      context.checkpoint_path = output.add_folder(context.label) + "/checkpoint.h5";
      context.resume = options.resume;
      context.config = config_of(config, method, seed);
      context.record = [&](const TrainingRecord& record) { log.add({context.label, seed, record}); };
      if (!options.resume) std::filesystem::remove(context.checkpoint_path);

      Fusion fusion = fit_and_fuse(method, task, context);
      if (scene.reference) fusion.result.scores = score(*scene.reference, fusion.fused, task);
      if (seed == config.seeds.front()) shown->add(method.label, fusion.fused);
      write_fusion(fusion, context, output);
      results.methods.push_back(fusion.result);
    }
  }
  write_results(results, shown->groups(), log, output);
  log.close();
  return results;
}

std::string plan_experiment(const ExperimentConfig& config, const RunOptions& options) {
  const Scene scene = load_scene(config, data_directories(options.data_directories));
  const Task task = make_task(scene, config.protocol, config.seeds.front());
  std::string plan = concat("fuses    hsi ", size_text(task.pair.hsi), " and msi ", size_text(task.pair.msi), "\n");
  for (const TrainingPair& pair : task.training.train) plan += concat("trains   on ", size_text(pair.target), "\n");
  if (task.training.validation) plan += concat("validates on ", size_text(task.training.validation->target), "\n");
  plan += !scene.reference ? "scores   nothing: there is no reference\n"
                           : concat("scores   ", task.scored ? task.scored->text() : "the whole image", "\n");
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) {
      method.options->make();
      plan += concat("makes    ", options.out, "/", config.folder_of(method, seed), "\n");
    }
  }
  return plan;
}

}  // namespace specfuse
