#include "specfuse/results/result_tables.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "specfuse/core/error.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/metrics/profiles.h"
#include "specfuse/results/paired_test.h"

namespace specfuse {
namespace {

/// The unit of what is measured in values of the scene.
const char* const kOfValues = "values";
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

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
        {{metric.name, metric.unit, better, metric.key}, [scores, key = metric.key](const MethodResult& result) {
           const Scores* const all = scores(result);
           return all ? all->of(key).value_or(kNothing) : kNothing;
         }});
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

/// Marks what a two-sided paired t-test over the seeds does not tell from the best of its column.
void mark_even(const ExperimentResults& results, const std::vector<Source>& sources, Table& table) {
  constexpr double kLevel = 0.05;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::size_t best = best_row(table, i);
    if (sources[i].column.better == Better::neither || best == table.rows.size()) continue;
    const std::vector<double> best_values = values_of(results, table.rows[best].label, sources[i]);
    for (Table::Row& row : table.rows) {
      if (std::isnan(row.cells[i].value)) continue;
      // Not a number for one seed, and where all differences are equal.
      const double p = paired_t_test(values_of(results, row.label, sources[i]), best_values);
      row.cells[i].even = p >= kLevel;
    }
  }
}

/// One row for each label, in order of appearance, over all of its seeds.
Table table_of(const ExperimentResults& results, const std::string& caption, const std::vector<Source>& sources) {
  Table table;
  table.caption = caption;
  for (const Source& source : sources) {
    table.columns.push_back(source.column);
    std::string& unit = table.columns.back().unit;
    if (unit == kOfValues) unit = results.figures.unit;
  }
  for (const MethodConfig& method : results.config.methods) {
    Table::Row row{method.label, {}};
    row.leaked = results.leaked(method.label);
    row.title = method.title.value_or("");
    for (const Source& source : sources) row.cells.push_back(cell_of(values_of(results, method.label, source)));
    table.rows.push_back(row);
  }
  return table;
}

std::vector<Source> reference_sources() {
  return metric_sources(metric_list(),
                        [](const MethodResult& result) { return result.scores ? &*result.scores : nullptr; });
}

std::vector<Source> no_reference_sources(const ExperimentResults& results) {
  std::vector<MetricInfo> metrics;
  for (const MetricInfo& metric : no_reference_list()) {
    const auto has = [&](const MethodResult& one) { return one.no_reference.of(metric.key).has_value(); };
    if (std::ranges::any_of(results.methods, has)) metrics.push_back(metric);
  }
  return metric_sources(metrics, [](const MethodResult& result) { return &result.no_reference; });
}

bool trained(const ExperimentResults& results) {
  return std::ranges::any_of(results.methods, [](const MethodResult& one) { return one.train_scores.has_value(); });
}

/// Nothing is best here: a network that knows a few pixels by heart would be.
std::vector<Source> train_sources() {
  std::vector<Source> sources = metric_sources(
      metric_list(), [](const MethodResult& result) { return result.train_scores ? &*result.train_scores : nullptr; });
  for (Source& source : sources) source.column.marks_best = false;
  return sources;
}

/// Whether what a method was trained on is the pair one scale down, and not another scene.
bool has_reduced(const ExperimentResults& results) {
  return trained(results) && results.config.protocol.type != Protocol::transfer;
}

std::vector<Source> reduced_sources(const ExperimentResults& results) {
  if (!has_reduced(results)) return {};
  std::vector<Source> sources = train_sources();
  for (Source& source : sources) {
    source.column.key = "reduced_" + source.column.key;
    source.column.name = "reduced " + source.column.name;
  }
  return sources;
}

/// Rounded to milliseconds: what is below is noise.
Source seconds_source(const std::string& name, const std::string& key, double (*seconds)(const MethodResult&)) {
  return {{name, "s", Better::neither, key},
          [seconds](const MethodResult& result) { return std::round(1000 * seconds(result)) / 1000; }};
}

void append(std::vector<Source>& sources, const std::vector<Source>& more) {
  sources.insert(sources.end(), more.begin(), more.end());
}

std::string caption_of(const ExperimentResults& results) {
  if (results.scored()) return concat("Against the reference, ", results.scored_on);
  return concat("There is no reference. HSI and MSI: the result, degraded again, against that input",
                has_reduced(results) ? "; reduced: fused one scale down, where the HSI itself is the answer" : "");
}

/// The metrics that the short table has of what is at hand.
std::vector<std::string> short_list(const ExperimentResults& results) {
  const std::vector<std::string>& chosen = results.config.report.metrics;
  if (results.scored()) return chosen;
  std::vector<std::string> keys{"hsi_psnr_db", "msi_psnr_db", "qnr"};
  if (!has_reduced(results)) return keys;
  for (const std::string& key : chosen) keys.push_back("reduced_" + key);
  return keys;
}

}  // namespace

Cell cell_of(const std::vector<double>& values) {
  const double count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() < 2) return {mean};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count - 1))};
}

