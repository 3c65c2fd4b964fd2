#include "specfuse/compose/fuse_files.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "compose/compose_fusion.h"
#include "compose/pair_decisions.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/terminal.h"
#include "specfuse/imaging/cube.h"
#include "specfuse/io/file.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/report/trust.h"
#include "specfuse/results/metrics_json.h"
#include "specfuse/run/runner.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

/// Characters on a line of what is said.
std::size_t columns() {
  constexpr std::size_t kUsual = 80, kMost = 118;
  return std::min(terminal_columns(STDOUT_FILENO).value_or(kUsual), kMost);
}

/// What a request makes.
struct Outputs {
  const ImageWriter* writer;
  /// Of all names, with the folder.
  std::string stem;
  /// Of the images; more than the writer's own is known, such as .tiff.
  std::string ending;
  std::string fused() const { return stem + ending; }
  std::string sigma() const { return stem + "_sigma" + ending; }
  std::string quality() const { return stem + "_quality" + ending; }
  std::string experiment() const { return stem + ".json"; }
  std::string folder() const { return stem + "_run"; }
};

const ImageWriter& writer_of_ending(const std::string& path) {
  const std::string ending = fs::path(path).extension().string();
  if (ending == ".tiff") return image_writer("geotiff", "--out");
  if (ending == ".hdr") return image_writer("envi", "--out");
  return image_writer_for(path);
}

Outputs outputs_of(const std::string& out) {
  SPECFUSE_CHECK_AS(ConfigError, !out.empty(), "--fuse requires --out, the file to make, such as fused.tif");
  std::error_code ignored;
  SPECFUSE_CHECK_AS(ConfigError, !fs::is_directory(out, ignored) && !out.ends_with('/'),
                    "--out: expected a file such as ", (fs::path(out) / "fused.tif").lexically_normal().string(),
                    ", got a folder");
  const ImageWriter& writer = writer_of_ending(out);
  const fs::path path(out);
  const std::string ending = path.extension() == ".tiff" ? ".tiff" : writer.ending;
  return {&writer, (path.parent_path() / path.stem()).string(), ending};
}

/// The name of an experiment, of what names may hold.
std::string experiment_name(const std::string& stem) {
  constexpr std::size_t kMost = 100;
  std::string name = fs::path(stem).filename().string().substr(0, kMost);
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return c >= 0x80 || (std::isalnum(c) == 0 && c != '.' && c != '_' && c != '-'); }, '_');
  name.erase(0, std::min(name.find_first_not_of(".-"), name.size()));
  return name.empty() ? "fused" : name;
}

/// A file, and what may lie beside it: a header, or what GDAL keeps of an image.
std::vector<std::string> with_sidecars(const std::string& file) {
  return {file, fs::path(file).replace_extension(".hdr").string(), file + ".hdr", file + ".aux.xml"};
}

/// Throws where a file would be replaced that is an input, or that nobody allowed to be replaced.
void check_free(const Outputs& outputs, const DataConfig& data, bool replaces) {
  std::error_code ignored;
  for (const std::string& output : {outputs.fused(), outputs.sigma(), outputs.quality(), outputs.experiment()}) {
    for (const std::string& file : with_sidecars(output)) {
      for (const std::string& named : {data.hsi->file, data.msi->file}) {
        for (const std::string& input : with_sidecars(named)) {
          SPECFUSE_CHECK_AS(ConfigError, !fs::equivalent(file, input, ignored), "--out: ", file,
                            " would be written, and is part of the inputs; expected another name");
        }
      }
    }
    SPECFUSE_CHECK_AS(ConfigError, replaces || !fs::exists(output, ignored), output,
                      " is there already; --overwrite replaces it");
  }
}

/// Throws where results could not be written, before anything long is done. What it makes to try goes again. Returns
/// the folder that has to be made; empty: none.
std::string check_writable(const Outputs& outputs) {
  fs::path folder = fs::path(outputs.stem).parent_path(), missing;
  try {
    for (; !folder.empty() && !fs::exists(folder); folder = folder.parent_path()) missing = folder;
    if (missing.empty()) {
      const AtomicFile trial(outputs.fused());
    } else {
      fs::create_directory(missing);
      fs::remove(missing);
    }
  } catch (const fs::filesystem_error& problem) {
    throw ConfigError(
        concat("--out: cannot make the folder ", problem.path1().string(), ": ", problem.code().message()));
  } catch (const Error& problem) {
    throw ConfigError(concat("--out: ", problem.what()));
  }
  return missing.empty() ? "" : fs::path(outputs.stem).parent_path().string();
}

void put(const std::string& from, const std::string& to) {
  const std::string beside = to + ".tmp";
  std::error_code refused;
  fs::remove(beside, refused);
  fs::create_hard_link(from, beside, refused);
  if (refused) copy_file(from, beside);
  move_file(beside, to);
}

/// The folder of the first result.
std::string first_result(const ExperimentConfig& config, const Outputs& outputs) {
  return concat(outputs.folder(), "/", config.folder_of(config.methods.front(), config.seeds.front()));
}

