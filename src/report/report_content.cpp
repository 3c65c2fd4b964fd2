#include "specfuse/report/report_content.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/report/loss_figures.h"
#include "specfuse/report/reliability_figures.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

/// Every value in a JSON text under its key path; what is null or empty says nothing and is left out.
void list_values(const Json& json, const std::string& path, Facts& facts) {
  if (json.is_null() || json.empty() || json == "") return;
  const bool numbers = json.is_array() && json[0].is_number();
  if (!json.is_structured() || numbers) {
    facts.lines.emplace_back(path, json.is_string() ? json.get<std::string>() : json.dump());
    return;
  }
  for (const auto& [key, value] : json.items()) list_values(value, path.empty() ? key : path + "." + key, facts);
}

Facts facts_of(const std::string& title, const Json& json, const std::string& path = "") {
  Facts facts{title, {}};
  list_values(json, path, facts);
  return facts;
}

/// How the pair was made, then the rest of the configuration, then the environment.
std::vector<Facts> configuration_facts(const ExperimentResults& results) {
  const ExperimentConfig& config = results.config;
  Json json = Json::parse(config_text(config));
  if (config.data.pair) {
    for (const char* key : {"srf", "snr_db", "msi_shift"}) json["degrade"].erase(key);  // in the pair already
    if (config.degrade.estimate.psf) json["degrade"]["psf"].erase("fwhm");              // what is used is the estimate
  }
  Facts degradation = facts_of("Degradation", json["degrade"], "degrade");
  degradation.lines.insert(degradation.lines.begin(), {"hash", degradation_hash(config)});
  if (config.data.pair) {
    degradation.lines.insert(degradation.lines.begin(),
                             {"pair", "as measured; what follows is what the methods assume of it"});
  }
  json.erase("degrade");
  return {degradation, facts_of("Configuration", json), facts_of("Environment", Json::parse(results.environment))};
}

std::vector<LossCurve> loss_curves(const ExperimentResults& results) {
  std::vector<LossCurve> curves;
  for (const MethodResult& result : results.methods) {
    if (result.seed != results.config.seeds.front()) continue;  // figures are of the first seed
    curves.insert(curves.end(), result.training.begin(), result.training.end());
  }
  return curves;
}

std::vector<ReliabilityCurve> reliability_curves(const ExperimentResults& results) {
  std::vector<ReliabilityCurve> curves;
  int place = 0;
  for (const MethodResult& result : results.methods) {
    if (result.seed != results.config.seeds.front()) continue;  // figures are of the first seed
    if (result.reliability) curves.push_back({result.label, place, *result.reliability});
    ++place;
  }
  return curves;
}

std::vector<std::string> notes_of(const ExperimentResults& results) {
  std::vector<std::string> notes;
  const std::vector<Index>& seeds = results.config.seeds;
  if (seeds.size() > 1) {
    notes.push_back(
        concat("Means and standard deviations of ", seeds.size(), " seeds. Figures are of seed ", seeds.front(), "."));
  }
  if (!results.scored()) {
    notes.push_back(
        "Without a reference no measure tells how true the details are. hsi and msi compare the result, degraded "
        "again, "
        "with what it was made of: a method that invents nothing the sensors would see scores high, be it right or "
        "not. qnr compares relations between bands across scales and favours results with little detail: cubic "
        "up-sampling may come first. reduced is the same pair one scale down, where there is an answer.");
  }
  for (const std::string& doubt : results.doubts) notes.push_back(concat("Warning: ", doubt, "."));
  std::set<std::string> in_training;
  for (const MethodResult& result : results.methods) {
    if (!result.train_scores) continue;
    for (const auto& left_out : result.train_scores->left_out) in_training.insert(left_out.first);
  }
  for (const std::string& reason : in_training) {
    notes.push_back(concat("On the training image, left out of a measure: ", reason, "."));
  }
  std::map<std::string, std::vector<std::string>> left_out;  // of whom, by what
  std::size_t scored = 0;
  for (const MethodResult& result : results.methods) {
    if (!result.scores) continue;
    ++scored;
    for (const auto& [reason, count] : result.scores->left_out) {
      left_out[concat(count, " left out of a measure (", reason, ")")].push_back(result.folder);
    }
  }
  for (const auto& [what, folders] : left_out) {
    std::string whose;
    for (const std::string& folder : folders) whose += (whose.empty() ? "" : ", ") + folder;
    if (scored > 1 && folders.size() == scored) whose = "every result";
    notes.push_back(concat(whose, ": ", what, "."));
  }
  for (const MethodResult& result : results.methods) {
    if (!result.remarks.empty()) notes.push_back(concat(result.folder, ": ", result.remarks, "."));
  }
  return notes;
}

}  // namespace

ReportContent report_content(const ExperimentResults& results, const ResultTables& tables,
                             std::vector<FigureGroup> figures) {
  const ExperimentConfig& config = results.config;
  ReportContent content;
  content.title = config.name;
  content.summary = concat("Protocol ", name_of(config.protocol.type), ", ratio ", config.degrade.ratio,
                           ", configuration ", config_hash(config), ", degradation ", degradation_hash(config), ".");
  // Without a reference the scores are those of the tables below.
  const Table* const left_out = results.scored() ? &tables.short_scores : &tables.scores;
  for (const auto& [name, table] : tables.named()) {
    if (table != left_out) content.tables.push_back(*table);
  }
  if (!tables.estimates.rows.empty()) content.tables.push_back(tables.estimates);
  content.notes = notes_of(results);
  content.groups = std::move(figures);
  const std::vector<ReliabilityCurve> reliability = reliability_curves(results);
  if (!reliability.empty()) content.groups.push_back(reliability_figures(reliability));
  const std::vector<LossCurve> curves = loss_curves(results);
  if (!curves.empty()) content.groups.push_back(loss_figures(curves));
  content.facts = configuration_facts(results);
  return content;
}

}  // namespace specfuse
