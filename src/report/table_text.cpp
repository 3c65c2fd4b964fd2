#include "specfuse/report/table_text.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/table_cells.h"
#include "specfuse/core/error.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

const Language kHtml{escape_html, "<b>", "</b>", "", " <small>± ", "</small>", "−", "∞", "–", "&nbsp;↑", "&nbsp;↓"};
const Language kPlain{
    [](const std::string& text) { return text; }, "", "*", " ", " +- ", "", "-", "inf", "-", " ↑", " ↓"};
const Language kMarkdown{escape_markdown, "**", "**", "", " ± ", "", "-", "∞", "–", " ↑", " ↓"};

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
  if (!table.caption.empty()) html += concat("<caption><span>", escape_html(table.caption), "</span></caption>\n");
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
