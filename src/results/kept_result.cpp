#include "specfuse/results/kept_result.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

constexpr const char* kSummaryFile = "result.json";
/// What the method made of its own training image.
constexpr const char* kTrainingFile = "training.h5";

/// All of it in memory.
FusedImage held(const FusedImage& image) {
  return {in_memory(image.fused->read_all()), image.sigma ? in_memory(image.sigma->read_all()) : nullptr,
          image.width_95};
}

}  // namespace

KeptResult::KeptResult(const RunFolder& folder, std::string name)
    : name_(std::move(name)), directory_(folder.kept("done/" + name_)) {}

std::string KeptResult::file(const char* name) const { return concat(directory_, "/", name); }

std::string KeptResult::fused_file() const { return file(kFusedFile); }

void KeptResult::begin() const {
  fs::remove_all(directory_);
  fs::create_directories(directory_);
}

void KeptResult::write(const FusedCube& fusion, const OutputConfig& output) const {
  write_cube(fused_file(), fusion.fused, fusion.sigma ? &*fusion.sigma : nullptr, fusion.width_95);
  if (!fusion.log.empty()) write_text_atomically(file(kOutputFile), fusion.log);
  const ImageWriter& writer = output.writer();
  const std::string fused = concat(directory_, "/fused", writer.ending);
  if (fused == fused_file()) return;
  output.fused_writer().write(fused, fusion.fused);
  if (fusion.sigma) writer.write(concat(directory_, "/sigma", writer.ending), *fusion.sigma);
}

void KeptResult::write_learned(const FusionMethod& method, const std::vector<FitContext>& fits) const {
  if (method.traits.writes_checkpoints && fs::exists(fits.back().checkpoint_path)) {
    copy_file(fits.back().checkpoint_path, file(kCheckpointFile));
    if (fits.size() > 1) copy_file(fits.front().checkpoint_path, file(kPretrainedFile));
    return;
  }
  Checkpoint checkpoint = method.checkpoint();
  if (checkpoint.tensors.empty()) return;
  save_learned_from(method.learned_from, checkpoint);
  checkpoint.attributes["config"] = fits.back().config;
  write_checkpoint(file(kCheckpointFile), checkpoint);
}

void KeptResult::finish(const Fusion& fusion) const {
  if (fusion.fused_training) write_cube(file(kTrainingFile), *fusion.fused_training);
  const MethodResult& result = fusion.result;
  const Json summary{{"fit_seconds", result.fit_seconds},
                     {"fuse_seconds", result.fuse_seconds},
                     {"peak_memory_mb", result.peak_memory_mb},
                     {"remarks", result.remarks}};
  write_text_atomically(file(kSummaryFile), json_text(summary));
}

std::optional<Fusion> KeptResult::find(const PairOutliers& outliers, Index ratio, bool in_memory) const {
  const std::string path = file(kSummaryFile);
  if (!fs::exists(path) || !fs::exists(fused_file())) return {};
  try {
    const Json summary = parse_json(read_text(path), path);
    Fusion fusion;
    fusion.result.folder = name_;
    fusion.result.fit_seconds = summary.at("fit_seconds").get<double>();
    fusion.result.fuse_seconds = summary.at("fuse_seconds").get<double>();
    fusion.result.peak_memory_mb = summary.at("peak_memory_mb").get<double>();
    fusion.result.remarks = summary.at("remarks").get<std::string>();
    fusion.image = open_fused(fused_file(), outliers, ratio);
    if (in_memory) fusion.image = held(fusion.image);
    if (fs::exists(file(kTrainingFile))) fusion.fused_training = read_scene(file(kTrainingFile));
    return fusion;
  } catch (const std::exception&) {
    return {};  // not whole: it is made again
  }
}

void KeptResult::stage(const RunFolder& folder) const {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
    const std::string name = entry.path().filename().string();
    if (name != kSummaryFile && name != kTrainingFile) names.push_back(name);
  }
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) { return name == kFusedFile; });
  for (const std::string& name : names) {
    const std::string staged = folder.staged(concat(name_, "/", name));
    std::error_code refused;
    fs::create_hard_link(file(name.c_str()), staged, refused);
    if (refused) move_file(file(name.c_str()), staged);
  }
}

}  // namespace specfuse
