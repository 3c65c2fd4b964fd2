#include "run/stream_runner.h"

#include <algorithm>
#include <filesystem>

#include "run/data_hash.h"
#include "run/earlier_run.h"
#include "run/environment.h"
#include "run/kept_method.h"
#include "run/method_checks.h"
#include "run/method_files.h"
#include "run/result_files.h"
#include "run/run_figures.h"
#include "run/stream_scores.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/buffer.h"
#include "specfuse/core/error.h"
#include "specfuse/core/peak_memory.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/report/text_format.h"
#include "specfuse/run/apply.h"
#include "specfuse/run/find_data.h"

namespace specfuse {
namespace {

/// Longest side of previews in fine pixels.
constexpr Index kPreview = 256;
/// Coarse pixels that the shorter side of a preview has where the pair has as many.
constexpr Index kLeastPreview = 24;

void check_streamable(const ExperimentConfig& config) {
  const auto check = [](bool fine, const char* field, const char* expected) {
    SPECFUSE_CHECK_AS(ConfigError, fine, field, ": expected ", expected, " with --memory");
  };
  check(config.data.pair || config.data.hsi, "data", "a pair, or hsi and msi,");
  const auto type = config.protocol.type;
  check(type == Protocol::wald || type == Protocol::apply, "protocol.type", "wald or apply");
  check(config.protocol.validation_fraction == 0 || type == Protocol::apply, "protocol.validation_fraction", "0");
  check(config.degrade.boundary != "circular", "degrade.boundary", "another than circular");
  const ImageWriter& writer = image_writer(config.output.format, "output.format");
  check(config.output.format == "hdf5" || writer.begin != nullptr, "output.format", "hdf5, geotiff or envi");
  check(config.metric_profiles.empty(), "metric_profiles", "none");
}

/// The experiment as if the preview were its pair.
ExperimentConfig of_preview(const ExperimentConfig& config) {
  ExperimentConfig small = config;
  small.data = {};
  small.data.pair = source_of(config.data);
  small.data.nodata = config.data.nodata;
  small.data.wavelength_nm = config.data.wavelength_nm;
  small.data.outliers = "keep";
  small.protocol = {};
  small.protocol.type = Protocol::apply;
  return small;
}

/// All that is known of an experiment before anything is made.
struct Prepared {
  std::vector<std::string> directories;
  ExperimentConfig config;
  StreamedPair pair;
  /// Fine pixels that one of the preview is the mean of, along each axis.
  Index step;
  /// The experiment, its scene and its task as if the preview were its pair.
  ExperimentConfig small;
  Scene scene;
  Task task;
  Budget budget;
  MethodFindings found;

  /// Throws for all that can be wrong.
  Prepared(const ExperimentConfig& given, const RunOptions& options);

