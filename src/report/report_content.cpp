#include "specfuse/report/report_content.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/report/error_figures.h"
#include "specfuse/report/found_figures.h"
#include "specfuse/report/loss_figures.h"
#include "specfuse/report/quality_figure.h"
#include "specfuse/report/reliability_figures.h"
#include "specfuse/report/text_format.h"
#include "specfuse/report/trust.h"

namespace specfuse {
namespace {

/// See `facts_of`.
void list_values(const Json& json, const std::string& path, Facts& facts) {
  if (json.is_null() || json.empty() || json == "") return;
  const bool numbers = json.is_array() && json[0].is_number();
  if (!json.is_structured() || numbers) {
    facts.lines.emplace_back(path, json.is_string() ? json.get<std::string>() : json_text(json));
    return;
  }
  for (const auto& [key, value] : json.items()) list_values(value, path.empty() ? key : path + "." + key, facts);
}

/// How the pair was made, or what is used of what was told of it, then the rest of the configuration, then the
/// environment.
std::vector<Facts> configuration_facts(const ExperimentResults& results) {
  const ExperimentConfig& config = results.config;
  Json json = json_of(config_text(config)), degrade = json["degrade"];
  json.erase("degrade");
  const bool simulates = config.protocol.type == Protocol::transfer;  // training scenes
  if (config.data.is_measured()) {
    if (!config.degrade.srf.given()) degrade.erase("srf");
    for (const char* key : {"snr_db", "msi_shift"}) {
      if (!simulates) degrade.erase(key);  // in the pair already
    }
  }
  Facts used{"", {}};
  if (!results.estimates.empty()) {
    for (const Finding& finding : results.estimates.begin()->second.findings) {
      if (!simulates) degrade.erase(finding.what);
      used.lines.emplace_back(finding.what, finding.uses_found ? concat(finding.found, ", found in the pair")
                                                               : concat(finding.assumed, ", as assumed"));
    }
  }
  Facts degradation = facts_of("Degradation", {{"degrade", degrade}});
  degradation.lines.insert(degradation.lines.begin(), used.lines.begin(), used.lines.end());
  degradation.lines.insert(degradation.lines.begin(), {"hash", degradation_hash(config)});
  if (config.data.is_measured()) {
    degradation.lines.insert(degradation.lines.begin(),
                             {"pair", concat("as measured; what follows is what the methods assume of it",
                                             simulates ? ", and how training scenes are simulated" : "")});
  }
  return {degradation, facts_of("Configuration", json), facts_of("Environment", json_of(results.environment))};
}

constexpr std::size_t kLongestLine = 140;

/// What the methods learned from, where any learns.
std::string learning_text(const ExperimentConfig& config) {
  const auto learns = [](const MethodConfig& method) {
    const MethodTraits traits = method.options->traits();
    return traits.learns && (traits.tunes || !traits.trained);
  };
  if (std::ranges::none_of(config.methods, learns)) return "";
  switch (config.protocol.type) {
    case Protocol::wald:
      return "; learned from the pair itself, one scale down (Wald's protocol)";
    case Protocol::split:
      return "; learned from a part of the scene (protocol split)";
    case Protocol::transfer:
      return "; learned from other scenes (protocol transfer)";
    case Protocol::apply:
      return "; learned in an earlier run (protocol apply)";
  }
  return "";
}

/// What was fused, and when and with what.
std::vector<std::string> summary_of(const ExperimentResults& results) {
  const ExperimentConfig& config = results.config;
  const FigureData& data = results.figures;
  std::vector<std::string> lines;
  const std::string scene = config.data.synthetic ? "a synthetic scene" : data.scene;
  if (!scene.empty() || !data.sensor.empty()) {
    lines.push_back(
        shortened(concat(scene, scene.empty() || data.sensor.empty() ? "" : "; ", data.sensor), kLongestLine));
  }
  const bool of_pair = !config.data.is_measured() || config.protocol.type != Protocol::transfer;
  const std::string sensor = of_pair ? config.degrade.srf.sensor : "";  // else that of the training scenes
  lines.push_back(concat("HSI ", data.hsi_size, ", MSI ", data.msi_size,
                         sensor.empty() ? "" : concat(" (", sensor, ")"),
                         data.reference_size.empty() ? "" : concat(", reference ", data.reference_size), ", ratio ",
                         config.degrade.ratio, learning_text(config)));
  if (!results.grids.empty()) lines.push_back(results.grids);
  const Json environment = json_of(results.environment);
  const auto known = [&](const char* key) { return environment.value(key, std::string()); };
  std::string made = known("date");
  if (environment.contains("version")) made += concat(made.empty() ? "" : ", ", "specfuse ", known("version"));
  lines.push_back(concat(made, made.empty() ? "" : ", ", "configuration ", config_hash(config), ", degradation ",
                         degradation_hash(config)));
  return lines;
}

/// Of the first seed, which the figures are of, each with the place of its colour.
template <class Visit>
void for_each_shown(const ExperimentResults& results, Visit visit) {
  int place = 0;
  for (const MethodResult& result : results.methods) {
    if (result.seed == results.config.seeds.front()) visit(result, place++);
  }
}

/// Of the method with this label.
std::string shown_name(const ExperimentResults& results, const std::string& label) {
  for (const MethodConfig& method : results.config.methods) {
    if (method.label == label) return method.shown_name();
  }
  return label;
}

std::vector<LossCurve> loss_curves(const ExperimentResults& results) {
  std::vector<LossCurve> curves;
  for_each_shown(results, [&](const MethodResult& result, int) {
    for (LossCurve curve : result.training) {
      if (curve.label.starts_with(result.label)) {
        curve.label.replace(0, result.label.size(), shown_name(results, result.label));
      }
      curves.push_back(curve);
    }
  });
  return curves;
}

std::vector<ReliabilityCurve> reliability_curves(const ExperimentResults& results) {
  std::vector<ReliabilityCurve> curves;
  for_each_shown(results, [&](const MethodResult& result, int place) {
    if (result.reliability) curves.push_back({shown_name(results, result.label), place, *result.reliability});
  });
  return curves;
}

void add_agreement_figure(const ExperimentResults& results, std::vector<FigureGroup>& groups) {
  std::vector<MethodAgreement> methods;
  for_each_shown(results, [&](const MethodResult& result, int place) {
    if (!result.input_psnr_db[0].empty())
      methods.push_back({shown_name(results, result.label), place, result.input_psnr_db});
  });
  const auto maps = std::find_if(groups.begin(), groups.end(),
                                 [](const FigureGroup& group) { return group.title.starts_with("Against the "); });
  if (!methods.empty()) groups.insert(maps, agreement_figure(methods, results.figures));
}

void add_error_figures(const ExperimentResults& results, std::vector<FigureGroup>& groups) {
  std::vector<MethodErrors> errors;
  std::vector<MethodCost> costs;
  for_each_shown(results, [&](const MethodResult& result, int place) {
    if (!result.errors) return;
    errors.push_back({shown_name(results, result.label), place, *result.errors, result.band_psnr_db});
    const std::optional<double> psnr_db = result.scores->of("psnr_global_db");
    if (psnr_db) costs.push_back({shown_name(results, result.label), place, result.seconds(), *psnr_db});
  });
  if (errors.empty()) return;
  for (FigureGroup& group : error_figures(errors, results.figures)) groups.push_back(std::move(group));
  if (costs.size() > 1) groups.push_back(cost_figure(costs));
}

std::vector<std::string> notes_of(const ExperimentResults& results) {
  std::vector<std::string> notes;
  const std::vector<Index>& seeds = results.config.seeds;
  if (seeds.size() > 1) {
    notes.push_back(
        concat("Means and standard deviations of ", seeds.size(), " seeds. Figures are of seed ", seeds.front(), "."));
  }
  if (!results.preview.empty()) notes.push_back(results.preview);
  if (!results.scored()) {
    std::string reduced;
    const bool any = std::any_of(results.methods.begin(), results.methods.end(),
                                 [](const MethodResult& result) { return result.train_scores.has_value(); });
    if (!any && results.config.protocol.type == Protocol::wald) {
      reduced = " Nothing is fused one scale down, where there would be an answer, of a pair that stays in its files.";
    } else if (any && results.config.protocol.type != Protocol::transfer) {
      reduced = " \"reduced\" is the same pair one scale down, where there is an answer.";
    }
    notes.push_back(
        "Without a reference no metric tells how true the details are. HSI and MSI scores compare the result, "
        "degraded again, with what it was made of: a method that invents nothing the sensors would see scores high, be "
        "it right or "
        "not. QNR compares relations between bands across scales and favours results with little detail: cubic "
        "up-sampling may come first." +
        reduced);
  }
  std::set<std::string> in_training;
  for (const MethodResult& result : results.methods) {
    if (!result.train_scores) continue;
    for (const auto& left_out : result.train_scores->left_out) in_training.insert(left_out.first);
  }
  for (const std::string& reason : in_training) {
    notes.push_back(concat("On the training image, left out of a metric: ", reason, "."));
  }
  std::map<std::string, std::vector<std::string>> left_out;  // of whom, by what
  std::size_t scored = 0;
  for (const MethodResult& result : results.methods) {
    if (!result.scores) continue;
    ++scored;
    for (const auto& [reason, count] : result.scores->left_out) {
      left_out[concat(count, " left out of a metric (", reason, ")")].push_back(result.folder);
    }
  }
  for (const auto& [what, folders] : left_out) {
    const bool all = scored > 1 && folders.size() == scored;
    notes.push_back(concat(all ? "every result" : joined(folders), ": ", what, "."));
  }
  for (const MethodResult& result : results.methods) {
    if (!result.remarks.empty()) notes.push_back(concat(result.folder, ": ", result.remarks, "."));
  }
  notes.push_back(
      "Rows and columns are counted from 0 and bands from 1, as GDAL does. Only the fields of the configuration, such "
      "as "
      "data.hsi.bands and degrade.srf.ranges, count bands from 0, too.");
  return notes;
}

}  // namespace

Facts facts_of(const std::string& title, const Json& json) {
  Facts facts{title, {}};
  list_values(json, "", facts);
  return facts;
}

ReportContent report_content(const ExperimentResults& results, const ResultTables& tables,
                             std::vector<FigureGroup> figures) {
  const ExperimentConfig& config = results.config;
  ReportContent content;
  content.title = config.name;
  content.summary = summary_of(results);
  content.trust = trust_sentences(results, results.warnings.size());
  content.warnings = results.warnings;
  content.decisions = results.decisions;
  content.tables = {tables.short_scores};
  // Without a reference the scores are those of the tables below.
  for (const auto& [name, table] : tables.named()) {
    if (table != &tables.short_scores && (results.scored() || table != &tables.scores))
      content.more_tables.push_back(*table);
  }
  if (!tables.estimates.rows.empty()) content.more_tables.push_back(tables.estimates);
  content.notes = notes_of(results);
  content.groups = std::move(figures);
  content.leading = std::min<std::size_t>(1, content.groups.size());
  const auto behind_images = content.groups.begin() + static_cast<std::ptrdiff_t>(content.leading);
  const std::vector<FigureGroup> found = found_figures(results);
  content.groups.insert(behind_images, found.begin(), found.end());
  if (results.quality) content.groups.push_back(quality_figure(*results.quality));
  add_agreement_figure(results, content.groups);
  add_error_figures(results, content.groups);
  const std::vector<ReliabilityCurve> reliability = reliability_curves(results);
  if (!reliability.empty()) content.groups.push_back(reliability_figures(reliability));
  const std::vector<LossCurve> curves = loss_curves(results);
  if (!curves.empty()) content.groups.push_back(loss_figures(curves));
  content.facts = configuration_facts(results);
  return content;
}

}  // namespace specfuse
