#include "specfuse/report/paper_table.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include "report/table_cells.h"
#include "specfuse/core/error.h"
#include "specfuse/methods/registry.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

const Language kLatex{escape_latex,
                      "\\textbf{",
                      "}",
                      "",
                      "{\\scriptsize\\,$\\pm$\\,",
                      "}",
                      "$-$",
                      "$\\infty$",
                      "--",
                      "~$\\uparrow$",
                      "~$\\downarrow$",
                      "$\\dagger$",
                      "$^{\\circ}$",
                      "$^\\circ$"};

/// Without spreads of times.
void shorten(Table& table) {
  for (Table::Row& row : table.rows) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].better == Better::neither) row.cells[i].spread = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

void use_titles(Table& table) {
  for (Table::Row& row : table.rows) {
    for (const MethodType& type : method_types()) {
      if (row.title.empty() && row.label == type.name) row.title = type.title;
    }
  }
  if (!table.head.empty()) table.head[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(table.head[0])));
}

/// What bold numbers and marks mean, as far as there are any.
std::string explanations(const Table& table, const std::string& tabular) {
  std::string text;
  if (tabular.find("\\textbf{") != std::string::npos) {
    const bool groups = std::ranges::any_of(table.rows, [&](auto& row) { return row.group != table.rows[0].group; });
    text += concat(" Bold: the best", groups ? " of rows with the same data and degradation" : "", ".");
  }
  const auto is_even = [](const Table::Row& row) { return std::ranges::any_of(row.cells, &Cell::even); };
  if (std::ranges::any_of(table.rows, is_even)) {
    text +=
        " $^{\\circ}$: not significantly different from the best (two-sided paired $t$-test over the seeds, "
        "$p \\ge 0.05$).";
  }
  if (std::ranges::any_of(table.rows, &Table::Row::leaked)) text += " $\\dagger$: learned from what it is scored on.";
  return text;
}

}  // namespace

std::string table_latex(const Table& table) {
  const auto lines = texts_of(table, kLatex);
  // Units below the names: a column of a paper is narrow.
  std::vector<std::string> names, units;
  for (const std::string& field : table.fields) names.push_back(kLatex.escape(field));
  names.push_back(kLatex.escape(table.head));
  units.resize(names.size());
  for (const Table::Column& column : table.columns) {
    Table::Column bare = column;
    bare.unit.clear();
    bare.better = Better::neither;
    names.push_back(heading(bare, kLatex));
    const bool says = column.unit.empty() || says_unit(column);
    std::string unit = says ? "" : concat("(", unit_text(column, kLatex), ")");
    if (column.better != Better::neither) {
      const std::string& arrow = column.better == Better::higher ? kLatex.up : kLatex.down;
      unit += unit.empty() ? arrow.substr(1) : arrow;  // without the space before it
    }
    units.push_back(unit);
  }
  std::string text = concat("\\begin{tabular}{@{}", std::string(table.fields.size() + 1, 'l'),
                            std::string(table.columns.size(), 'r'), "@{}}\n\\toprule\n", join(names, " & "), " \\\\\n");
  const bool any = std::ranges::any_of(units, [](const std::string& unit) { return !unit.empty(); });
  text += concat(any ? join(units, " & ") + " \\\\\n" : "", "\\midrule\n");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const bool next = i > 1 && table.rows[i - 1].group != table.rows[i - 2].group;
    text += concat(next ? "\\addlinespace\n" : "", join(lines[i], " & "), " \\\\\n");
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

std::string paper_table(Table table, const std::string& label) {
  shorten(table);
  use_titles(table);
  const std::string tabular = table_latex(table);
  return concat(
      "% In the preamble: \\usepackage{booktabs, graphicx}\n\\begin{table}\n\\centering\n\\caption{",
      escape_latex(table.caption), table.caption.empty() ? "" : ".", explanations(table, tabular),
      "}\n\\label{tab:", label, "}\n\\footnotesize\n\\setlength{\\tabcolsep}{4pt}%\n\\sbox0{%\n", tabular,
      "}%\n\\ifdim\\wd0>\\columnwidth \\resizebox{\\columnwidth}{!}{\\usebox0}\\else \\usebox0\\fi\n\\end{table}\n");
}

}  // namespace specfuse
