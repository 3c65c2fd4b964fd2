#include "specfuse/experiment/results.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "specfuse/core/error.h"
#include "specfuse/experiment/fields.h"
#include "specfuse/experiment/paired_test.h"
#include "specfuse/imaging/no_reference.h"
#include "specfuse/imaging/profiles.h"

namespace specfuse {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

Json scores_json(const Scores& scores) {
  Json json = Json::object();
  for (const Score& score : scores.values) json[score.key] = score.value;
  return json;
}

Cell cell_of(const std::vector<double>& values) {
  const double count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() < 2) return {mean, kNothing};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count - 1))};
}

/// Seconds to the millisecond: what is beyond is noise.
double to_milli(double seconds) { return std::round(1000 * seconds) / 1000; }

std::vector<Score>::const_iterator find_score(const Scores& scores, const std::string& key) {
  return std::find_if(scores.values.begin(), scores.values.end(), [&](const Score& score) { return score.key == key; });
}

bool has_score(const Scores& scores, const std::string& key) { return find_score(scores, key) != scores.values.end(); }

double score_of(const Scores* scores, const std::string& key) {
  return scores != nullptr && has_score(*scores, key) ? find_score(*scores, key)->value : kNothing;
}

/// A column of a table, and where its numbers come from.
struct Source {
  Table::Column column;
  std::function<double(const MethodResult&)> value;
};

std::vector<Source> metric_sources(const std::vector<MetricInfo>& metrics,
                                   const std::function<const Scores*(const MethodResult&)>& scores) {
  std::vector<Source> sources;
  for (const MetricInfo& metric : metrics) {
    const Better better = metric.higher_is_better ? Better::higher : Better::lower;
    sources.push_back({{metric.key, metric.unit, better}, [scores, key = metric.key](const MethodResult& result) {
                         return score_of(scores(result), key);
                       }});
  }
  return sources;
}

/// What the results of one label say, seed by seed.
std::vector<double> values_of(const Results& results, const std::string& label, const Source& source) {
  std::vector<double> values;
  for (const MethodResult& result : results.methods) {
    if (result.label == label) values.push_back(source.value(result));
  }
  return values;
}

/// The row with the best mean of a column; the number of rows where there is none.
std::size_t best_row(const Table& table, std::size_t column) {
  const double sign = table.columns[column].better == Better::higher ? 1 : -1;
  std::size_t best = table.rows.size();
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const double value = table.rows[row].cells[column].value;
    if (std::isnan(value)) continue;
    if (best == table.rows.size() || sign * value > sign * table.rows[best].cells[column].value) best = row;
  }
  return best;
}

/// One row for each label, in order of appearance, over all of its seeds.
Table table_of(const Results& results, const std::string& caption, const std::vector<Source>& sources) {
  Table table;
  table.caption = caption;
  for (const Source& source : sources) table.columns.push_back(source.column);
  for (const MethodConfig& method : results.config.methods) {
    Table::Row row{method.label, {}};
    for (const Source& source : sources) row.cells.push_back(cell_of(values_of(results, method.label, source)));
    table.rows.push_back(row);
  }
  return table;
}

Json estimate_json(Index seed, const Estimate& estimate) {
  Json json = {{"seed", seed}};
  if (estimate.psf_fwhm) json["psf_fwhm"] = *estimate.psf_fwhm;
  if (!estimate.srf.defined()) return json;
  json["srf_shape"] = estimate.srf_shape;
  for (Index m = 0; m < estimate.srf.dim(0); ++m) {
    const float* const row = estimate.srf.data() + m * estimate.srf.dim(1);
    json["srf"].push_back(std::vector<float>(row, row + estimate.srf.dim(1)));
  }
  if (estimate.gain.empty()) return json;
  json["gain"] = estimate.gain;
  json["offset"] = estimate.offset;
  return json;
}

std::vector<Source> reference_sources() {
  return metric_sources(metric_list(),
                        [](const MethodResult& result) { return result.scores ? &*result.scores : nullptr; });
}

