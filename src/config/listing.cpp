#include "specfuse/config/listing.h"

#include "specfuse/core/error.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/methods/registry.h"
#include "specfuse/metrics/profiles.h"

namespace specfuse {
namespace {

/// "  name      text", the names padded to one width.
std::string line(std::string name, const std::string& text) {
  constexpr std::size_t kWidth = 18;
  if (name.size() < kWidth) name.append(kWidth - name.size(), ' ');
  return concat("  ", name, text, "\n");
}

}  // namespace

std::string listing_text() {
  std::string text = "methods\n";
  for (const MethodType& method : method_types()) text += line(method.name, method.summary);
  text += "metrics\n";
  for (const MetricInfo& metric : metric_list()) {
    text += line(metric.key, concat(metric.unit, metric.unit.empty() ? "" : ", ",
                                    metric.higher_is_better ? "higher is better" : "lower is better"));
  }
  text += "metric profiles\n";
  for (const std::string& profile : metric_profiles()) {
    std::string names;
    for (const MetricInfo& metric : profile_metrics(profile)) names += concat(names.empty() ? "" : ", ", metric.key);
    text += line(profile, names);
  }
  text += "sensors\n";
  for (const auto& [sensor, bands] : sensor_list()) {
    std::string names;
    for (const std::string& band : bands) names += concat(names.empty() ? "" : ", ", band);
    text += line(sensor, names);
  }
  return text;
}

}  // namespace specfuse