Table score_table(const ExperimentResults& results) {
  std::vector<Source> sources;
  if (results.scored()) {
    sources = reference_sources();
  } else {
    sources = no_reference_sources(results);
    append(sources, reduced_sources(results));
  }
  append(sources,
         {seconds_source("fit", "fit_seconds", [](const MethodResult& result) { return result.fit_seconds; }),
          seconds_source("fuse", "fuse_seconds", [](const MethodResult& result) { return result.fuse_seconds; }),
          {{"peak memory", "MiB", Better::neither, "peak_memory_mb"},
           [](const MethodResult& result) { return result.peak_memory_mb; }}});
  if (std::ranges::any_of(results.methods, &MethodResult::leaked)) {
    sources.push_back({{"learned share", "", Better::neither, kLearnedShare},
                       [](const MethodResult& one) { return one.learned_share.value_or(kNothing); }});
  }
  return table_of(results, caption_of(results), sources);
}

Table short_table(const ExperimentResults& results) {
  std::vector<Source> all = reference_sources(), sources;
  append(all, no_reference_sources(results));
  append(all, reduced_sources(results));
  for (const std::string& key : short_list(results)) {
    for (const Source& source : all) {
      if (source.column.key == key) sources.push_back(source);
    }
  }
  sources.push_back(seconds_source("time", "seconds", [](const MethodResult& result) { return result.seconds(); }));
  Table table = table_of(results, caption_of(results), sources);
  mark_even(results, sources, table);
  return table;
}

Table significance_table(const ExperimentResults& results) {
  const std::vector<Source> sources = reference_sources();
  const Table means = table_of(results, "", sources);
  Table table;
  table.caption = concat("p-values of a two-sided paired t-test over ", results.config.seeds.size(),
                         " seeds, each method against the best of the column (the one without a value); not corrected "
                         "for the number of comparisons");
  if (results.config.seeds.size() < 2 || !results.scored()) return table;
  for (const Source& source : sources) {
    table.columns.push_back({source.column.name, "", Better::neither, source.column.key, 0.001});
  }
  table.rows = means.rows;
  for (Table::Row& row : table.rows) row.cells.assign(sources.size(), {});
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
  return table_of(results, "On the training image, what a method made of its own training input", train_sources());
}

Table no_reference_table(const ExperimentResults& results) {
  return table_of(results, "Without a reference, the whole result against both inputs", no_reference_sources(results));
}

Table error_table(const ExperimentResults& results) {
  if (std::ranges::none_of(results.methods, [](const MethodResult& one) { return one.errors.has_value(); })) return {};
  std::vector<Source> sources;
  for (std::size_t i = 0; i < kErrorShares.size(); ++i) {
    const bool largest = kErrorShares[i] == 100;
    sources.push_back({{largest ? "largest" : concat(kErrorShares[i], " %"), kOfValues, Better::lower,
                        largest ? "largest" : concat("share_", kErrorShares[i])},
                       [i](const MethodResult& result) { return result.errors ? result.errors->size[i] : kNothing; }});
  }
  return table_of(results, "Size that a share of all errors does not exceed", sources);
}

Table expected_error_table(const ExperimentResults& results) {
  const auto of_reliability = [](double Reliability::*value) {
    return [value](const MethodResult& result) { return result.reliability ? *result.reliability.*value : kNothing; };
  };
  std::vector<Source> sources{{{"mean sigma", kOfValues, Better::neither, "mean_sigma"},
                               [](const MethodResult& result) { return result.mean_sigma.value_or(kNothing); }}};
  if (results.scored()) {
    sources.push_back(
        {{"within sigma", "", Better::neither, "coverage_68"}, of_reliability(&Reliability::coverage_68)});
    sources.push_back(
        {{"within the 95 % interval", "", Better::neither, "coverage_95"}, of_reliability(&Reliability::coverage_95)});
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
  const bool scored = std::ranges::any_of(
      results.methods, [&](const MethodResult& result) { return result.profiles.count(profile) > 0; });
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
  tables.short_scores = short_table(results);
  tables.estimates = estimate_table(results);
  tables.no_reference = no_reference_table(results);
  tables.errors = error_table(results);
  tables.expected_errors = expected_error_table(results);
  tables.significance = significance_table(results);
  for (const std::string& profile : results.config.metric_profiles) {
    tables.profiles.emplace_back(profile, profile_table(results, profile));
  }
  if (trained(results)) tables.train = train_table(results);
  return tables;
}

std::vector<std::pair<std::string, const Table*>> ResultTables::named() const {
  std::vector<std::pair<std::string, const Table*>> tables{{"scores", &scores},
                                                           {"short", &short_scores},
                                                           {"no_reference", &no_reference},
                                                           {"errors", &errors},
                                                           {"expected_errors", &expected_errors}};
  for (const auto& [profile, table] : profiles) tables.emplace_back(concat("profile ", profile), &table);
  tables.emplace_back("paired_t_test_p", &significance);
  tables.emplace_back("train", &train);
  std::erase_if(tables, [](const auto& named) { return named.second->rows.empty(); });
  return tables;
}

}  // namespace specfuse
