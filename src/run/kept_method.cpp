#include "run/kept_method.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/io/scene.h"

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

void write_learned(Checkpoint checkpoint, const std::string& config, const std::string& file) {
  checkpoint.attributes["config"] = config;
  write_checkpoint(file, checkpoint);
}

void write_summary(const ResultFolder& folder, const MethodResult& result) {
  const Json summary{{"fit_seconds", result.fit_seconds},
                     {"fuse_seconds", result.fuse_seconds},
                     {"peak_memory_mb", result.peak_memory_mb},
                     {"remarks", result.remarks}};
  write_text_atomically(kept_file(folder, result.folder, kSummaryFile), json_text(summary));
}

void write_fusion(const Fusion& fusion, const std::vector<FitContext>& fits, const std::string& directory) {
  const std::string fused = concat(directory, "/", kFusedFile), checkpoint = concat(directory, "/", kCheckpointFile);
  if (fusion.sigma) {
    write_fused(fused, fusion.fused, *fusion.sigma, fusion.width_95);
  } else {
    write_cube(fused, fusion.fused);
  }
  if (!fusion.log.empty()) write_text_atomically(concat(directory, "/", kOutputFile), fusion.log);
  if (fusion.wrote_checkpoints) {
    copy_file(fits.back().checkpoint_path, checkpoint);
    if (fits.size() > 1) copy_file(fits.front().checkpoint_path, concat(directory, "/", kPretrainedFile));
  } else if (!fusion.checkpoint.tensors.empty()) {
    write_learned(fusion.checkpoint, fits.back().config, checkpoint);
  }
}

/// The images for other programs.
void write_images(const Fusion& fusion, const std::string& format, const std::string& directory) {
  const ImageWriter& writer = image_writer(format, "output.format");
  const std::string fused = concat(directory, "/fused", writer.ending);
  if (fs::path(fused).filename() == kFusedFile) return;
  writer.write(fused, fusion.fused);
  if (fusion.sigma) writer.write(concat(directory, "/sigma", writer.ending), *fusion.sigma);
}

}  // namespace

void keep_method(const ResultFolder& folder, const Fusion& fusion, const std::vector<FitContext>& fits,
                 const std::string& format) {
  const MethodResult& result = fusion.result;
  const std::string directory = begin_result(folder, result.folder);
  write_fusion(fusion, fits, directory);
  write_images(fusion, format, directory);
  if (fusion.fused_training) write_cube(kept_file(folder, result.folder, kTrainingFile), *fusion.fused_training);
  write_summary(folder, result);
}

std::string begin_result(const ResultFolder& folder, const std::string& result) {
  const std::string directory = folder.kept(concat("done/", result));
  fs::remove_all(directory);
  fs::create_directories(directory);
  return directory;
}

void keep_streamed(const ResultFolder& folder, const MethodResult& result, const Checkpoint& checkpoint,
                   const std::string& config) {
  if (!checkpoint.tensors.empty()) write_learned(checkpoint, config, kept_file(folder, result.folder, kCheckpointFile));
  write_summary(folder, result);
}

std::optional<MethodResult> find_summary(const ResultFolder& folder, const std::string& name) {
  const std::string file = kept_file(folder, name, kSummaryFile);
  // A run that was killed while it published its results may have moved the image already.
  if (!fs::exists(file) || !fs::exists(kept_file(folder, name, kFusedFile))) return {};
  try {
    const Json summary = parse_json(read_text(file), file);
    MethodResult result;
    result.folder = name;
    result.fit_seconds = summary.at("fit_seconds").get<double>();
    result.fuse_seconds = summary.at("fuse_seconds").get<double>();
    result.peak_memory_mb = summary.at("peak_memory_mb").get<double>();
    result.remarks = summary.at("remarks").get<std::string>();
    return result;
  } catch (const std::exception&) {
    return {};  // not whole: it is made again
  }
}

std::optional<Fusion> find_method(const ResultFolder& folder, const std::string& result) {
  const std::optional<MethodResult> summary = find_summary(folder, result);
  if (!summary) return {};
  try {
    Fusion fusion;
    fusion.result = *summary;
    const std::string fused = kept_file(folder, result, kFusedFile);
    fusion.fused = read_scene(fused);
    const Hdf5Reader file(fused);
    if (file.has("/sigma")) {
      fusion.sigma = fusion.fused;
      fusion.sigma->values = file.read("/sigma", 3);
      fill_from_around(*fusion.sigma);
      fusion.width_95 = file.number("/sigma", "width_95").value();
    }
    const std::string training = kept_file(folder, result, kTrainingFile);
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
  // As a second name where the file system has such: what is kept stays until all is published.
  for (const std::string& name : names) {
    const std::string kept = kept_file(folder, result, name.c_str()), staged = folder.staged(concat(result, "/", name));
    std::error_code refused;
    fs::create_hard_link(kept, staged, refused);
    if (refused) move_file(kept, staged);
  }
}

void forget_method(const ResultFolder& folder, const std::string& result) {
  fs::remove(kept_file(folder, result, kSummaryFile));
}

}  // namespace specfuse
