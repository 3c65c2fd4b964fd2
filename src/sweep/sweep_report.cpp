#include "sweep/sweep_report.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/report/paper_table.h"
#include "specfuse/report/report_files.h"
#include "specfuse/report/report_html.h"
#include "specfuse/report/table_text.h"
#include "specfuse/report/text_format.h"
#include "sweep/sweep_figures.h"
#include "sweep/sweep_page.h"

namespace specfuse {
namespace {

Json values_json(const Sweep& sweep, const SweepRun& run) {
  Json values = Json::object();
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
    if (!run.values[i].empty()) values[sweep.fields[i].path] = json_of(run.values[i]);
  }
  return values;
}

/// "PSF, boundary and ratio"
std::string field_names(const Sweep& sweep) {
  std::string names;
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
    names += concat(i == 0 ? "" : i + 1 < sweep.fields.size() ? ", " : " and ", sweep.fields[i].label.name);
  }
  return names;
}

const char* const kSweepFile = "sweep.json";

std::string state_of(const RunOutcome& outcome) {
  if (outcome.results) return "done";
  return outcome.failure.empty() ? "missing" : "failed";
}

}  // namespace

std::string sweep_json(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& sheet,
                       const std::vector<std::string>& files) {
  Json runs = Json::array(), rows = Json::array();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const SweepRun& run = sweep.runs[i];
    Json json = {{"hash", run.hash},
                 {"values", values_json(sweep, run)},
                 {"seeds", run.config.seeds},
                 {"state", state_of(outcomes[i])}};
    if (const auto& results = outcomes[i].results) {
      json["data_hash"] = results->data_hash;
      json["warnings"] = results->warnings;
    }
    if (!outcomes[i].failure.empty()) json["failure"] = outcomes[i].failure;
    runs.push_back(json);
  }
  const Table& table = sheet.table;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    Json row = {
        {"values", values_json(sweep, *sheet.runs[i])}, {"method", table.rows[i].label}, {"metrics", Json::object()}};
    for (std::size_t k = 0; k < table.columns.size(); ++k) {
      const Cell& cell = table.rows[i].cells[k];
      row["metrics"][table.columns[k].file_name()] = {{"mean", cell.value}, {"deviation", cell.spread}};
    }
    rows.push_back(row);
  }
  return Json{{"sweep", sweep.name}, {"runs", runs}, {"rows", rows}, {"files", files}}.dump(
             2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

std::string sweep_latex(const Sweep& sweep, Table table) {
  table.caption = concat("Scores", sweep.fields.empty() ? "" : " by ", field_names(sweep),
                         sweep.seeded ? "; mean and standard deviation over seeds" : "");
  return paper_table(std::move(table), sweep.name);
}

std::string sweep_markdown(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& sheet) {
  std::string text = table_markdown(sheet.table);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::string state = state_of(outcomes[i]);
    if (state == "done") continue;
    text += concat("\n- ", state, ": ", escape_markdown(sweep.text_of(sweep.runs[i])), " (", sweep.runs[i].hash, ")");
    if (state == "failed") text += concat(": ", escape_markdown(outcomes[i].failure));
  }
  return text + (text.back() == '\n' ? "" : "\n");
}

Table SweepFiles::write() {
  const FileLock lock(out_, true);
  const Stopwatch taken;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    RunOutcome& outcome = outcomes_[i];
    if (outcome.results) continue;
    const RunFolder folder(concat(out_, "/", sweep_.runs[i].folder()));
    outcome = {folder.results(sweep_.runs[i].config), folder.failure()};
    if (outcome.results) outcome.failure.clear();
  }
  const SweepTable sheet = sweep_table(sweep_, outcomes_);
  const Table readable = readable_table(sweep_, outcomes_);
  const std::vector<FigureGroup> figures = sweep_figures(sweep_, sheet);
  std::vector<ResultFile> files{{"sweep.csv", table_csv(sheet.table)},
                                {"sweep.md", sweep_markdown(sweep_, outcomes_, sheet)},
                                {"sweep.tex", sweep_latex(sweep_, readable)},
                                {"sweep.html", report_html(sweep_page(sweep_, outcomes_, readable, figures))}};
  for (ResultFile& file : figure_files(figures)) files.push_back(std::move(file));
  std::vector<std::string> names{kSweepFile};
  for (const ResultFile& file : files) names.push_back(file.name);
  const std::vector<std::string> earlier = listed_files(out_ + "/" + kSweepFile, "sweep");
  std::filesystem::create_directories(out_ + "/" + kFigureFolder);
  for (const ResultFile& file : files) write_text_atomically(out_ + "/" + file.name, file.content);
  write_text_atomically(out_ + "/" + kSweepFile, sweep_json(sweep_, outcomes_, sheet, names));
  remove_unlisted(out_, earlier, names);
  seconds_ = taken.seconds();
  since_ = Stopwatch();
  return sheet.table;
}

void SweepFiles::write_now_and_then() {
  constexpr double kTimes = 30;
  if (since_.seconds() >= kTimes * seconds_) write();
}

}  // namespace specfuse
