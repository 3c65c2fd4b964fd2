#include "specfuse/experiment/results.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "specfuse/experiment/fields.h"

namespace specfuse {
namespace {

Json scores_json(const Scores& scores) {
  Json json = Json::object();
  for (const Score& score : scores.values) json[score.key] = score.value;
  return json;
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace

std::string metrics_json(const Results& results) {
  const ExperimentConfig& config = results.config;
  Json methods = Json::array();
  for (const MethodResult& method : results.methods) {
    Json json = {{"name", method.name},
                 {"label", method.label},
                 {"seed", method.seed},
                 {"fit_seconds", method.fit_seconds},
                 {"fuse_seconds", method.fuse_seconds},
                 {"peak_memory_mb", method.peak_memory_mb},
                 {"metrics", method.scores ? scores_json(*method.scores) : Json(nullptr)},
                 {"train_metrics", scores_json(method.train_scores)}};
    if (method.scores) json["left_out"] = method.scores->left_out;
    methods.push_back(json);
  }
  return Json{{"experiment", config.name},
              {"config_hash", config_hash(config)},
              {"degradation_hash", degradation_hash(config)},
              {"protocol", write_fields(config.protocol)},
              {"scored_on", results.scored_on},
              {"methods", methods}}
             .dump(2) +
         "\n";
}

std::string summary_text(const Results& results) {
  std::vector<std::vector<std::string>> rows(1, {"method"});
  for (const MetricInfo& metric : metric_list()) rows[0].push_back(metric.key);
  rows[0].insert(rows[0].end(), {"fit s", "fuse s"});
  for (const MethodResult& method : results.methods) {
    std::vector<std::string> row{method.folder};
    for (const MetricInfo& metric : metric_list()) {
      const auto& scores = method.scores ? method.scores->values : std::vector<Score>{};
      const auto found = std::find_if(scores.begin(), scores.end(), [&](const Score& s) { return s.key == metric.key; });
      row.push_back(found == scores.end() ? "-" : rounded(found->value));
    }
    row.push_back(rounded(method.fit_seconds));
    row.push_back(rounded(method.fuse_seconds));
    rows.push_back(row);
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      std::size_t width = 0;
      for (const auto& other : rows) width = std::max(width, other[column].size());
      const std::string space(width - row[column].size(), ' ');
      text += column == 0 ? row[column] + space : "  " + space + row[column];
    }
    text += "\n";
  }
  return text;
}

}  // namespace specfuse
