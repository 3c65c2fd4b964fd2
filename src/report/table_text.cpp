#include "specfuse/report/table_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "specfuse/core/error.h"
#include "specfuse/report/text_format.h"

namespace specfuse {

namespace {

/// What differs between the formats a table is written in.
struct Language {
  std::string (*escape)(const std::string&);
  /// `not_bold` stands behind the others of a column with a best one.
  std::string bold_begin, bold_end, not_bold, plus_minus, spread_end, minus, infinity, nothing, up, down;
  std::string dagger = "†";
};

const Language kHtml{escape_html, "<b>", "</b>", "", " <small>± ", "</small>", "−", "∞", "–", "&nbsp;↑", "&nbsp;↓"};
const Language kPlain{
    [](const std::string& text) { return text; }, "", "*", " ", " +- ", "", "-", "inf", "-", " ↑", " ↓"};
const Language kMarkdown{escape_markdown, "**", "**", "", " ± ", "", "-", "∞", "–", " ↑", " ↓"};
const Language kLatex{escape_latex,   "\\textbf{",      "}",         "", " $\\pm$ ", "", "$-$", "$\\infty$", "--",
                      "~$\\uparrow$", "~$\\downarrow$", "$\\dagger$"};

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
  if (sizes.empty()) return 0;
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  return *middle;
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
    // A spread has the decimals of its mean.
    if (!std::isnan(cell.spread)) {
      text +=
          concat(language.plus_minus, number_text(cell.spread, format.decimals_for(cell.value)), language.spread_end);
    }
    texts.push_back(text);
  }
  return texts;
}

/// Whether a name says its unit, as psnr_db and sam_deg.
bool says_unit(const Table::Column& column) {
  const std::string end = lower_case("_" + column.unit);
  return column.name.size() > end.size() && column.name.ends_with(end);
}

std::string heading(const Table::Column& column, const Language& language) {
  const bool bare = column.unit.empty() || says_unit(column);
  std::string text = language.escape(bare ? column.name : concat(column.name, " (", column.unit, ")"));
  if (column.better != Better::neither) text += column.better == Better::higher ? language.up : language.down;
  return text;
}

/// Rows of texts, the heading first.
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
    lines.push_back(begin(row.fields, row.label, row.leaked ? " " + language.dagger : ""));
  }
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    lines[0].push_back(heading(table.columns[column], language));
    const std::vector<std::string> texts = column_texts(table, column, language);
    for (std::size_t row = 0; row < texts.size(); ++row) lines[row + 1].push_back(texts[row]);
  }
  return lines;
}

/// What the dagger means, between `begin` and `end`; empty where there is none.
std::string explanation(const Table& table, const Language& language, const char* begin, const char* end) {
  const bool any = std::any_of(table.rows.begin(), table.rows.end(), [](const Table::Row& row) { return row.leaked; });
  return any ? concat(begin, language.dagger, " learned from what it is scored on", end) : "";
}

/// Characters of a UTF-8 text.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}

/// Long names of metrics may break after an underscore.
std::string breakable(const std::string& text) {
  std::string result;
  for (const char character : text) result += character == '_' ? std::string("_<wbr>") : std::string(1, character);
  return result;
}

std::string join(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : between) + parts[i];
  return text;
}

/// A long heading in parts, one below the other: after underscores and spaces, an arrow staying with what it is behind.
std::vector<std::string> broken(const std::string& head) {
  constexpr std::size_t kShort = 8;
  std::vector<std::string> parts{""};
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = std::min(head.find_first_of("_ ", at), head.size() - 1) + 1;
    const std::string piece = head.substr(at, end - at);
    if (!parts.back().empty() && characters(parts.back() + piece) > kShort && piece.size() > 3) {
      if (parts.back().back() == ' ') parts.back().pop_back();
      parts.push_back("");
    }
    parts.back() += piece;
    at = end;
  }
  return parts;
}

/// Of a table with headings of several lines.
std::vector<std::size_t> column_widths(const std::vector<std::vector<std::string>>& lines,
                                       const std::vector<std::vector<std::string>>& heads) {
  std::vector<std::size_t> widths(heads.size());
  for (std::size_t column = 0; column < heads.size(); ++column) {
    for (const std::string& head : heads[column]) widths[column] = std::max(widths[column], characters(head));
    for (std::size_t line = 1; line < lines.size(); ++line) {
      widths[column] = std::max(widths[column], characters(lines[line][column]));
    }
  }
  return widths;
}

}  // namespace

