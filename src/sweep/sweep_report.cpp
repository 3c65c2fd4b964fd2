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
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/report/text_format.h"
#include "sweep/run_folder.h"
#include "sweep/sweep_figures.h"

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
    if (!run.values[i].empty()) values[sweep.fields[i].path] = Json::parse(run.values[i]);
  }
  return values;
}

std::string state_of(const RunOutcome& outcome) {
  if (outcome.results) return "done";
  return outcome.failure.empty() ? "missing" : "failed";
}

}  // namespace

std::string sweep_json(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const SweepTable& sheet) {
  Json runs = Json::array(), rows = Json::array();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const SweepRun& run = sweep.runs[i];
    Json json = {{"hash", run.hash},
                 {"values", values_json(sweep, run)},
                 {"seeds", run.config.seeds},
                 {"state", state_of(outcomes[i])}};
    if (outcomes[i].results) json["data_hash"] = outcomes[i].results->data_hash;
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
  return Json{{"sweep", sweep.name}, {"runs", runs}, {"rows", rows}}.dump(2, ' ', false,
                                                                          Json::error_handler_t::replace) +
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

Table write_sweep(const Sweep& sweep, const std::string& out) {
  const FolderLock lock(out);
  std::vector<RunOutcome> outcomes;
  for (const SweepRun& run : sweep.runs) {
    const RunFolder folder(out, run.hash);
    outcomes.push_back({folder.results(run.config), folder.failure()});
    if (outcomes.back().results) outcomes.back().failure.clear();
  }
  const SweepTable sheet = sweep_table(sweep, outcomes);
  std::filesystem::create_directories(out + "/figures");
  write_text_atomically(out + "/sweep.csv", table_csv(sheet.table));
  write_text_atomically(out + "/sweep.md", sweep_markdown(sweep, outcomes, sheet));
  write_text_atomically(out + "/sweep.tex", table_latex(sheet.table));
  write_text_atomically(out + "/sweep.json", sweep_json(sweep, outcomes, sheet));
  for (const Figure& figure : sweep_figures(sweep, sheet)) {
    write_text_atomically(out + "/figures/" + figure.name + ".svg", figure.svg);
  }
  return sheet.table;
}

}  // namespace specfuse
