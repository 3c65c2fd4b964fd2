#include <algorithm>
#include <iterator>

#include "imaging/csv.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/srf.h"

namespace specfuse {

namespace {

double wavelength_of(const std::string& field, const std::string& source, std::size_t line) {
  const double value = csv_number(field, source, line);
  SPECFUSE_CHECK_AS(DataError, value >= 100 && value <= 100000, source, " line ", line,
                    ": expected a wavelength in nanometres, from 100 to 100000, got ", field);
  return value;
}

}  // namespace

ResponseTable parse_response_csv(const std::string& text, const std::string& source) {
  const std::vector<CsvLine> lines = split_csv(text, source);
  SPECFUSE_CHECK_AS(DataError, !lines.empty(), source, ": expected a header wavelength_nm,NAME,..., got nothing");
  const CsvLine& header = lines.front();
  SPECFUSE_CHECK_AS(DataError, header.fields.front() == "wavelength_nm" && header.fields.size() >= 2, source, " line ",
                    header.number, ": expected a header wavelength_nm,NAME,..., got ", header.fields.size(),
                    " columns, the first \"", header.fields.front(), "\"");
  SPECFUSE_CHECK_AS(DataError, lines.size() >= 2, source, ": expected lines of numbers after the header, got none");

  ResponseTable table;
  table.source = source;
  table.names.assign(header.fields.begin() + 1, header.fields.end());
  for (const std::string& name : table.names) {
    SPECFUSE_CHECK_AS(DataError, std::count(table.names.begin(), table.names.end(), name) == 1, source, " line ",
                      header.number, ": expected each column once, got two named \"", name, "\"");
  }
  table.values.resize(table.names.size());
  for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
    require_width(*line, header, source);
    const double wavelength = wavelength_of(line->fields.front(), source, line->number);
    SPECFUSE_CHECK_AS(DataError, table.wavelength_nm.empty() || wavelength > table.wavelength_nm.back(), source,
                      " line ", line->number, ": expected a wavelength above ", table.wavelength_nm.back(), ", got ",
                      wavelength);
    table.wavelength_nm.push_back(wavelength);
    for (std::size_t i = 0; i < table.names.size(); ++i) {
      table.values[i].push_back(csv_number(line->fields[i + 1], source, line->number));
    }
  }
  return table;
}

std::vector<double> parse_wavelength_csv(const std::string& text, const std::string& source) {
  const std::vector<CsvLine> lines = split_csv(text, source);
  SPECFUSE_CHECK_AS(DataError, !lines.empty(), source, ": expected a header with wavelength_nm, got nothing");
  const std::vector<std::string>& header = lines.front().fields;
  const auto column = std::find(header.begin(), header.end(), "wavelength_nm") - header.begin();
  SPECFUSE_CHECK_AS(DataError, column < std::ssize(header), source, " line ", lines.front().number,
                    ": expected a column wavelength_nm, got ", header.size(), " others");
  std::vector<double> wavelength_nm;
  for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
    require_width(*line, lines.front(), source);
    wavelength_nm.push_back(wavelength_of(line->fields[static_cast<std::size_t>(column)], source, line->number));
  }
  return wavelength_nm;
}

}  // namespace specfuse
