#include "sweep/sweep_figures.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"

namespace specfuse {
namespace {

const std::vector<std::string> kMeasures = {"psnr_db", "sam_deg", "ergas", "qnr"};

/// The values that one field takes in the rows of a table, and where they lie on an axis.
class Scale {
 public:
  Scale(const SweepTable& sheet, std::size_t field) {
    for (const SweepRun* const run : sheet.runs) {
      const std::string& value = run->values[field];
      if (!value.empty() && std::find(values_.begin(), values_.end(), value) == values_.end()) values_.push_back(value);
    }
    numeric_ = std::all_of(values_.begin(), values_.end(), [](auto& value) { return Json::parse(value).is_number(); });
  }

  std::size_t size() const { return values_.size(); }

  /// Numbers lie where they are; everything else side by side in the order of the runs.
  double position(const std::string& value) const {
    if (numeric_) return Json::parse(value).get<double>();
    return static_cast<double>(std::find(values_.begin(), values_.end(), value) - values_.begin());
  }

  void set_axis(Chart& chart) const {
    if (numeric_) return set_number_axis(chart);
    const std::size_t room = std::max<std::size_t>(3, 80 / values_.size());
    for (const std::string& value : values_) {
      const std::string text = field_text(value);
      chart.x_ticks.emplace_back(position(value), text.size() <= room ? text : text.substr(0, room - 1) + "~");
    }
  }

 private:
  /// Marks at the values themselves, where there is room to tell them apart.
  void set_number_axis(Chart& chart) const {
    constexpr double kWide = 20, kNear = 0.06;
    std::vector<std::pair<double, std::string>> ticks;
    for (const std::string& value : values_) ticks.emplace_back(position(value), value);
    std::sort(ticks.begin(), ticks.end());
    const double low = ticks.front().first, high = ticks.back().first;
    chart.x_logarithmic = low > 0 && high >= kWide * low;
    const auto place = [&](double x) { return chart.x_logarithmic ? std::log(x) : x; };
    const auto near = [&](const auto& a, const auto& b) {
      return place(b.first) - place(a.first) < kNear * (place(high) - place(low));
    };
    if (std::adjacent_find(ticks.begin(), ticks.end(), near) == ticks.end()) chart.x_ticks = ticks;
  }

  std::vector<std::string> values_;
  bool numeric_ = false;
};

/// The last part of a field's path, or all of it where another field ends alike.
std::string short_name(const Sweep& sweep, std::size_t field) {
  const auto last = [](const std::string& path) { return path.substr(path.rfind('.') + 1); };
  const std::string& path = sweep.fields[field].path;
  const auto alike = std::count_if(sweep.fields.begin(), sweep.fields.end(),
                                   [&](const SweepField& other) { return last(other.path) == last(path); });
  return alike == 1 ? last(path) : path;
}

/// The line that a row belongs to when its x is `field`: its method, and the other fields except those that vary
/// together with this one.
std::string line_name(const Sweep& sweep, const SweepRun& run, const std::string& label, std::size_t field) {
  std::string name = label;
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
    const bool together = sweep.fields[i].listed && sweep.fields[field].listed;
    if (i == field || together || run.values[i].empty()) continue;
    name += concat(", ", short_name(sweep, i), "=", field_text(run.values[i]));
  }
  return name;
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

Chart chart_of(const Sweep& sweep, const SweepTable& sheet, std::size_t field, std::size_t column) {
  const Table& table = sheet.table;
  const Scale scale(sheet, field);
  Chart chart;
  chart.x_label = sweep.fields[field].path;
  const Table::Column& measure = table.columns[column];
  chart.y_label = measure.unit.empty() ? measure.name : concat(measure.name, " (", measure.unit, ")");
  scale.set_axis(chart);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const std::string& value = sheet.runs[row]->values[field];
    if (value.empty()) continue;
    const std::string name = line_name(sweep, *sheet.runs[row], table.rows[row].label, field);
    auto line = std::find_if(chart.series.begin(), chart.series.end(),
                             [&](const Series& series) { return series.name == name; });
    if (line == chart.series.end()) {
      Series fresh;
      fresh.name = name;
      fresh.colour = static_cast<int>(chart.series.size());
      fresh.dotted = true;
      line = chart.series.insert(line, fresh);
    }
    line->x.push_back(scale.position(value));
    line->y.push_back(table.rows[row].cells[column].value);
    line->spread.push_back(table.rows[row].cells[column].spread);
  }
  for (Series& series : chart.series) sort_by_x(series);
  return chart;
}

}  // namespace

std::vector<Figure> sweep_figures(const Sweep& sweep, const SweepTable& sheet) {
  std::vector<Figure> figures;
  for (std::size_t field = 0; field < sweep.fields.size(); ++field) {
    if (Scale(sheet, field).size() < 2) continue;
    for (std::size_t column = 0; column < sheet.table.columns.size(); ++column) {
      const std::string& name = sheet.table.columns[column].name;
      if (std::find(kMeasures.begin(), kMeasures.end(), name) == kMeasures.end()) continue;
      figures.push_back(
          {concat(sweep.fields[field].path, "_", name), "", {}, line_chart(chart_of(sweep, sheet, field, column))});
    }
  }
  return figures;
}

}  // namespace specfuse