std::string table_html(const Table& table) {
  auto lines = texts_of(table, kHtml);
  for (std::string& head : lines[0]) head = breakable(head);
  std::string html = "<div class=\"scroll\"><table>\n";
  if (!table.caption.empty()) html += concat("<caption>", escape_html(table.caption), "</caption>\n");
  html += "<thead><tr>";
  for (std::size_t cell = 0; cell < lines[0].size(); ++cell) {
    const bool of_text = cell > 0 && cell <= table.fields.size();
    html += concat(of_text ? "<th scope=\"col\" class=\"text\">" : "<th scope=\"col\">", lines[0][cell], "</th>");
  }
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const bool next = i > 1 && table.rows[i - 1].group != table.rows[i - 2].group;
    html += concat(next ? "<tr class=\"next\">" : "<tr>", "<th scope=\"row\">", lines[i][0], "</th>");
    for (std::size_t cell = 1; cell < lines[i].size(); ++cell) {
      html += concat(cell <= table.fields.size() ? "<td class=\"text\">" : "<td>", lines[i][cell], "</td>");
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>" + explanation(table, kHtml, "<p>", "</p>") + "</div>\n";
}

std::string table_markdown(const Table& table) {
  const auto lines = texts_of(table, kMarkdown);
  std::string text = table.caption.empty() ? "" : concat(escape_markdown(table.caption), "\n\n");
  text += concat("| ", join(lines[0], " | "), " |\n|");
  for (std::size_t i = 0; i <= table.fields.size(); ++i) text += "---|";
  for (std::size_t i = 0; i < table.columns.size(); ++i) text += "---:|";
  for (std::size_t i = 1; i < lines.size(); ++i) text += concat("\n| ", join(lines[i], " | "), " |");
  return text + "\n" + explanation(table, kMarkdown, "\n", "\n");
}

std::string table_text(const Table& table) {
  const auto lines = texts_of(table, kPlain);
  std::vector<std::vector<std::string>> heads(lines[0].size());
  for (std::size_t column = 0; column < heads.size(); ++column) heads[column] = {lines[0][column]};
  std::vector<std::size_t> widths = column_widths(lines, heads);
  constexpr std::size_t kTerminal = 100;
  if (std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1)) > kTerminal) {
    for (std::vector<std::string>& head : heads) head = broken(head.front());
    widths = column_widths(lines, heads);
  }
  std::size_t deepest = 1;
  for (const auto& head : heads) deepest = std::max(deepest, head.size());

  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const std::string space(widths[column] - characters(cells[column]), ' ');
      const bool left = column <= table.fields.size();
      line += concat(column == 0 ? "" : "  ", left ? cells[column] + space : space + cells[column]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  for (std::size_t depth = 0; depth < deepest; ++depth) {
    std::vector<std::string> cells;
    for (const auto& head : heads) {  // the last parts side by side
      const std::size_t above = deepest - head.size();
      cells.push_back(depth < above ? "" : head[depth - above]);
    }
    add_line(cells);
  }
  for (std::size_t line = 1; line < lines.size(); ++line) add_line(lines[line]);
  return text + explanation(table, kPlain, "", "\n");
}

std::string table_latex(const Table& table) {
  const auto lines = texts_of(table, kLatex);
  std::string text = "% needs \\usepackage{booktabs}\n";
  if (!table.caption.empty()) text += concat("% ", escape_latex(table.caption), "\n");
  text += concat("\\begin{tabular}{", std::string(table.fields.size() + 1, 'l'), std::string(table.columns.size(), 'r'),
                 "}\n\\toprule\n", join(lines[0], " & "), " \\\\\n\\midrule\n");
  for (std::size_t i = 1; i < lines.size(); ++i) text += join(lines[i], " & ") + " \\\\\n";
  const std::string wide = concat("\\multicolumn{", lines[0].size(), "}{l}{");
  return text + "\\bottomrule\n" + explanation(table, kLatex, wide.c_str(), "}\n") + "\\end{tabular}\n";
}

std::string table_csv(const Table& table) {
  texts_of(table, kMarkdown);
  const auto exact = [](double value) { return std::isnan(value) ? std::string() : exact_number_text(value); };
  std::vector<bool> spread;
  std::string csv;
  for (const std::string& field : table.fields) csv += escape_csv(field) + ",";
  csv += escape_csv(table.head);
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    spread.push_back(std::any_of(table.rows.begin(), table.rows.end(),
                                 [column](const Table::Row& row) { return !std::isnan(row.cells[column].spread); }));
    csv += concat(",", escape_csv(table.columns[column].file_name()));
    if (spread.back()) csv += concat(",", escape_csv(table.columns[column].file_name() + "_std"));
  }
  for (const Table::Row& row : table.rows) {
    csv += "\n";
    for (const std::string& field : row.fields) csv += escape_csv(field) + ",";
    csv += escape_csv(row.label);
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      csv += concat(",", exact(row.cells[column].value));
      if (spread[column]) csv += concat(",", exact(row.cells[column].spread));
    }
  }
  return csv + "\n";
}

}  // namespace specfuse
