#include "sweep/sweep_report.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/report_html.h"
#include "specfuse/report/text_format.h"
#include "sweep/run_folder.h"
#include "sweep/sweep_figures.h"
#include "sweep/sweep_page.h"

namespace specfuse {
namespace {

/// A lock on a folder; waits until no other process has it.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path) : descriptor_(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    SPECFUSE_CHECK(descriptor_ >= 0 && flock(descriptor_, LOCK_EX) == 0, "cannot lock the folder ", path, ": ",
                   std::strerror(errno));
  }
  ~FolderLock() { close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

Json values_json(const Sweep& sweep, const SweepRun& run) {
  Json values = Json::object();
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
    if (!run.values[i].empty()) values[sweep.fields[i].path] = json_of(run.values[i]);
  }
  return values;
}

const char* const kSweepFile = "sweep.json";

/// The figures that an earlier call wrote: names out of a file, so only such as a sweep gives.
std::vector<std::string> earlier_figures(const std::string& out) {
  std::string text;
  try {
    text = read_text(out + "/" + kSweepFile);
  } catch (const DataError&) {
    return {};  // there was none
  }
  std::vector<std::string> figures;
  const Json json = json_of(text);
  if (!json.is_object() || !json.contains("files") || !json["files"].is_array()) return {};
  for (const Json& file : json["files"]) {
    const std::string name = file.is_string() ? file.get<std::string>() : "", folder = concat(kFigureFolder, "/");
    const bool plain = name.starts_with(folder) && name.ends_with(".svg") &&
                       name.find('/', folder.size()) == std::string::npos && name.find('\0') == std::string::npos;
    if (plain) figures.push_back(name);
  }
  return figures;
}

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
  const FolderLock lock(out_);
  const Stopwatch taken;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    RunOutcome& outcome = outcomes_[i];
    if (outcome.results) continue;
    const RunFolder folder(out_, sweep_.runs[i].hash);
    outcome = {folder.results(sweep_.runs[i].config), folder.failure()};
    if (outcome.results) outcome.failure.clear();
  }
  const SweepTable sheet = sweep_table(sweep_, outcomes_);
  const std::vector<FigureGroup> figures = sweep_figures(sweep_, sheet);
  std::vector<std::pair<std::string, std::string>> files{
      {"sweep.csv", table_csv(sheet.table)},
      {"sweep.md", sweep_markdown(sweep_, outcomes_, sheet)},
      {"sweep.tex", table_latex(sheet.table)},
      {"sweep.html", report_html(sweep_page(sweep_, outcomes_, figures))}};
  for (const FigureGroup& group : figures) {
    for (const Figure& figure : group.figures) {
      files.emplace_back(concat(kFigureFolder, "/", figure.name, ".svg"), with_light_colours(figure.svg));
    }
  }
  std::vector<std::string> names{kSweepFile};
  for (const auto& [name, text] : files) names.push_back(name);
  const std::vector<std::string> earlier = earlier_figures(out_);
  std::filesystem::create_directories(out_ + "/" + kFigureFolder);
  for (const auto& [name, text] : files) write_text_atomically(out_ + "/" + name, text);
  write_text_atomically(out_ + "/" + kSweepFile, sweep_json(sweep_, outcomes_, sheet, names));
  for (const std::string& name : earlier) {
    if (std::find(names.begin(), names.end(), name) == names.end()) std::filesystem::remove(out_ + "/" + name);
  }
  seconds_ = taken.seconds();
  since_ = Stopwatch();
  return sheet.table;
}

void SweepFiles::write_now_and_then() {
  constexpr double kTimes = 30;
  if (since_.seconds() >= kTimes * seconds_) write();
}

}  // namespace specfuse
