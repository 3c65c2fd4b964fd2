#include "specfuse/config/listing.h"

#include <algorithm>

#include "specfuse/config/config.h"
#include "specfuse/config/field_rows.h"
#include "specfuse/core/error.h"
#include "specfuse/core/text.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/io/scene.h"
#include "specfuse/methods/registry.h"
#include "specfuse/metrics/profiles.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// "  name      text", the names padded to one width.
std::string line(std::string name, const std::string& text) {
  constexpr std::size_t kWidth = 18;
  if (name.size() < kWidth) name.append(kWidth - name.size(), ' ');
  return concat("  ", name, text, "\n");
}

std::string direction_of(const MetricInfo& metric) {
  return concat(metric.unit, metric.unit.empty() ? "" : ", ",
                metric.higher_is_better ? "higher is better" : "lower is better");
}

std::string sourced(const std::string& text, const std::string& source) {
  return source.empty() ? text : concat(text, " (", source, ")");
}

/// A field on one line: type, default and range; what it means on the next.
std::string field_text(const FieldRow& row) {
  std::string text = row.type;
  if (row.default_value == "required") text += ", required";
  if (!row.default_value.empty() && row.default_value != "required") text += ", default " + row.default_value;
  if (!row.range.empty()) text += ", " + row.range;
  if (!row.choices.empty()) text += ", one of " + joined(row.choices);
  return concat("  ", row.path, ": ", text, "\n      ", row.help, "\n");
}

std::string described(const std::string& name, const std::string& summary, const Place& place) {
  std::string text = concat(name, ": ", summary, "\n");
  for (const FieldRow& row : field_rows(place)) text += field_text(row);
  return text;
}

}  // namespace

std::string listing_text() {
  std::string text = "methods\n";
  for (const MethodType& type : method_types()) text += line(type.name, sourced(type.summary, type.source()));
  text += "layers\n";
  for (const LayerType& type : layer_types()) text += line(type.name, type.summary);
  text += "metrics\n";
  for (const MetricInfo& metric : metric_list()) text += line(metric.key, direction_of(metric));
  text += "metric profiles\n";
  for (const std::string& profile : metric_profiles()) {
    text += line(profile, joined(profile_metrics(profile), [](const MetricInfo& metric) { return metric.key; }));
  }
  text += "sensors\n";
  for (const auto& [sensor, bands] : sensor_list()) text += line(sensor, joined(bands));
  text += "scene formats\n";
  for (const SceneFormat& format : scene_formats()) text += line(format.name, format.summary);
  return text;
}

std::string listing_text(const std::string& name) {
  for (const MethodType& type : method_types()) {
    if (type.name != name) continue;
    const std::unique_ptr<MethodOptions> options = type.default_options();
    return described(name, sourced(type.summary, type.source()), place_of(*options));
  }
  for (const LayerType& type : layer_types()) {
    if (type.name == name) return described(name, type.summary, place_of(*type.default_options()));
  }
  for (const MetricInfo& metric : metric_list()) {
    if (metric.key != name) continue;
    return concat(name, ": ", direction_of(metric), "\n  ", sourced(metric.definition, metric.source), "\n");
  }
  ExperimentConfig config;
  std::string fields;
  for (const FieldRow& row : field_rows(place_of(config))) {
    if (row.path == name || row.path.starts_with(name + ".")) fields += field_text(row);
  }
  if (!fields.empty()) return fields;
  throw ConfigError(concat(
      "--list: expected the name of a method, layer or metric, or a field such as degrade.ratio, got \"", name, "\""));
}

}  // namespace specfuse
