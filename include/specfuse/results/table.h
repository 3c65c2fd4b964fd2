#pragma once

#include <limits>
#include <string>
#include <vector>

namespace specfuse {

enum class Better { higher, lower, neither };

/// One number of a table. NaN: nothing to show.
struct Cell {
  double value = std::numeric_limits<double>::quiet_NaN();
  /// Standard deviation over seeds; NaN: not known, not shown.
  double spread = std::numeric_limits<double>::quiet_NaN();
  /// Whether a test over seeds cannot tell it from the best of its column.
  bool even = false;
};

/// Mean and spread of values, one for each seed.
Cell cell_of(const std::vector<double>& values);

/// Methods by metrics. The best of each column and group is set in bold, on the terminal marked by a star; equal ones
/// are all best.
struct Table {
  struct Column {
    std::string name, unit{};
    Better better = Better::neither;
    /// Its name in files; empty: as on the page.
    std::string key{};
    /// Of p-values: smaller values are shown as "< least", except in files of full precision; 0: no limit.
    double least = 0;
    /// Whether its best is marked.
    bool marks_best = true;
    const std::string& file_name() const { return key.empty() ? name : key; }
  };
  struct Row {
    std::string label;
    /// One per column.
    std::vector<Cell> cells;
    /// One for each of the table's fields.
    std::vector<std::string> fields = {};
    /// The best of a column is the best of the rows of one group.
    std::size_t group = 0;
    /// Whether it learned from what it is scored on: a dagger behind its label, which a line below explains. Not in
    /// files of full precision, whose labels are names.
    bool leaked = false;
    /// What people are shown in place of the label; empty: the label.
    std::string title = {};
    const std::string& shown() const { return title.empty() ? label : title; }
  };

  std::string caption;
  std::vector<Column> columns;
  std::vector<Row> rows;
  /// Names of columns of text in front of the methods.
  std::vector<std::string> fields = {};
  /// What the rows are.
  std::string head = "method";
};

}  // namespace specfuse
