#include "imaging/csv.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <sstream>

#include "specfuse/core/error.h"
#include "specfuse/core/utf8.h"

namespace specfuse {
namespace {

constexpr const char* kBlank = " \t\r\"";

std::string stripped(const std::string& text) {
  const auto first = text.find_first_not_of(kBlank);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

std::vector<CsvLine> split_csv(const std::string& text, const std::string& source) {
  constexpr const char* kMark = "\xef\xbb\xbf";  // that a text is UTF-8
  SPECFUSE_CHECK_AS(DataError, !text.starts_with("\xff\xfe") && !text.starts_with("\xfe\xff"), source,
                    ": expected a text in UTF-8, got one in UTF-16; save it as UTF-8");
  std::vector<CsvLine> lines;
  std::istringstream input(as_utf8(text.starts_with(kMark) ? text.substr(std::strlen(kMark)) : text));
  std::string line;
  for (std::size_t number = 1; std::getline(input, line); ++number) {
    const std::string content = stripped(line);
    if (content.empty() || content[0] == '#') continue;
    CsvLine parsed{number, {}};
    std::size_t begin = 0;
    for (std::size_t comma; (comma = line.find(',', begin)) != std::string::npos; begin = comma + 1) {
      parsed.fields.push_back(stripped(line.substr(begin, comma - begin)));
    }
    parsed.fields.push_back(stripped(line.substr(begin)));
    lines.push_back(std::move(parsed));
  }
  return lines;
}

void require_width(const CsvLine& line, const CsvLine& first, const std::string& source) {
  SPECFUSE_CHECK_AS(DataError, line.fields.size() == first.fields.size(), source, " line ", line.number, ": expected ",
                    first.fields.size(), " fields as in the first line, got ", line.fields.size());
}

double csv_number(const std::string& field, const std::string& source, std::size_t line) {
  double value = 0;
  const char* end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, value);
  SPECFUSE_CHECK_AS(DataError, error == std::errc() && stop == end && std::isfinite(value), source, " line ", line,
                    ": expected a finite number, got \"", field, "\"");
  return value;
}

}  // namespace specfuse