/// Takes an image out of a folder, with what lies beside it. Returns whether there is one.
bool take_image(const std::string& folder, const std::string& image, const std::string& stem, const Outputs& outputs) {
  const std::string theirs = outputs.writer->ending;
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool is_it = name.starts_with(image + ".") && (theirs == ".h5" || !name.ends_with(".h5"));
    if (is_it) names.push_back(name);
  }
  for (const std::string& name : names) {
    std::string rest = name.substr(image.size());
    if (rest.starts_with(theirs)) rest.replace(0, theirs.size(), outputs.ending);
    put(folder + "/" + name, stem + rest);
  }
  return !names.empty();
}

/// Whether a response that has nothing to do with the assumed one explains the pair far better.
bool contradicts_response(const KnownSensors& sensors) {
  if (!sensors.estimate || sensors.unrelated) return false;
  const std::string& shape = sensors.estimate->srf_shape;
  return !shape.empty() && shape != kNearAssumed;
}

/// A request with its experiment, on the way.
class FileFusion {
 public:
  explicit FileFusion(const FuseRequest& request) : request_(request), outputs_(outputs_of(request.out)) {
    if (this_rank() == 0) {
      new_folder_ = check_writable(outputs_);
      composed_ = compose_fusion(request, experiment_name(outputs_.stem), outputs_.writer->name);
      check_free(outputs_, composed_.config.data, request.overwrite || request.resume);
    }
    composed_.text = of_first_rank(composed_.text);
    if (this_rank() != 0) composed_.config = parse_config(composed_.text, "--fuse", {});
    options_.data_directories = request.data_directories;
    options_.out = outputs_.folder();
    options_.resume = request.resume;
    options_.overwrite = request.overwrite;
    options_.memory = request.memory;
  }

  std::string plan() {
    const PausedExperiment experiment(composed_.config, options_);
    decide(experiment, true);
    return concat("\nwould make ", outputs_.fused(), " by this experiment:\n", composed_.text);
  }

  std::string run() {
    if (!new_folder_.empty()) say(concat("making the folder ", new_folder_));
    PausedExperiment experiment(composed_.config, options_);
    std::vector<Decision> decisions;
    if (this_rank() == 0) decisions = decide(experiment, !request_.quiet);
    experiment.run(decisions);
    if (this_rank() != 0) return {};
    write_text_atomically(outputs_.experiment(), composed_.text);
    const std::string result = first_result(composed_.config, outputs_);
    take_image(result, "fused", outputs_.stem, outputs_);
    take_image(outputs_.folder(), kQualityName, outputs_.stem + "_quality", outputs_);
    const bool has_sigma = take_image(result, "sigma", outputs_.stem + "_sigma", outputs_);
    if (!has_sigma) fs::remove(outputs_.sigma());  // of an earlier method
    return closing_text(result, has_sigma);
  }

 private:
  /// All that was decided, of the files and of the pair.
  std::vector<Decision> decide(const PausedExperiment& experiment, bool shows) const {
    const Task& task = experiment.task();
    std::vector<Decision> all = composed_.decisions;
    const std::vector<Decision> more = pair_decisions(composed_.config, experiment.scene(), task, request_.memory);
    all.insert(all.end(), more.begin(), more.end());
    if (shows) {
      std::printf("%s\n", decision_table(all, columns()).c_str());
      std::fflush(stdout);
    }
    if (!composed_.assumed_bands.empty() && contradicts_response(task.sensors)) {
      warn(concat("the bands of the MSI were taken to be ", composed_.assumed_bands,
                  ", in this order, which the pair contradicts: another response is used. If the order is another, "
                  "--set 'degrade.srf.bands=[\"B4\", ...]' says so"));
    }
    return all;
  }

  std::string closing_text(const std::string& result, bool has_sigma) const {
    const std::string file = concat(outputs_.folder(), "/", kMetricsFile);
    const ExperimentResults results = read_metrics_json(read_text(file), file, composed_.config);
    const auto given = static_cast<std::size_t>(warnings_given());
    std::string text = "\n";
    for (const std::string& sentence : trust_sentences(results, std::max(given, results.warnings.size()))) {
      for (const std::string& line : wrapped(sentence, columns())) text += line + "\n";
    }
    text += concat("\nfused image  ", outputs_.fused(), "\n");
    if (has_sigma) text += concat("its sigma    ", outputs_.sigma(), "\n");
    if (!has_sigma && Hdf5Reader(result + "/" + kFusedFile).has("/sigma"))
      text += concat("its sigma    /sigma of ", outputs_.fused(), "\n");
    return text + concat("its quality  ", outputs_.quality(), "\nexperiment   ", outputs_.experiment(),
                         "\nreport       ", outputs_.folder(), "/", kReportFile, "\n");
  }

  const FuseRequest& request_;
  Outputs outputs_;
  ComposedFusion composed_;
  /// That of the outputs, where it is not there yet.
  std::string new_folder_;
  RunOptions options_;
};

}  // namespace

std::string fuse_files(const FuseRequest& request) { return FileFusion(request).run(); }

std::string plan_fusion(const FuseRequest& request) {
  const RankAlone alone;  // the first rank's, as no other plans
  return FileFusion(request).plan();
}

std::string composed_experiment(const FuseRequest& request) { return compose_fusion(request, "fuse", "hdf5").text; }

}  // namespace specfuse
