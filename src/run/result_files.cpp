#include "run/result_files.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "run/earlier_run.h"
#include "run/kept_method.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/file.h"
#include "specfuse/io/png.h"
#include "specfuse/io/scene.h"
#include "specfuse/report/metrics_json.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/report_content.h"
#include "specfuse/report/report_html.h"
#include "specfuse/report/result_tables.h"

namespace specfuse {
namespace {

/// A column of a paper is about 8.5 cm wide.
constexpr int kDotsPerInch = 300, kColumnPixels = 1000;

/// Ready for a paper.
void write_figures(const std::vector<FigureGroup>& groups, ResultFolder& folder) {
  folder.add_folder(kFigureFolder);
  std::vector<const Figure*> figures;
  for (const FigureGroup& group : groups) {
    for (const Figure& figure : group.figures) figures.push_back(&figure);
    if (!group.colour_bar.svg.empty()) figures.push_back(&group.colour_bar);
  }
  Progress progress(static_cast<Index>(figures.size()), "figures");
  std::vector<std::string> stems;
  for (const Figure* figure : figures) stems.push_back(folder.staged(concat(kFigureFolder, "/", figure->name)));
  parallel_for(static_cast<Index>(figures.size()), [&](Index i) {
    const Figure& figure = *figures[static_cast<std::size_t>(i)];
    const std::string& stem = stems[static_cast<std::size_t>(i)];
    if (figure.image.rows > 0) {
      write_text_atomically(stem + ".png", encode_png(enlarged(figure.image, kColumnPixels), kDotsPerInch));
    }
    if (!figure.svg.empty()) write_text_atomically(stem + ".svg", with_light_colours(figure.svg));
    progress.tick();
  });
}

/// Those of the tables that have rows, one below the other.
std::string joined(const std::vector<Table>& tables, std::string (*written)(const Table&)) {
  std::string text;
  for (const Table& table : tables) {
    if (!table.rows.empty()) text += concat(text.empty() ? "" : "\n", written(table));
  }
  return text;
}

/// What a person should know of the run, a line each, for the log.
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

std::string summary_text(const ResultTables& tables) {
  return joined({tables.short_scores, tables.estimates}, table_text);
}

std::string earlier_summary(const ResultFolder& folder, const ExperimentConfig& config) {
  say(concat(folder.path(), ": this experiment was done before; --overwrite does it anew"));
  const std::string file = folder.published(kMetricsFile);
  return summary_text(result_tables(read_metrics_json(read_text(file), file, config)));
}

void begin_files(const ExperimentConfig& config, const Scene& scene, ResultFolder& folder) {
  for (const Index seed : config.seeds) {
    for (const MethodConfig& method : config.methods) folder.add_folder(config.folder_of(method, seed));
  }
  if (config.data.synthetic) write_cube(folder.staged(kSceneFile), *scene.reference);
}

void keep_sensors(const Task& task, ResultFolder& folder, const std::string& format) {
  if (task.sensors.estimate) {
    for (const Finding& finding : task.sensors.estimate->findings) say(text_of(finding));
  }
  const Cube& map = task.pair.disagreement;
  if (!map.values.defined()) return;
  const std::string file = folder.staged(kDisagreementFile);
  write_cube(file, map);
  const ImageWriter& writer = image_writer(format, "output.format");
  if (!file.ends_with(writer.ending))
    writer.write(std::filesystem::path(file).replace_extension(writer.ending).string(), map);
}

std::string write_results(const ExperimentResults& results, SceneOnPage scene, const std::string& log,
                          ResultFolder& folder) {
  const ResultTables tables = result_tables(results);
  ReportContent content = report_content(results, tables, std::move(scene.figures));
  content.viewer = std::move(scene.viewer);
  const auto write = [&](const std::string& name, const std::string& text) {
    write_text_atomically(folder.staged(name), text);
  };
  write(kConfigFile, config_text(results.config));
  write(kEnvironmentFile, results.environment);
  if (profiling()) write(kProfileFile, profile_trace());
  write(kScoresCsv, table_csv(tables.scores));
  write(kScoresMarkdown, joined({tables.short_scores, tables.estimates, tables.significance}, table_markdown));
  write(kScoresLatex, joined({tables.short_scores, tables.estimates}, table_latex));
  if (!tables.significance.rows.empty()) write(kSignificanceLatex, table_latex(tables.significance));
  write(kReportFile, report_html(content));
  if (!content.viewer.file.empty()) write(content.viewer.file, content.viewer.cubes);
  write(kLogFile, words_of(results) + log);
  write_figures(content.groups, folder);
  for (const MethodResult& result : results.methods) stage_method(folder, result.folder);
  std::vector<std::string> files = folder.staged_files();
  files.push_back(kMetricsFile);
  write(kMetricsFile, metrics_json(results, tables, files));
  folder.publish(kMetricsFile, published_before(folder));
  return summary_text(tables);
}

}  // namespace specfuse