 private:
  /// Looks at the sensors, and takes the preview anew as the methods get the pair.
  void show_as_known();
};

/// An image and, of an ENVI header, the values that lie beside it.
void add_files(const std::filesystem::path& image, std::vector<std::string>& files) {
  files.push_back(image);
  if (image.extension() != ".hdr") return;
  const std::size_t header = files.size();
  for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator(image.parent_path())) {
    const std::filesystem::path& name = entry.path();
    const bool beside = (name.stem() == image.stem() && name != image) || name.filename() == image.stem();
    if (beside && entry.is_regular_file()) files.push_back(name);
  }
  std::sort(files.begin() + static_cast<std::ptrdiff_t>(header), files.end());
}

std::vector<std::string> files_of(const DataConfig& data, const std::vector<std::string>& directories) {
  if (data.pair) return {find_file(*data.pair, directories)};
  std::vector<std::string> files;
  for (const std::string& file : {data.hsi->file, data.msi->file}) add_files(find_file(file, directories), files);
  return files;
}

/// Where one result is made.
struct Workplace {
  const Prepared& prepared;
  ResultFolder& folder;
  TrainingLog& log;
};

std::string fused_file(const ResultFolder& folder, const std::string& result) {
  return folder.kept(concat("done/", result, "/", kFusedFile));
}

bool applies(const ExperimentConfig& config) { return config.protocol.type == Protocol::apply; }

/// The method of an entry with all that it has to learn, from its checkpoint or from the pair one scale down.
std::unique_ptr<FusionMethod> learned(const MethodConfig& entry, const std::vector<std::string>& directories,
                                      bool apply, const PairParts& pair, const FitContext& context) {
  std::unique_ptr<FusionMethod> method = make_method(entry, directories);
  if (entry.checkpoint) restore_from(find_checkpoint(*entry.checkpoint, directories), *method);
  if (apply && entry.checkpoint) return method;
  if (method->is_ready()) {
    method->fit({}, context);  // the seed; there is no training image to tune on
    return method;
  }
  try {
    SPECFUSE_CHECK_AS(ConfigError, !entry.checkpoint, "checkpoint: expected protocol apply with it and --memory");
    learn(*method, pair, context);
  } catch (const ConfigError& problem) {
    throw ConfigError(concat("methods.", entry.label, ".", problem.what()));
  }
  return method;
}

std::string parts_folder(const std::string& keeping, const std::string& result) {
  return concat(keeping, "/parts/", result);
}

/// The method of an entry, fitted, and how it fuses. Every rank does this alone, with the same result.
struct Fitted {
  std::unique_ptr<FusionMethod> method;
  PartFusion fusion;
};

Fitted fit(const Prepared& prepared, const MethodConfig& entry, const FitContext& context) {
  const RankAlone alone;
  std::unique_ptr<FusionMethod> method =
      learned(entry, prepared.directories, applies(prepared.config), prepared.pair, context);
  PartFusion fusion = *method->by_parts(prepared.pair);
  return {std::move(method), std::move(fusion)};
}

/// What ranks other than the first do of an experiment: their share of the parts of all results that are to be made.
void help(const Prepared& prepared, const std::string& out) {
  const ExperimentConfig& config = prepared.config;
  const std::string keeping = ResultFolder::keeping_in(out);
  if (!first_rank_says(false)) return;
  for (const Index seed : config.seeds) {
    for (const MethodConfig& entry : config.methods) {
      if (!first_rank_says(false)) continue;
      const std::string name = config.folder_of(entry, seed);
      const Fitted fitted = fit(prepared, entry, fit_contexts(config, entry, seed, keeping, nullptr).front());
      fuse_streamed(fitted.fusion, prepared.pair, prepared.budget, name, parts_folder(keeping, name), "");
    }
  }
}

/// Learns what there is to learn, fuses and keeps the result.
MethodResult make_result(const Workplace& at, const MethodConfig& entry, Index seed) {
  MethodResult result;
  result.folder = at.prepared.config.folder_of(entry, seed);
  const FitContext context = fit_contexts(at.prepared.config, entry, seed, at.folder.keeping(), &at.log).front();
  const ProgressTitle title(result.folder);
  reset_peak_memory();
  const Stopwatch fitting;
  const auto [method, fusion] = fit(at.prepared, entry, context);
  result.fit_seconds = fitting.seconds();
  const std::string directory = begin_result(at.folder, result.folder);
  const std::string parts = parts_folder(at.folder.keeping(), result.folder);
  const std::string fused = fused_file(at.folder, result.folder);
  result.fuse_seconds = fuse_streamed(fusion, at.prepared.pair, at.prepared.budget, result.folder, parts, fused);
  write_image_of(fused, at.prepared.pair, image_writer(at.prepared.config.output.format, "output.format"),
                 result.folder, directory);
  result.peak_memory_mb = peak_memory_mb();
  result.remarks = method->remarks();
  if (!result.remarks.empty()) say(concat(result.folder, ": ", result.remarks));
  keep_streamed(at.folder, result, applies(at.prepared.config) ? Checkpoint{} : learned_by(*method), context.config);
  std::filesystem::remove_all(parts);
  return result;
}

MethodResult find_or_make(const Workplace& at, const MethodConfig& entry, Index seed) {
  const std::string name = at.prepared.config.folder_of(entry, seed);
  const std::optional<MethodResult> kept = find_summary(at.folder, name);
  if (!first_rank_says(!kept)) {
    say(name + ": was complete before");
    return *kept;
  }
  return make_result(at, entry, seed);
}

/// Throws where a method cannot work part by part, or not in so little memory; found out on the preview.
void check_parts(const ExperimentConfig& config, const std::vector<std::string>& directories, const Pair& preview,
                 const StreamedPair& pair, const Budget& budget) {
  for (const MethodConfig& entry : config.methods) {
    const std::unique_ptr<FusionMethod> method = learned(entry, directories, applies(config), WholePair(preview), {});
    const std::optional<PartFusion> fusion = method->by_parts(WholePair(preview));
    SPECFUSE_CHECK_AS(ConfigError, fusion, "--memory: expected methods that work part by part, got ", entry.label,
                      ", which needs the whole image at once as it is configured");
    check_memory(*fusion, pair, budget, entry.label);
  }
}

void describe_preview(const StreamedPair& pair, Index step, ExperimentResults& results) {
  const auto size = [](Index rows, Index cols, Index bands) { return concat(rows, " x ", cols, " x ", bands); };
  results.figures.hsi_size = size(pair.rows(), pair.cols(), pair.bands());
  results.figures.msi_size = size(pair.fine_rows(), pair.fine_cols(), pair.msi_bands());
  if (pair.has_reference()) results.figures.reference_size = size(pair.fine_rows(), pair.fine_cols(), pair.bands());
  if (step == 1) return;
  results.preview =
      concat("Scores are of the whole image. Pictures, maps, spectra and what the pointer reads are of means of ", step,
             " x ", step, " pixels of each image, whose rows and columns they count.");
}

ExperimentConfig checked(const ExperimentConfig& given, const std::vector<std::string>& directories) {
  const ExperimentConfig config = adopt_checkpoints(given, directories);
  check_streamable(config);
  return config;
}

Index preview_step(const StreamedPair& pair) {
  const Index longest = std::max(pair.fine_rows(), pair.fine_cols()), shortest = std::min(pair.rows(), pair.cols());
  // Methods are tried on it, and have to find enough to learn from.
  const Index most = std::max<Index>(1, shortest / std::max(2 * pair.ratio(), kLeastPreview));
  return std::min((longest + kPreview - 1) / kPreview, most);
}

Scene preview_scene(const ExperimentConfig& small, const std::vector<std::string>& directories,
                    const PairFile& preview) {
  SceneFiles files;
  remember_pair(small.data, preview, files);
  return load_scene(small, directories, &files);
}

Prepared::Prepared(const ExperimentConfig& given, const RunOptions& options)
    : directories(data_directories(options.data_directories)), config(checked(given, directories)),
      pair(config.data, directories), step(preview_step(pair)), small(of_preview(config)) {
  budget.memory = *options.memory;
  limit_free_memory(budget.free_buffers());
  PairFile preview = pair.preview(step);
  pair.set_side(statistics_side(pair));
  if (config.data.masks_outliers()) pair.mask_outliers();
  if (!pair.outliers().empty()) preview = pair.preview(step);
  scene = preview_scene(small, directories, preview);
  task.pair = *scene.measured;
  task.step = step;
  task.reference = scene.reference;
  check_orientation(task.pair);
  pair.set_degradation(scene.degradation);
  if (scene.estimate.any() || scene.harmonise) show_as_known();
  // Previews of all results, of the pair and of its reference.
  budget.held = static_cast<double>(config.methods.size() + 2) * static_cast<double>(sizeof(float)) *
                static_cast<double>(task.pair.msi.pixels() * pair.bands());
  found = check_methods(small, scene, task, directories, scored_spectra(pair));
  for (const std::string& text : outlier_texts(pair.outliers())) found.doubts.push_back(concat("data: ", text));
  check_parts(config, directories, task.pair, pair, budget);
}

void Prepared::show_as_known() {
  pair.look_at(scene.estimate, scene.harmonise);
  task.sensors = pair.sensors();
  const PairFile shown = pair.preview(step, &task.pair.disagreement);
  task.pair.hsi = shown.hsi;
  task.pair.msi = shown.msi;
  task.pair.degradation = pair.degradation();
  if (shown.reference) task.reference = shown.reference;
}

}  // namespace

