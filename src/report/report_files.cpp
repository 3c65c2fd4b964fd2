#include "specfuse/report/report_files.h"

#include <utility>

#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"
#include "specfuse/io/png.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/paper_table.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/report_content.h"
#include "specfuse/report/report_html.h"
#include "specfuse/report/table_text.h"
#include "specfuse/results/result_tables.h"

namespace specfuse {
namespace {

/// A column of a paper is about 8.5 cm wide.
constexpr int kDotsPerInch = 300, kColumnPixels = 1000;

/// Those of the tables that have rows, one below the other.
std::string one_below_other(const std::vector<Table>& tables, std::string (*written)(const Table&)) {
  std::string text;
  for (const Table& table : tables) {
    if (!table.rows.empty()) text += concat(text.empty() ? "" : "\n", written(table));
  }
  return text;
}

/// Scores, and what was estimated, each a table of a paper.
std::string scores_latex(const ExperimentResults& results, const ResultTables& tables) {
  const std::size_t seeds = results.config.seeds.size();
  Table scores = tables.short_scores;
  if (results.scored()) scores.caption = concat("Scores against the reference, ", results.scored_on);
  scores.caption += concat("; ratio ", results.config.degrade.ratio);
  if (seeds > 1) scores.caption += concat("; mean and standard deviation of ", seeds, " seeds");
  const std::string text = paper_table(scores, results.config.name);
  return tables.estimates.rows.empty() ? text
                                       : text + "\n" + paper_table(tables.estimates, results.config.name + "-sensors");
}

/// The p-values of the metrics that the configuration chooses.
std::string significance_latex(const ExperimentResults& results, const ResultTables& tables) {
  const Table& all = tables.significance;
  Table chosen = all;
  chosen.columns.clear();
  for (Table::Row& row : chosen.rows) row.cells.clear();
  for (const std::string& key : results.config.report.metrics) {
    for (std::size_t i = 0; i < all.columns.size(); ++i) {
      if (all.columns[i].file_name() != key) continue;
      chosen.columns.push_back(all.columns[i]);
      for (std::size_t row = 0; row < all.rows.size(); ++row) chosen.rows[row].cells.push_back(all.rows[row].cells[i]);
    }
  }
  return paper_table(chosen, results.config.name + "-p");
}

}  // namespace

std::string summary_text(const ExperimentResults& results) {
  return one_below_other({short_table(results), estimate_table(results)}, table_text);
}

std::vector<ResultFile> report_files(const ExperimentResults& results, SceneOnPage scene) {
  const ResultTables tables = result_tables(results);
  ReportContent content = report_content(results, tables, std::move(scene.figures));
  content.viewer = std::move(scene.viewer);
  std::vector<ResultFile> files = figure_files(content.groups);
  files.push_back({kScoresCsv, table_csv(tables.scores)});
  files.push_back(
      {kScoresMarkdown, one_below_other({tables.short_scores, tables.estimates, tables.significance}, table_markdown)});
  files.push_back({kScoresLatex, scores_latex(results, tables)});
  if (!tables.significance.rows.empty()) files.push_back({kSignificanceLatex, significance_latex(results, tables)});
  files.push_back({kReportFile, report_html(content)});
  if (!content.viewer.file.empty()) files.push_back({content.viewer.file, std::move(content.viewer.cubes)});
  return files;
}

std::vector<ResultFile> figure_files(const std::vector<FigureGroup>& groups) {
  std::vector<ResultFile> files;
  std::vector<const Picture*> pictures;  // null: a chart
  const auto add = [&](const Figure& figure) {
    const std::string stem = concat(kFigureFolder, "/", figure.name);
    if (!figure.svg.empty()) files.push_back({stem + ".svg", with_light_colours(figure.svg)});
    pictures.resize(files.size());
    if (figure.image.rows == 0) return;
    files.push_back({stem + ".png", ""});
    pictures.push_back(&figure.image);
  };
  for (const FigureGroup& group : groups) {
    for (const Figure& figure : group.figures) add(figure);
    add(group.colour_bar);
  }
  Progress progress(std::ssize(files), "figures");
  parallel_for(std::ssize(files), [&](Index i) {
    const auto at = static_cast<std::size_t>(i);
    if (pictures[at] != nullptr) files[at].content = encode_png(enlarged(*pictures[at], kColumnPixels), kDotsPerInch);
    progress.tick();
  });
  return files;
}

}  // namespace specfuse
