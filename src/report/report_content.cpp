#include "specfuse/report/report_content.h"

#include <algorithm>
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

/// The estimate of each seed as in metrics.json, with a response as the bands at half its peak: its rows are too long
/// for a page.
Facts estimate_facts(const ExperimentResults& results) {
  Facts facts{"Estimated from the pair", {}};
  for (const auto& [seed, estimate] : results.estimates) {
    const auto add = [&, number = seed](const std::string& name, const std::string& value) {
      facts.lines.emplace_back(concat("seed ", number, ", ", name), value);
    };
    if (estimate.psf_fwhm) add("PSF width (fwhm)", concat(number_text(*estimate.psf_fwhm), " fine pixels"));
    if (!estimate.srf.defined()) continue;
    add("shape of the response", estimate.srf_shape);
    const auto spans = half_peak_bands(estimate.srf);
    for (std::size_t at = 0; at < spans.size(); ++at) {
      std::string text = concat("bands ", spans[at][0], "-", spans[at][1], " at half its peak");
      if (!estimate.gain.empty()) {
        text += concat(", gain ", number_text(estimate.gain[at]), ", offset ", number_text(estimate.offset[at]));
      }
      add(concat("MSI band ", at + 1), text);
    }
  }
  return facts;
}

std::vector<std::string> notes_of(const ExperimentResults& results) {
  std::vector<std::string> notes;
  const std::vector<Index>& seeds = results.config.seeds;
  if (seeds.size() > 1) {
    notes.push_back(
        concat("Means and standard deviations of ", seeds.size(), " seeds. Figures are of seed ", seeds.front(), "."));
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
  for (const MethodResult& result : results.methods) {
    if (!result.scores) continue;
    for (const auto& [reason, count] : result.scores->left_out) {
      notes.push_back(concat(result.folder, ": ", count, " left out of a measure (", reason, ")."));
    }
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
  for (const auto& [name, table] : tables.named()) content.tables.push_back(*table);
  content.notes = notes_of(results);
  content.groups = std::move(figures);
  const std::vector<ReliabilityCurve> reliability = reliability_curves(results);
  if (!reliability.empty()) content.groups.push_back(reliability_figures(reliability));
  const std::vector<LossCurve> curves = loss_curves(results);
  if (!curves.empty()) content.groups.push_back(loss_figures(curves));
  content.facts = configuration_facts(results);
  if (!results.estimates.empty()) content.facts.insert(content.facts.begin(), estimate_facts(results));
  return content;
}

}  // namespace specfuse
