#include "specfuse/config/documentation.h"

#include <algorithm>
#include <functional>
#include <map>
#include <sstream>

#include "specfuse/config/config.h"
#include "specfuse/config/field_rows.h"
#include "specfuse/core/error.h"
#include "specfuse/core/text.h"
#include "specfuse/io/scene.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/metrics/profiles.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

const std::string kBegin = "<!-- generated: ", kBeginEnd = " -->", kEnd = "<!-- end -->";

/// One line of a table.
std::string line(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) {
    if (!cell.empty()) text += ' ';
    for (const char c : cell) text.append(c == '|' ? "\\" : "").push_back(c);
    text.append(" |");
  }
  return text + "\n";
}

std::string head(const std::vector<std::string>& names) {
  std::string text = line(names) + "|";
  for (std::size_t i = 0; i < names.size(); ++i) text += "---|";
  return text + "\n";
}

std::string code(const std::string& text) { return text.empty() ? "" : concat("`", text, "`"); }

/// Field, type, default, range and meaning.
std::vector<std::string> cells_of(const FieldRow& row) {
  std::string range = row.range;
  for (const std::string& choice : row.choices) range += (range.empty() ? "" : ", ") + code(choice);
  const bool required = row.default_value == "required";
  return {code(row.path), row.type, required ? row.default_value : code(row.default_value), range, row.help};
}

std::string field_table(const std::vector<FieldRow>& rows) {
  std::string text = head({"field", "type", "default", "range", "meaning"});
  for (const FieldRow& row : rows) text += line(cells_of(row));
  return text;
}

/// The fields of an experiment at the top, or of the object at `path`, without those of the object at `apart`.
std::string experiment_table(const std::string& path, const std::string& apart = "") {
  ExperimentConfig config;
  std::vector<FieldRow> rows;
  for (const FieldRow& row : field_rows(place_of(config))) {
    const bool inside = path.empty() ? row.path.find('.') == std::string::npos : row.path.starts_with(path + ".");
    if (inside && (apart.empty() || !row.path.starts_with(apart + "."))) rows.push_back(row);
  }
  return field_table(rows);
}

/// What every entry of `methods` has.
std::string entry_table() {
  MethodConfig entry;
  entry.options = method_types().front().default_options();
  const std::vector<FieldRow> rows = field_rows(place_of(entry)), own = field_rows(place_of(*entry.options));
  return field_table({rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(own.size())});
}

std::string method_table() {
  std::string text = head({"method", "what it is", "source"});
  for (const MethodType& type : method_types()) text += line({code(type.name), type.summary, type.source()});
  return text;
}

std::string option_tables() {
  std::string text, without;
  for (const MethodType& type : method_types()) {
    const std::unique_ptr<MethodOptions> options = type.default_options();
    const std::vector<FieldRow> rows = field_rows(place_of(*options));
    if (rows.empty()) {
      without += (without.empty() ? "" : ", ") + code(type.name);
    } else {
      text += concat("\n", code(type.name), ":\n\n", field_table(rows));
    }
  }
  return concat("Methods without options: ", without, ".\n", text);
}

std::string layer_table() {
  std::string text = head({"layer", "field", "type", "default", "range", "meaning"});
  for (const LayerType& type : layer_types()) {
    text += line({code(type.name), "", "", "", "", concat("**", type.summary, "**")});
    const std::unique_ptr<LayerOptions> options = type.default_options();
    for (const FieldRow& row : field_rows(place_of(*options))) {
      std::vector<std::string> cells = cells_of(row);
      cells.insert(cells.begin(), "");
      text += line(cells);
    }
  }
  return text;
}

std::string metric_table(const std::vector<MetricInfo>& metrics) {
  std::string text = head({"key", "unit", "better", "definition", "source"});
  for (const MetricInfo& metric : metrics) {
    const char* const better = metric.higher_is_better ? "higher" : "lower";
    text += line({code(metric.key), metric.unit, better, metric.definition, metric.source});
  }
  return text;
}

std::string profile_table() {
  std::string text = head({"profile", "key", "unit", "definition"});
  for (const std::string& profile : metric_profiles()) {
    const std::vector<MetricInfo> metrics = profile_metrics(profile);
    text += line({code(profile), "", "", concat("**", metrics.front().source, "**")});
    for (const MetricInfo& metric : metrics) text += line({"", code(metric.key), metric.unit, metric.definition});
  }
  return text;
}

std::string sensor_table() {
  std::string text = head({"sensor", "bands"});
  for (const auto& [sensor, bands] : sensor_list()) text += line({code(sensor), joined(bands)});
  return text;
}

std::string format_table() {
  std::string text = head({"format", "what it is"});
  for (const SceneFormat& format : scene_formats()) text += line({code(format.name), format.summary});
  return text;
}

const std::map<std::string, std::function<std::string()>>& parts() {
  static const std::map<std::string, std::function<std::string()>> all{
      {"experiment", [] { return experiment_table(""); }},
      {"data", [] { return experiment_table("data", "data.synthetic"); }},
      {"data.synthetic", [] { return experiment_table("data.synthetic"); }},
      {"degrade", [] { return experiment_table("degrade"); }},
      {"protocol", [] { return experiment_table("protocol"); }},
      {"report", [] { return experiment_table("report"); }},
      {"output", [] { return experiment_table("output"); }},
      {"method entry", entry_table},
      {"methods", method_table},
      {"method options", option_tables},
      {"layers", layer_table},
      {"metrics", [] { return metric_table(metric_list()); }},
      {"metrics without a reference", [] { return metric_table(no_reference_list()); }},
      {"metric profiles", profile_table},
      {"sensors", sensor_table},
      {"scene formats", format_table},
  };
  return all;
}

std::string generated(const std::string& name, const std::string& file) {
  const auto part = parts().find(name);
  if (part != parts().end()) return part->second();
  throw ConfigError(concat(file, ": ", kBegin, name, kBeginEnd, ": expected one of ",
                           joined(parts(), [](const auto& known) { return known.first; })));
}

}  // namespace

std::string with_documentation(const std::string& text, const std::string& file) {
  std::string result, inside;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!inside.empty() && line != kEnd) continue;
    inside.clear();
    result += line + "\n";
    if (!line.starts_with(kBegin) || !line.ends_with(kBeginEnd)) continue;
    inside = line.substr(kBegin.size(), line.size() - kBegin.size() - kBeginEnd.size());
    result += concat("\n", generated(inside, file), "\n");
  }
  SPECFUSE_CHECK_AS(ConfigError, inside.empty(), file, ": ", kBegin, inside, kBeginEnd, ": expected ", kEnd,
                    " after it, got none");
  return result;
}

}  // namespace specfuse