std::string run_streamed(const ExperimentConfig& given, const RunOptions& options) {
  const Prepared prepared(given, options);
  if (this_rank() != 0) {
    help(prepared, options.out);
    return {};
  }
  const ExperimentConfig& config = prepared.config;
  ExperimentResults results;
  results.doubts = prepared.found.doubts;
  for (const std::string& doubt : results.doubts) warn(doubt);
  if (prepared.task.sensors.estimate) {
    for (const Index seed : config.seeds) results.estimates[seed] = *prepared.task.sensors.estimate;
  }
  results.config = config;
  results.grids = prepared.scene.grids;
  if (!results.grids.empty()) say(results.grids);
  results.scored_on = "whole image";
  std::vector<std::string> files = files_of_methods(config, prepared.directories);
  for (const std::string& file : files_of(config.data, prepared.directories)) files.push_back(file);
  results.data_hash = kStreamedHash + data_hash(prepared.scene, files);
  results.environment = environment_text(options.memory);
  ResultFolder folder(options.out);
  if (!first_rank_says(begin_in(folder, config, results.data_hash, options))) return earlier_summary(folder, config);
  keep_sensors(prepared.task, folder, config.output.format);
  TrainingLog log(folder.kept(kLogFile));
  RunFigures figures(prepared.scene, prepared.task, prepared.small.protocol, config.methods.size());
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) folder.add_folder(config.folder_of(method, seed));
  }
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) {
      MethodResult result = find_or_make({prepared, folder, log}, method, seed);
      result.name = method.name;
      result.label = method.label;
      result.seed = seed;
      result.learned_share = prepared.found.share_of(results.methods.size());
      const FusedFile fused(fused_file(folder, result.folder));
      const FusedWithSigma preview = score_streamed(prepared.pair, fused, prepared.step, result);
      if (seed == config.seeds.front()) figures.add(method.label, preview);
      results.methods.push_back(result);
      say(concat("[", results.methods.size(), "/", config.seeds.size() * config.methods.size(), "] ", result.folder,
                 "  ", number_text(result.fit_seconds + result.fuse_seconds, 1), " s"));
    }
  }
  say("writing the report and the files");
  results.figures = figures.data();
  describe_preview(prepared.pair, prepared.step, results);
  return write_results(results, {figures.groups(), figures.viewer()}, log.text(), folder);
}

std::string plan_streamed(const ExperimentConfig& given, const RunOptions& options) {
  const Prepared prepared(given, options);
  const StreamedPair& pair = prepared.pair;
  std::string plan;
  for (const std::string& doubt : prepared.found.doubts) warn(doubt);
  if (!prepared.scene.grids.empty()) plan += concat("joins    ", prepared.scene.grids, "\n");
  plan += concat("fuses    hsi ", pair.rows(), " x ", pair.cols(), " x ", pair.bands(), " and msi ", pair.fine_rows(),
                 " x ", pair.fine_cols(), " x ", pair.msi_bands(), " from ", source_of(prepared.config.data),
                 ", part by part\n");
  plan += concat("scores   ", pair.has_reference() ? "the whole image\n" : "nothing: there is no reference\n");
  for (const Index seed : prepared.config.seeds) {
    for (const MethodConfig& method : prepared.config.methods) {
      plan += concat("makes    ", options.out, "/", prepared.config.folder_of(method, seed), "\n");
    }
  }
  return plan;
}

}  // namespace specfuse
