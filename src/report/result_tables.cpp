#include "specfuse/report/result_tables.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "specfuse/core/error.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/metrics/profiles.h"
#include "specfuse/report/paired_test.h"

namespace specfuse {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

Cell cell_of(const std::vector<double>& values) {
  const double count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() < 2) return {mean, kNothing};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count - 1))};
}

/// Seconds rounded to milliseconds: what is below is noise.
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
    sources.push_back(
        {{metric.key, metric.unit, better, metric.key},
         [scores, key = metric.key](const MethodResult& result) { return score_of(scores(result), key); }});
  }
  return sources;
}

/// The values of one label, seed by seed.
std::vector<double> values_of(const ExperimentResults& results, const std::string& label, const Source& source) {
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
Table table_of(const ExperimentResults& results, const std::string& caption, const std::vector<Source>& sources) {
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

std::vector<Source> reference_sources() {
  return metric_sources(metric_list(),
                        [](const MethodResult& result) { return result.scores ? &*result.scores : nullptr; });
}

}  // namespace

Table score_table(const ExperimentResults& results) {
  std::vector<Source> sources;
  if (results.scored()) sources = reference_sources();
  sources.push_back({{"fit", "s", Better::neither, "fit_seconds"},
                     [](const MethodResult& result) { return to_milli(result.fit_seconds); }});
  sources.push_back({{"fuse", "s", Better::neither, "fuse_seconds"},
                     [](const MethodResult& result) { return to_milli(result.fuse_seconds); }});
  sources.push_back({{"peak memory", "MiB", Better::neither, "peak_memory_mb"},
                     [](const MethodResult& result) { return result.peak_memory_mb; }});
  return table_of(results,
                  results.scored() ? concat("Against the reference, ", results.scored_on)
                                   : "Seconds and memory; there is no reference to score against",
                  sources);
}

Table significance_table(const ExperimentResults& results) {
  const std::vector<Source> sources = reference_sources();
  const Table means = table_of(results, "", sources);
  Table table;
  table.caption = concat("p-values of a two-sided paired t-test over ", results.config.seeds.size(),
                         " seeds, each method against the best of the column (the one without a value); not corrected "
                         "for the number of comparisons");
  if (results.config.seeds.size() < 2) return table;
  for (const Source& source : sources) {
    table.columns.push_back({source.column.name, "", Better::neither, source.column.key, 0.001});
  }
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

Table train_table(const ExperimentResults& results) {
  Table table = table_of(results, "On the training image, what a method made of its own training input",
                         metric_sources(metric_list(), [](const MethodResult& result) {
                           return result.train_scores ? &*result.train_scores : nullptr;
                         }));
  table.marks_best = false;  // a network that knows a few pixels by heart would stand as the best
  return table;
}

Table no_reference_table(const ExperimentResults& results) {
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

Table expected_error_table(const ExperimentResults& results) {
  const auto of_reliability = [](double Reliability::*value) {
    return [value](const MethodResult& result) { return result.reliability ? *result.reliability.*value : kNothing; };
  };
  std::vector<Source> sources{
      {{"mean_sigma"}, [](const MethodResult& result) { return result.mean_sigma.value_or(kNothing); }}};
  if (results.scored()) {
    sources.push_back({{"coverage_68"}, of_reliability(&Reliability::coverage_68)});
    sources.push_back({{"coverage_95"}, of_reliability(&Reliability::coverage_95)});
  }
  Table table =
      table_of(results,
               results.scored() ? "Expected errors (sigma), and the parts of all errors within their intervals"
                                : "Expected errors (sigma)",
               sources);
  std::erase_if(table.rows, [](const Table::Row& row) { return std::isnan(row.cells.front().value); });
  return table;
}

Table profile_table(const ExperimentResults& results, const std::string& profile) {
  const bool scored = std::any_of(results.methods.begin(), results.methods.end(),
                                  [&](const MethodResult& result) { return result.profiles.count(profile) > 0; });
  if (!scored) return {};
  const auto scores = [&profile](const MethodResult& result) {
    const auto found = result.profiles.find(profile);
    return found == result.profiles.end() ? nullptr : &found->second;
  };
  return table_of(results, concat("Against the reference, by the conventions of ", profile),
                  metric_sources(profile_metrics(profile), scores));
}

ResultTables result_tables(const ExperimentResults& results) {
  ResultTables tables;
  tables.scores = score_table(results);
  tables.no_reference = no_reference_table(results);
  tables.expected_errors = expected_error_table(results);
  tables.significance = significance_table(results);
  for (const std::string& profile : results.config.metric_profiles) {
    tables.profiles.emplace_back(profile, profile_table(results, profile));
  }
  const bool trained = std::any_of(results.methods.begin(), results.methods.end(),
                                   [](const MethodResult& result) { return result.train_scores.has_value(); });
  if (trained) tables.train = train_table(results);
  return tables;
}

std::vector<std::pair<std::string, const Table*>> ResultTables::named() const {
  std::vector<std::pair<std::string, const Table*>> tables{
      {"scores", &scores}, {"no_reference", &no_reference}, {"expected_errors", &expected_errors}};
  for (const auto& [profile, table] : profiles) tables.emplace_back(concat("profile ", profile), &table);
  tables.emplace_back("paired_t_test_p", &significance);
  tables.emplace_back("train", &train);
  std::erase_if(tables, [](const auto& named) { return named.second->rows.empty(); });
  return tables;
}

}  // namespace specfuse
