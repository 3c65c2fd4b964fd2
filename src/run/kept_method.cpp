#include "run/kept_method.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "run/learned_from.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/scene.h"
#include "specfuse/ranks/ranks.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

/// Written last: once it is there, all files of the result are.
constexpr const char* kSummaryFile = "result.json";
/// What the method made of its own training image.
constexpr const char* kTrainingFile = "training.h5";

std::string kept_file(const ResultFolder& folder, const std::string& result, const char* name) {
  return folder.kept(concat("done/", result, "/", name));
}

/// All of it in memory.
FusedImage held(const FusedImage& image) {
  return {in_memory(image.fused->read_all()), image.sigma ? in_memory(image.sigma->read_all()) : nullptr,
          image.width_95};
}

}  // namespace

KeptResult::KeptResult(const ResultFolder& folder, const std::string& result, const std::string& format)
    : directory_(folder.kept("done/" + result)), format_(format) {
  if (this_rank() != 0) return;
  fs::remove_all(directory_);
  fs::create_directories(directory_);
}

std::string KeptResult::fused_file() const { return concat(directory_, "/", kFusedFile); }

void KeptResult::write(const FusedWithSigma& fusion) const {
  write_cube(fused_file(), fusion.fused, fusion.sigma ? &*fusion.sigma : nullptr, fusion.width_95);
  if (!fusion.log.empty()) write_text_atomically(concat(directory_, "/", kOutputFile), fusion.log);
  const ImageWriter& writer = image_writer(format_, "output.format");
  const std::string fused = concat(directory_, "/fused", writer.ending);
  if (fused == fused_file()) return;
  writer.write(fused, fusion.fused);
  if (fusion.sigma) writer.write(concat(directory_, "/sigma", writer.ending), *fusion.sigma);
}

void KeptResult::write_parts(const PartsOfResult& parts) const {
  write_parts_of(fused_file(), parts, image_writer(format_, "output.format"), directory_);
}

void KeptResult::write_learned(const FusionMethod& method, const std::vector<FitContext>& fits) const {
  const std::string file = concat(directory_, "/", kCheckpointFile);
  if (method.traits.writes_checkpoints && fs::exists(fits.back().checkpoint_path)) {
    copy_file(fits.back().checkpoint_path, file);
    if (fits.size() > 1) copy_file(fits.front().checkpoint_path, concat(directory_, "/", kPretrainedFile));
    return;
  }
  Checkpoint checkpoint = learned_by(method);
  if (checkpoint.tensors.empty()) return;
  checkpoint.attributes["config"] = fits.back().config;
  write_checkpoint(file, checkpoint);
}

void KeptResult::finish(const Fusion& fusion) const {
  if (fusion.fused_training) write_cube(concat(directory_, "/", kTrainingFile), *fusion.fused_training);
  const MethodResult& result = fusion.result;
  const Json summary{{"fit_seconds", result.fit_seconds},
                     {"fuse_seconds", result.fuse_seconds},
                     {"peak_memory_mb", result.peak_memory_mb},
                     {"remarks", result.remarks}};
  write_text_atomically(concat(directory_, "/", kSummaryFile), json_text(summary));
}

std::optional<Fusion> find_result(const ResultFolder& folder, const std::string& name, const Task& task,
                                  const PairOutliers& outliers) {
  const std::string file = kept_file(folder, name, kSummaryFile), fused = kept_file(folder, name, kFusedFile);
  // A run that was killed while it published its results may have moved the image already.
  if (!fs::exists(file) || !fs::exists(fused)) return {};
  try {
    const Json summary = parse_json(read_text(file), file);
    Fusion fusion;
    fusion.result.folder = name;
    fusion.result.fit_seconds = summary.at("fit_seconds").get<double>();
    fusion.result.fuse_seconds = summary.at("fuse_seconds").get<double>();
    fusion.result.peak_memory_mb = summary.at("peak_memory_mb").get<double>();
    fusion.result.remarks = summary.at("remarks").get<std::string>();
    fusion.image = open_fused(fused, outliers, task.pair.degradation.ratio);
    if (!task.is_large) fusion.image = held(fusion.image);
    const std::string training = kept_file(folder, name, kTrainingFile);
    if (fs::exists(training)) fusion.fused_training = read_scene(training);
    return fusion;
  } catch (const std::exception&) {
    return {};  // not whole: it is made again
  }
}

void stage_method(const ResultFolder& folder, const std::string& result) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kept_file(folder, result, "."))) {
    const std::string name = entry.path().filename().string();
    if (name != kSummaryFile && name != kTrainingFile) names.push_back(name);
  }
  // Where they are moved, the image goes first: without it a result is not whole.
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) { return name == kFusedFile; });
  // As a second name where the file system has such: what is kept stays until all is published.
  for (const std::string& name : names) {
    const std::string kept = kept_file(folder, result, name.c_str()), staged = folder.staged(concat(result, "/", name));
    std::error_code refused;
    fs::create_hard_link(kept, staged, refused);
    if (refused) move_file(kept, staged);
  }
}

}  // namespace specfuse
