#include "report/table_cells.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "specfuse/core/error.h"
#include "specfuse/core/quantile.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

/// Decimals that give a number of this size four significant digits, at most `most`.
int decimals_of(double size, int most) {
  return std::clamp(3 - static_cast<int>(std::floor(std::log10(size))), 0, most);
}

/// The median of the sizes of what a column holds, zeros left out; 0 where nothing is left.
double typical_size(const Table& table, std::size_t column) {
  std::vector<double> sizes;
  for (const Table::Row& row : table.rows) {
    const double size = std::abs(row.cells[column].value);
    if (std::isfinite(size) && size > 0) sizes.push_back(size);
  }
  return sizes.empty() ? 0 : median(std::move(sizes));
}

/// How the numbers of one column are written.
struct Format {
  /// Of most rows, and the most there may be.
  int decimals = 0, most = 6;
  double typical = 0;
  /// Whether a number that would be rounded to zero is written with two digits and a power of ten; not for times.
  bool keeps_small = true;

  /// A number of quite another size has decimals of its own: it must not cost the others theirs.
  int decimals_for(double value) const {
    constexpr double kFar = 100;
    const double size = std::abs(value);
    const bool usual = !std::isfinite(size) || size == 0 || (size < kFar * typical && typical < kFar * size);
    return usual ? decimals : decimals_of(size, most);
  }
};

/// Enough decimals for four significant digits of a typical number of a column, without zeros at the end of every row.
Format format_of(const Table& table, std::size_t column) {
  constexpr int kOfProbabilities = 3, kOfSeconds = 3;
  Format format;
  format.keeps_small = table.columns[column].unit != "s";
  if (!format.keeps_small) format.most = kOfSeconds;
  format.typical = typical_size(table, column);
  if (table.columns[column].least > 0) format.most = kOfProbabilities;
  if (format.typical == 0) return format;
  format.decimals = table.columns[column].least > 0 ? kOfProbabilities : decimals_of(format.typical, format.most);
  const auto ends_in_zero = [&](const Table::Row& row) {
    const double value = row.cells[column].value;
    return !std::isfinite(value) || number_text(value, format.decimals).back() == '0';
  };
  while (table.columns[column].least == 0 && format.decimals > 0 &&
         std::all_of(table.rows.begin(), table.rows.end(), ends_in_zero)) {
    --format.decimals;
  }
  return format;
}

std::string number(double value, const Format& format, const Language& language) {
  if (std::isnan(value)) return language.nothing;
  const std::string sign = value < 0 ? language.minus : "";
  if (std::isinf(value)) return sign + language.infinity;
  const double size = std::abs(value);
  const int decimals = format.decimals_for(value);
  const bool vanishes = size > 0 && size < 0.5 * std::pow(10.0, -decimals);
  return sign + (vanishes && format.keeps_small ? scientific_text(size) : number_text(size, decimals));
}

/// The best value of a column in one group; NaN where none is better than another, or none is to be marked.
double best_of(const Table& table, std::size_t column, std::size_t group) {
  const Better better = table.columns[column].marks_best ? table.columns[column].better : Better::neither;
  if (better == Better::neither) return std::nan("");
  double best = std::nan(""), worst = best;
  for (const Table::Row& row : table.rows) {
    const double value = row.cells[column].value;
    if (row.group != group || std::isnan(value)) continue;
    if (std::isnan(best) || (better == Better::higher ? value > best : value < best)) best = value;
    if (std::isnan(worst) || (better == Better::higher ? value < worst : value > worst)) worst = value;
  }
  return best == worst ? std::nan("") : best;
}

/// The cells of one column as they are shown, best in bold.
std::vector<std::string> column_texts(const Table& table, std::size_t column, const Language& language) {
  const Format format = format_of(table, column);
  std::map<std::size_t, double> best_of_group;
  for (const Table::Row& row : table.rows) best_of_group.try_emplace(row.group, best_of(table, column, row.group));
  const bool any = std::any_of(best_of_group.begin(), best_of_group.end(),
                               [](const auto& best) { return !std::isnan(best.second); });
  std::vector<std::string> texts;
  for (const Table::Row& row : table.rows) {
    const Cell& cell = row.cells[column];
    const double least = table.columns[column].least;
    const bool below = least > 0 && cell.value < least;
    std::string text = below ? language.escape(concat("< ", number_text(least))) : number(cell.value, format, language);
    if (cell.value == best_of_group.at(row.group)) {
      text = concat(language.bold_begin, text, language.bold_end);
    } else if (any) {
      text += language.not_bold;
    }
    if (cell.even) text += language.even;
    // A spread has the decimals of its mean.
    if (!std::isnan(cell.spread)) {
      text +=
          concat(language.plus_minus, number_text(cell.spread, format.decimals_for(cell.value)), language.spread_end);
    }
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

std::string join(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : between) + parts[i];
  return text;
}

bool says_unit(const Table::Column& column) {
  const std::string end = lower_case("_" + column.unit);
  return column.name.size() > end.size() && column.name.ends_with(end);
}

std::string unit_text(const Table::Column& column, const Language& language) {
  return column.unit == "deg" ? language.degrees : language.escape(column.unit);
}

std::string heading(const Table::Column& column, const Language& language) {
  const bool bare = column.unit.empty() || says_unit(column);
  std::string text = language.escape(column.name);
  if (!bare) text += concat(" (", unit_text(column, language), ")");
  if (column.better != Better::neither) text += column.better == Better::higher ? language.up : language.down;
  return text;
}

std::vector<std::vector<std::string>> texts_of(const Table& table, const Language& language) {
  for (const Table::Row& row : table.rows) {
    SPECFUSE_CHECK(row.cells.size() == table.columns.size(), "table: expected ", table.columns.size(), " cells in row ",
                   row.label, ", got ", row.cells.size());
    SPECFUSE_CHECK(row.fields.size() == table.fields.size(), "table: expected ", table.fields.size(), " fields in row ",
                   row.label, ", got ", row.fields.size());
  }
  const auto begin = [&](const std::vector<std::string>& fields, const std::string& label, const std::string& mark) {
    std::vector<std::string> line;
    for (const std::string& field : fields) line.push_back(language.escape(field));
    line.push_back(language.escape(label) + mark);
    return line;
  };
  std::vector<std::vector<std::string>> lines{begin(table.fields, table.head, "")};
  for (const Table::Row& row : table.rows) {
    lines.push_back(begin(row.fields, row.shown(), row.leaked ? " " + language.dagger : ""));
  }
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    lines[0].push_back(heading(table.columns[column], language));
    const std::vector<std::string> texts = column_texts(table, column, language);
    for (std::size_t row = 0; row < texts.size(); ++row) lines[row + 1].push_back(texts[row]);
  }
  return lines;
}

}  // namespace specfuse
