#pragma once

#include <string>
#include <vector>

#include "specfuse/results/table.h"

namespace specfuse {

/// What differs between the formats a table is written in.
struct Language {
  std::string (*escape)(const std::string&);
  /// `not_bold` stands behind the others of a column with a best one.
  std::string bold_begin, bold_end, not_bold, plus_minus, spread_end, minus, infinity, nothing, up, down;
  std::string dagger = "†";
  /// Behind what a test does not tell from the best.
  std::string even{};
  /// The unit of angles.
  std::string degrees = "°";
};

/// Whether a name says its unit, as psnr_db and sam_deg.
bool says_unit(const Table::Column& column);
/// The unit of a column.
std::string unit_text(const Table::Column& column, const Language& language);
/// The name of a column with its unit and which way is better.
std::string heading(const Table::Column& column, const Language& language);

/// Rows of texts, the heading first, the best of each column in bold. Throws `Error` where a row has another number of
/// cells or fields than there are columns of them.
std::vector<std::vector<std::string>> texts_of(const Table& table, const Language& language);

std::string join(const std::vector<std::string>& parts, const std::string& between);

}  // namespace specfuse
