#include "sweep/sweep_figures.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>

#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"
#include "sweep/field_scale.h"

namespace specfuse {
namespace {

const std::vector<std::string> kMainMetrics = {"psnr_db", "sam_deg", "ergas", "ssim", "qnr"};

/// The place of a text in a list; it is added at the end where it is not there.
std::size_t place_in(std::vector<std::string>& list, const std::string& text) {
  const auto found = std::find(list.begin(), list.end(), text);
  const auto place = static_cast<std::size_t>(found - list.begin());
  if (place == list.size()) list.push_back(text);
  return place;
}

/// The labels of all methods in the order of the configurations, those of runs that are missing too, so that a method
/// keeps its colour while the sweep goes on.
std::vector<std::string> method_labels(const Sweep& sweep) {
  std::vector<std::string> labels;
  for (const SweepRun& run : sweep.runs) {
    for (const MethodConfig& method : run.config.methods) place_in(labels, method.label);
  }
  return labels;
}

/// What a run sets apart from `field` and the fields that vary together with it.
std::string others_of(const Sweep& sweep, const SweepRun& run, std::size_t field) {
  std::string text;
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
    const bool together = sweep.fields[i].listed && sweep.fields[field].listed;
    if (i == field || together || run.values[i].empty()) continue;
    text += concat(text.empty() ? "" : ", ", sweep.fields[i].label.with_value(run.values[i]));
  }
  return text;
}

void sort_by_x(Series& series) {
  std::vector<std::size_t> order(series.x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return series.x[a] < series.x[b]; });
  Series sorted = series;
  for (std::size_t i = 0; i < order.size(); ++i) {
    sorted.x[i] = series.x[order[i]];
    sorted.y[i] = series.y[order[i]];
    sorted.spread[i] = series.spread[order[i]];
  }
  series = std::move(sorted);
}

/// "PSNR [dB]" of psnr_db.
std::string metric_label(const Table::Column& metric) {
  const std::string unit = metric.unit == "deg" ? "degrees" : metric.unit;
  return unit.empty() ? metric.name : concat(metric.name, " [", unit, "]");
}

/// Of values side by side, half the width of the stroke through a point.
constexpr double kStroke = 0.3;

/// The charts against one field.
class FieldCharts {
 public:
  FieldCharts(const Sweep& sweep, const SweepTable& sheet, std::size_t field)
      : sweep_(sweep), sheet_(sheet), field_(field), scale_(sheet.runs, field, sweep.fields[field].label),
        methods_(method_labels(sweep)) {
    for (const SweepRun& run : sweep.runs) {
      if (!run.values[field].empty()) place_in(others_, others_of(sweep, run, field));
    }
  }

  bool worth_showing() const { return scale_.size() > 1; }

  Chart against(std::size_t column) {
    Chart chart;
    chart.y_label = metric_label(sheet_.table.columns[column]);
    scale_.set_axis(chart);
    std::map<std::pair<std::size_t, std::size_t>, Series> lines;
    for (std::size_t row = 0; row < sheet_.table.rows.size(); ++row) {
      const SweepRun& run = *sheet_.runs[row];
      const Cell& cell = sheet_.table.rows[row].cells[column];
      if (run.values[field_].empty()) continue;
      const std::string& label = sheet_.table.rows[row].label;
      const std::string others = others_of(sweep_, run, field_);
      const std::size_t method = place_in(methods_, label), dash = place_in(others_, others);
      Series& line = lines[{method, dash}];
      line = styled(std::move(line), label, method, dash);
      line.stroke = scale_.is_ordered() ? 0 : kStroke;
      if (others_.size() > 1 && !others.empty()) line.name += ", " + others;
      line.x.push_back(scale_.position(run.values[field_]));
      line.y.push_back(cell.value);
      line.spread.push_back(cell.spread);
    }
    for (auto& [key, line] : lines) {
      sort_by_x(line);
      chart.series.push_back(line);
    }
    if (others_.size() > 1) chart.legend = legend(lines);
    return chart;
  }

 private:
  static Series styled(Series line, const std::string& name, std::size_t method, std::size_t dash) {
    line.name = name;
    line.colour = static_cast<int>(method);
    line.dash = static_cast<int>(dash);
    line.dotted = true;
    return line;
  }

  /// Every method once, then every combination of the other fields once.
  std::vector<Series> legend(const std::map<std::pair<std::size_t, std::size_t>, Series>& lines) const {
    std::vector<Series> all;
    for (std::size_t method = 0; method < methods_.size(); ++method) {
      const auto first = lines.lower_bound({method, 0});
      if (first != lines.end() && first->first.first == method) all.push_back(styled({}, methods_[method], method, 0));
    }
    for (std::size_t dash = 0; dash < others_.size(); ++dash) {
      Series line;
      line.name = others_[dash];
      line.colour = kFaintInk;
      line.dash = static_cast<int>(dash);
      all.push_back(line);
    }
    return all;
  }

  const Sweep& sweep_;
  const SweepTable& sheet_;
  std::size_t field_;
  FieldScale scale_;
  std::vector<std::string> methods_, others_;
};

}  // namespace

std::vector<FigureGroup> sweep_figures(const Sweep& sweep, const SweepTable& sheet) {
  std::vector<FigureGroup> groups;
  for (std::size_t field = 0; field < sweep.fields.size(); ++field) {
    FieldCharts charts(sweep, sheet, field);
    if (!charts.worth_showing()) continue;
    FigureGroup group;
    group.title = "By " + sweep.fields[field].label.name;
    for (std::size_t column = 0; column < sheet.table.columns.size(); ++column) {
      const std::string& name = sheet.table.columns[column].file_name();
      if (std::find(kMainMetrics.begin(), kMainMetrics.end(), name) == kMainMetrics.end()) continue;
      group.figures.push_back(
          {concat(sweep.fields[field].path, "_", name), "", {}, line_chart(charts.against(column))});
    }
    if (!group.figures.empty()) groups.push_back(group);
  }
  return groups;
}

}  // namespace specfuse
