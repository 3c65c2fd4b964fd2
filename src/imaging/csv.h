#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// A line of a comma-separated text and its number, counted from 1.
struct CsvLine {
  std::size_t number = 0;
  std::vector<std::string> fields;
};

/// The lines that are neither blank nor start with '#', fields in UTF-8, stripped of blanks and of double quotes around
/// them. Throws `DataError` naming `source` on a text in UTF-16.
std::vector<CsvLine> split_csv(const std::string& text, const std::string& source);

/// Throws `DataError` naming `source` and the line unless it has as many fields as the first one.
void require_width(const CsvLine& line, const CsvLine& first, const std::string& source);

/// The finite number in a field. Throws `DataError` naming `source`, the line and the field otherwise.
double csv_number(const std::string& field, const std::string& source, std::size_t line);

}  // namespace specfuse