/// The table of p-values by label and measure; null where there is none.
Json significance_json(const Results& results) {
  const Table table = significance_table(results);
  if (table.rows.empty()) return nullptr;
  Json p = Json::object();
  for (const Table::Row& row : table.rows) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) p[row.label][table.columns[i].name] = row.cells[i].value;
  }
  return p;
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
                 {"train_metrics", method.train_scores ? scores_json(*method.train_scores) : Json(nullptr)}};
    if (method.scores) json["left_out"] = method.scores->left_out;
    json["no_reference"] = scores_json(method.no_reference);
    if (!method.no_reference.left_out.empty()) json["no_reference_left_out"] = method.no_reference.left_out;
    for (const auto& [profile, scores] : method.profiles) json["profiles"][profile] = scores_json(scores);
    methods.push_back(json);
  }
  const bool scored = std::any_of(results.methods.begin(), results.methods.end(),
                                  [](const MethodResult& result) { return result.scores.has_value(); });
  Json json{{"experiment", config.name},
            {"config_hash", config_hash(config)},
            {"degradation_hash", degradation_hash(config)},
            {"protocol", write_fields(config.protocol)},
            {"data_hash", results.data_hash},
            {"scored_on", scored ? Json(results.scored_on) : Json(nullptr)},
            {"methods", methods},
            {"paired_t_test_p", significance_json(results)}};
  for (const auto& [seed, estimate] : results.estimates) json["estimates"].push_back(estimate_json(seed, estimate));
  return json.dump(2) + "\n";
}

Table score_table(const Results& results) {
  const bool scored = std::any_of(results.methods.begin(), results.methods.end(),
                                  [](const MethodResult& result) { return result.scores.has_value(); });
  std::vector<Source> sources;
  if (scored) sources = reference_sources();
  sources.push_back(
      {{"fit", "s", Better::neither}, [](const MethodResult& result) { return to_milli(result.fit_seconds); }});
  sources.push_back(
      {{"fuse", "s", Better::neither}, [](const MethodResult& result) { return to_milli(result.fuse_seconds); }});
  sources.push_back(
      {{"peak memory", "MiB", Better::neither}, [](const MethodResult& result) { return result.peak_memory_mb; }});
  return table_of(results, scored ? concat("Against the reference, ", results.scored_on) : "There is no reference",
                  sources);
}

Table significance_table(const Results& results) {
  const std::vector<Source> sources = reference_sources();
  const Table means = table_of(results, "", sources);
  Table table;
  table.caption = concat("p-values of a two-sided paired t-test over ", results.config.seeds.size(),
                         " seeds, each method against the best of the column (the one without a value); not corrected "
                         "for the number of comparisons");
  if (results.config.seeds.size() < 2) return table;
  for (const Source& source : sources) table.columns.push_back({source.column.name, "", Better::neither});
  for (const Table::Row& row : means.rows) table.rows.push_back({row.label, std::vector<Cell>(sources.size())});
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::size_t best = best_row(means, i);
    if (best == means.rows.size()) continue;
    const std::vector<double> best_values = values_of(results, means.rows[best].label, sources[i]);
    for (std::size_t row = 0; row < means.rows.size(); ++row) {
      if (row == best || std::isnan(means.rows[row].cells[i].value)) continue;
      table.rows[row].cells[i].value =
          paired_t_test(values_of(results, means.rows[row].label, sources[i]), best_values);
    }
  }
  return table;
}

Table train_table(const Results& results) {
  return table_of(results, "On the training image, what a method made of its own training input",
                  metric_sources(metric_list(), [](const MethodResult& result) {
                    return result.train_scores ? &*result.train_scores : nullptr;
                  }));
}

Table no_reference_table(const Results& results) {
  const auto scores = [](const MethodResult& result) { return &result.no_reference; };
  std::vector<MetricInfo> metrics;
  for (const MetricInfo& metric : no_reference_list()) {
    const bool any = std::any_of(results.methods.begin(), results.methods.end(), [&](const MethodResult& result) {
      return has_score(result.no_reference, metric.key);
    });
    if (any) metrics.push_back(metric);
  }
  return table_of(results, "Without a reference, the whole result against both inputs",
                  metric_sources(metrics, scores));
}

std::vector<Table> profile_tables(const Results& results) {
  std::vector<Table> tables;
  for (const std::string& profile : results.config.metric_profiles) {
    const bool scored = std::any_of(results.methods.begin(), results.methods.end(),
                                    [&](const MethodResult& result) { return result.profiles.count(profile) > 0; });
    if (!scored) continue;
    const auto scores = [profile](const MethodResult& result) {
      const auto found = result.profiles.find(profile);
      return found == result.profiles.end() ? nullptr : &found->second;
    };
    tables.push_back(table_of(results, concat("Against the reference, by the conventions of ", profile),
                              metric_sources(profile_metrics(profile), scores)));
  }
  return tables;
}

}  // namespace specfuse
