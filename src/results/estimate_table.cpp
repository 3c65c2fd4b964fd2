#include <algorithm>
#include <cmath>
#include <set>

#include "specfuse/core/error.h"
#include "specfuse/results/result_tables.h"

namespace specfuse {
namespace {

std::string estimate_caption(const ExperimentResults& results) {
  std::string caption = "What the methods were given";
  std::set<std::string> shapes;
  for (const auto& [seed, estimate] : results.estimates) {
    if (!estimate.srf_shape.empty()) shapes.insert(estimate.srf_shape);
  }
  for (const std::string& shape : shapes)
    caption += concat(shape == *shapes.begin() ? "; responses: " : ", ", response_text(shape));
  if (!shapes.empty()) caption += "; first and last HSI band (counted from 1) with at least half of the peak";
  return caption;
}

/// What was not estimated has no column.
void drop_empty_columns(Table& table) {
  for (std::size_t column = table.columns.size(); column-- > 0;) {
    const auto empty = [column](const Table::Row& row) { return std::isnan(row.cells[column].value); };
    if (!std::all_of(table.rows.begin(), table.rows.end(), empty)) continue;
    const auto place = static_cast<std::ptrdiff_t>(column);
    table.columns.erase(table.columns.begin() + place);
    for (Table::Row& row : table.rows) row.cells.erase(row.cells.begin() + place);
  }
}

}  // namespace

Table estimate_table(const ExperimentResults& results) {
  Table table;
  table.head = "estimated from the pair";
  if (results.estimates.empty()) return table;
  table.caption = estimate_caption(results);
  table.columns = {{"down", "fine pixels"},
                   {"right", "fine pixels"},
                   {"first band", "", Better::neither, "first_band"},
                   {"last band", "", Better::neither, "last_band"},
                   {"gain"},
                   {"offset"}};
  // Mean and spread over the seeds whose estimate has the value.
  const auto cells = [&](const auto& has, const auto& value) {
    std::vector<double> values;
    for (const auto& [seed, estimate] : results.estimates) {
      if (has(estimate)) values.push_back(value(estimate));
    }
    return values.empty() ? Cell{} : cell_of(values);
  };
  const auto add_place = [&](const char* label, const auto& has, const auto& value) {
    const auto along = [&](std::size_t axis) {
      return cells(has, [&](const Estimate& one) { return value(one)[axis]; });
    };
    Table::Row row{label, {along(0), along(1), {}, {}, {}, {}}};
    if (!std::isnan(row.cells[0].value)) table.rows.push_back(row);
  };
  const auto shifted = [](const Estimate& one) { return one.shift.has_value(); };
  add_place(
      "full width of the PSF at half maximum", [](const Estimate& one) { return one.psf_fwhm.has_value(); },
      [](const Estimate& one) { return *one.psf_fwhm; });
  add_place("shift of the MSI", shifted, [](const Estimate& one) { return *one.shift; });
  add_place("its standard error", shifted, [](const Estimate& one) { return one.shift_error; });
  std::size_t bands = 0;
  for (const auto& [seed, estimate] : results.estimates) {
    const Index rows = estimate.srf.defined() ? estimate.srf.dim(0) : 0;
    bands = std::max({bands, static_cast<std::size_t>(rows), estimate.gain.size()});
  }
  for (std::size_t band = 0; band < bands; ++band) {
    const auto end = [&](std::size_t side) {
      return cells([](const Estimate& one) { return one.srf.defined(); },
                   [&](const Estimate& one) { return static_cast<double>(half_peak_bands(one.srf)[band][side]); });
    };
    const auto scaled = [](const Estimate& one) { return !one.gain.empty(); };
    table.rows.push_back({concat("MSI band ", band + 1),
                          {{},
                           {},
                           end(0),
                           end(1),
                           cells(scaled, [&](const Estimate& one) { return one.gain[band]; }),
                           cells(scaled, [&](const Estimate& one) { return one.offset[band]; })}});
  }
  drop_empty_columns(table);
  return table;
}

}  // namespace specfuse
