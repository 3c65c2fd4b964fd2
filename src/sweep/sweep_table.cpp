#include "sweep/sweep_table.h"

#include <algorithm>
#include <map>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// All complete runs of one point as one experiment.
struct Point {
  const SweepRun* run = nullptr;
  ExperimentResults results;
};

std::vector<Point> complete_points(const Sweep& sweep, const std::vector<RunOutcome>& outcomes) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    if (!outcomes[i].results) continue;
    if (points.empty() || points.back().run->point != sweep.runs[i].point) {
      points.emplace_back().run = &sweep.runs[i];
      points.back().results.config = sweep.runs[i].config;
      points.back().results.scored_on = outcomes[i].results->scored_on;
    }
    auto& methods = points.back().results.methods;
    methods.insert(methods.end(), outcomes[i].results->methods.begin(), outcomes[i].results->methods.end());
  }
  return points;
}

std::size_t place_of_column(const Table& table, const std::string& key) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Table::Column& column) { return column.file_name() == key; });
  return static_cast<std::size_t>(found - table.columns.begin());
}

/// The values of the fields that do not belong to methods.
std::vector<std::string> task_of(const Sweep& sweep, const SweepRun& run) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
    if (!sweep.fields[i].path.starts_with("methods")) values.push_back(run.values[i]);
  }
  return values;
}

auto points_of(const Sweep& sweep, const std::vector<Point>& points, const Point& point) {
  return std::ranges::count_if(
      points, [&](const Point& other) { return task_of(sweep, *other.run) == task_of(sweep, *point.run); });
}

}  // namespace

SweepTable sweep_table(const Sweep& sweep, const std::vector<RunOutcome>& outcomes,
                       Table (*made)(const ExperimentResults&)) {
  SweepTable sheet;
  Table& all = sheet.table;
  const std::vector<Point> points = complete_points(sweep, outcomes);
  std::vector<Table> parts;
  for (const Point& point : points) {
    parts.push_back(made(point.results));
    for (const Table::Column& column : parts.back().columns) {
      if (place_of_column(all, column.file_name()) == all.columns.size()) all.columns.push_back(column);
    }
  }
  std::map<std::vector<std::string>, std::size_t> groups;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t group = groups.emplace(task_of(sweep, *points[i].run), groups.size()).first->second;
    for (const Table::Row& row : parts[i].rows) {
      Table::Row wide{row.label, std::vector<Cell>(all.columns.size()), {}, group, row.leaked, row.title};
      for (const std::string& value : points[i].run->values) wide.fields.push_back(field_text(value));
      for (std::size_t k = 0; k < row.cells.size(); ++k) {
        Cell& cell = wide.cells[place_of_column(all, parts[i].columns[k].file_name())] = row.cells[k];
        cell.even = cell.even && points_of(sweep, points, points[i]) == 1;  // else the best may be of another point
      }
      all.rows.push_back(wide);
      sheet.runs.push_back(points[i].run);
    }
  }
  for (const SweepField& field : sweep.fields) all.fields.push_back(field.path);
  const auto done =
      std::count_if(outcomes.begin(), outcomes.end(), [](auto& outcome) { return outcome.results.has_value(); });
  all.caption = concat(sweep.name, ": ", done, " of ", outcomes.size(), " runs",
                       sweep.seeded ? ", mean and standard deviation over seeds" : "");
  return sheet;
}

}  // namespace specfuse
