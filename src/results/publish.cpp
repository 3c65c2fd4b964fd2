#include "specfuse/results/publish.h"

#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/profile.h"
#include "specfuse/io/file.h"
#include "specfuse/results/kept_result.h"
#include "specfuse/results/metrics_json.h"

namespace specfuse {
namespace {

/// What a person should know of the run, a line each.
std::string words_of(const ExperimentResults& results) {
  std::string lines;
  for (const std::string& warning : results.warnings) lines += json_text(Json{{"warning", warning}}) + "\n";
  for (const auto& [seed, estimate] : results.estimates) {
    for (const Finding& finding : estimate.findings)
      lines += json_text(Json{{"seed", seed}, {"finding", text_of(finding)}}) + "\n";
  }
  for (const MethodResult& result : results.methods) {
    if (result.remarks.empty()) continue;
    lines += json_text(Json{{"method", result.folder}, {"seed", result.seed}, {"remarks", result.remarks}}) + "\n";
  }
  return lines;
}

}  // namespace

void publish_results(const ExperimentResults& results, const std::vector<ResultFile>& drawn, const TrainingLog& log,
                     RunFolder& folder) {
  const auto write = [&](const std::string& name, const std::string& text) {
    write_text_atomically(folder.staged(name), text);
  };
  write(kConfigFile, config_text(results.config));
  write(kEnvironmentFile, results.environment);
  if (profiling()) write(kProfileFile, profile_trace());
  write(kLogFile, words_of(results) + log.text());
  folder.add_folder(kFigureFolder);
  for (const ResultFile& file : drawn) write(file.name, file.content);
  for (const MethodResult& result : results.methods) KeptResult(folder, result.folder).stage(folder);
  std::vector<std::string> files = folder.staged_files();
  files.push_back(kMetricsFile);
  write(kMetricsFile, metrics_json(results, files));
  folder.publish();
}

}  // namespace specfuse
