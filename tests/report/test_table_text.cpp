#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "specfuse/core/error.h"
#include "specfuse/report/paper_table.h"
#include "specfuse/report/table_text.h"
#include "specfuse/report/text_format.h"
#include "support/text.h"

using namespace specfuse;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Table small_table() {
  return {"",
          {{"psnr_db", "dB", Better::higher}, {"ergas", "", Better::lower}, {"fit_seconds", "s", Better::neither}},
          {{"a_b", {{24.018}, {5.97}, {0}}}, {"c", {{43.81, 0.126}, {1.2849}, {120.25}}}}};
}

/// The cell of one column and row as markdown shows it.
std::string shown_column(const std::vector<double>& values, Better better = Better::neither) {
  Table table{"", {{"x", "", better}}, {}};
  for (const double value : values) table.rows.push_back({"", {{value}}});
  const std::string text = table_markdown(table);
  return text.substr(text.find("---:|") + 6);
}

}  // namespace

TEST_CASE("table: markdown has units, directions, spreads and the best in bold") {
  CHECK(table_markdown(small_table()) ==
        "| method | psnr_db ↑ | ergas ↓ | fit_seconds (s) |\n"
        "|---|---:|---:|---:|\n"
        "| a_b | 24.02 | 5.970 | 0.0 |\n"
        "| c | **43.81** ± 0.13 | **1.285** | 120.2 |\n");
}

TEST_CASE("table: latex is a booktabs tabular with units below the names and everything special escaped") {
  Table table = small_table();
  table.rows[0].label = "a_b & 50% of {x}\\^~$#";
  table.rows[0].cells[0].value = kInfinity;
  table.rows[1].cells[0].even = true;
  table.rows[1].group = 1;
  CHECK(table_latex(table) ==
        "\\begin{tabular}{@{}lrrr@{}}\n\\toprule\n"
        "method & psnr\\_db & ergas & fit\\_seconds \\\\\n"
        " & $\\uparrow$ & $\\downarrow$ & (s) \\\\\n\\midrule\n"
        "a\\_b \\& 50\\% of \\{x\\}\\textbackslash{}\\textasciicircum{}\\textasciitilde{}\\$\\# & "
        "$\\infty$ & 5.970 & 0.0 \\\\\n\\addlinespace\n"
        "c & 43.81$^{\\circ}${\\scriptsize\\,$\\pm$\\,0.13} & 1.285 & 120.2 \\\\\n"
        "\\bottomrule\n\\end{tabular}\n");
}

TEST_CASE("table: letters that pdfLaTeX lacks are numbers there, and Latin-1 is read as such") {
  CHECK(escape_latex("Grün 30° ±2 λ ß") == "Grün 30$^\\circ$ $\\pm$2 $\\lambda$ \\ss{}");
  CHECK(escape_latex("a<b>|c\"") == "a\\textless{}b\\textgreater{}\\textbar{}c''");
  CHECK(escape_latex("x\x07y") == "x y");
  CHECK(escape_latex("中") == "\\ifdefined\\Umathcode 中\\else U+4E2D\\fi{}");
  CHECK(escape_latex("ð😀") ==
        "\\ifdefined\\Umathcode ð\\else U+00F0\\fi{}\\ifdefined\\Umathcode 😀\\else U+1F600\\fi{}");
  CHECK(escape_latex("gr\xfcn") == "grün");
}

TEST_CASE("paper table: a float of one column, methods by their titles, what marks mean in the caption") {
  Table table = small_table();
  table.caption = "Scores of 50 %";
  table.rows[0].label = "gsa";
  const std::string text = paper_table(table, "mine");
  CHECK(
      contains(text, "\\begin{table}\n\\centering\n\\caption{Scores of 50 \\%. Bold: the best.}\n\\label{tab:mine}\n"));
  CHECK(contains(text, "Method & "));
  CHECK(contains(text, "\nGSA & 24.02 & "));
  CHECK(contains(text, "\\usebox0\\fi\n\\end{table}\n"));
  table.rows[1].cells[0].even = table.rows[1].leaked = true;
  table.rows[1].group = 1;
  for (Table::Column& column : table.columns) column.marks_best = false;
  CHECK(contains(paper_table(table, "mine"),
                 "\\caption{Scores of 50 \\%. $^{\\circ}$: not significantly different from the best"));
  CHECK(contains(paper_table(table, "mine"), "$\\dagger$: learned from what it is scored on.}"));
}

TEST_CASE("table: csv keeps every digit, quotes what needs it and leaves out what is not known") {
  Table table = small_table();
  table.rows[0].label = "say \"a,b\"";
  table.rows[0].cells[1].value = std::nan("");
  table.rows[1].cells[1].value = 0.1;
  CHECK(table_csv(table) ==
        "method,psnr_db,psnr_db_std,ergas,fit_seconds\n"
        "\"say \"\"a,b\"\"\",24.018,,,0\n"
        "c,43.81,0.126,0.1,120.25\n");
}

TEST_CASE("table: html escapes names and labels") {
  Table table = small_table();
  table.caption = "<script>alert('1')</script>";
  table.columns[0].name = "a<b";
  table.rows[0].label = "\"x\" & y";
  const std::string html = table_html(table);
  CHECK(contains(html, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
  CHECK(contains(html, "a&lt;b (dB)&nbsp;↑"));
  CHECK(contains(html, "&quot;x&quot; &amp; y"));
  CHECK(contains(html, "<td><b>43.81</b> <small>± 0.13</small></td>"));
  CHECK_FALSE(contains(html, "<script"));
}

TEST_CASE("table: markdown escapes what would end a cell or start a format") {
  const Table table{"", {{"x", "", Better::neither}}, {{"a|b*c`d<e[f\\g\nh", {{1}}}}};
  CHECK(contains(table_markdown(table), "| a\\|b\\*c\\`d\\<e\\[f\\\\g h | 1 |"));
}

TEST_CASE("table: numbers have four digits, no trailing zeros, and never vanish") {
  CHECK(shown_column({24.0183}) == "|  | 24.02 |\n");
  CHECK(shown_column({0.98765}) == "|  | 0.9877 |\n");
  CHECK(shown_column({248.75, 3}) == "|  | 248.8 |\n|  | 3.0 |\n");
  CHECK(shown_column({12345.6}) == "|  | 12346 |\n");
  CHECK(shown_column({0.5, 0.25}) == "|  | 0.50 |\n|  | 0.25 |\n");
  CHECK(shown_column({100, 1.2e-7}) == "|  | 100 |\n|  | 1.2e-07 |\n");
  CHECK(shown_column({-3.5}) == "|  | -3.5 |\n");
  CHECK(shown_column({std::nan(""), -kInfinity}) == "|  | – |\n|  | -∞ |\n");
  CHECK(shown_column({0}) == "|  | 0 |\n");
}

TEST_CASE("table: a row of quite another size costs the others no digits") {
  CHECK(shown_column({1.1834, 1.2849, 912345.6, 1.31}) == "|  | 1.183 |\n|  | 1.285 |\n|  | 912346 |\n|  | 1.310 |\n");
  CHECK(shown_column({44.3312, 43.8, -57.6}) == "|  | 44.33 |\n|  | 43.80 |\n|  | -57.60 |\n");
  CHECK(shown_column({44.3312, 43.8, 0.01234}) == "|  | 44.33 |\n|  | 43.80 |\n|  | 0.01234 |\n");
  const Table spread{
      "", {{"x", "", Better::neither}}, {{"a", {{1.1834, 0.0123}}}, {"b", {{91234.5, 612.3}}}, {"c", {{1.2}}}}};
  CHECK(contains(table_markdown(spread), "| a | 1.183 ± 0.012 |\n| b | 91234 ± 612 |\n"));
}

TEST_CASE("table: a time shorter than a millisecond is zero") {
  const Table table{"", {{"fit", "s", Better::neither}}, {{"a", {{55.59}}}, {"b", {{0.0001}}}}};
  CHECK(contains(table_markdown(table), "| b | 0.000 |"));
}

TEST_CASE(
    "table: the best is by direction and all its digits, equal ones share it, and nothing is best alone or of "
    "nothing") {
  CHECK(shown_column({1, 3, 2}, Better::higher) == "|  | 1 |\n|  | **3** |\n|  | 2 |\n");
  CHECK(shown_column({1, 3, 2}, Better::lower) == "|  | **1** |\n|  | 3 |\n|  | 2 |\n");
  CHECK(shown_column({24.0181, 24.0179, 1}, Better::higher) == "|  | **24.02** |\n|  | 24.02 |\n|  | 1.00 |\n");
  CHECK(shown_column({24.5, 24.5, 1}, Better::higher) == "|  | **24.5** |\n|  | **24.5** |\n|  | 1.0 |\n");
  CHECK(shown_column({std::nan(""), 2, kInfinity}, Better::higher) == "|  | – |\n|  | 2 |\n|  | **∞** |\n");
  CHECK(shown_column({2}, Better::higher) == "|  | 2 |\n");
  CHECK(shown_column({std::nan(""), std::nan("")}, Better::higher) == "|  | – |\n|  | – |\n");
  CHECK(shown_column({1, 2}) == "|  | 1 |\n|  | 2 |\n");
}

TEST_CASE("table: a row with another number of cells is an error") {
  Table table = small_table();
  table.rows[1].cells.pop_back();
  CHECK_THROWS_WITH_AS(table_markdown(table), "table: expected 3 cells in row c, got 2", Error);
  CHECK_THROWS_AS(table_csv(table), Error);
}

TEST_CASE("table: the text for the terminal is aligned, with - for nothing") {
  Table table;
  table.columns = {{"psnr", "dB", Better::higher}, {"cc", "", Better::higher}};
  table.rows = {{"a", {{12.345678}, {}}}, {"longer", {{1, 0.25}, {0.5}}}};
  CHECK(table_text(table) ==
        "method    psnr (dB) ↑  cc ↑\n"
        "a              12.35*     -\n"
        "longer  1.00  +- 0.25   0.5\n");
}

TEST_CASE("table: on the terminal long headings are broken where the table is wider than a hundred characters") {
  Table table;
  for (int i = 0; i < 6; ++i) table.columns.push_back({"reduced_psnr_db", "dB", Better::higher});
  table.columns.push_back({"peak memory", "MiB"});
  table.rows = {{"a", std::vector<Cell>(7, {12.5})}, {"b", std::vector<Cell>(7, {1})}};
  CHECK(table_text(table) ==
        "                                                                            peak\n"
        "         reduced_   reduced_   reduced_   reduced_   reduced_   reduced_  memory\n"
        "method  psnr_db ↑  psnr_db ↑  psnr_db ↑  psnr_db ↑  psnr_db ↑  psnr_db ↑   (MiB)\n"
        "a           12.5*      12.5*      12.5*      12.5*      12.5*      12.5*    12.5\n"
        "b            1.0        1.0        1.0        1.0        1.0        1.0      1.0\n");
  table.columns.resize(3);
  for (Table::Row& row : table.rows) row.cells.resize(3);
  CHECK(contains(table_text(table), "method  reduced_psnr_db ↑  reduced_psnr_db ↑"));
}

TEST_CASE("table: fields stand in front of the methods, escaped, in every language") {
  Table table = small_table();
  table.fields = {"a_field", "other"};
  table.rows[0].fields = {"x,y", "1|2"};
  table.rows[1].fields = {"", "<3"};
  CHECK(contains(table_csv(table), "a_field,other,method,psnr_db,"));
  CHECK(contains(table_csv(table), "\n\"x,y\",1|2,a_b,24.018,"));
  CHECK(contains(table_markdown(table), "|---|---|---|---:|---:|---:|\n| x,y | 1\\|2 | a_b |"));
  CHECK(contains(table_latex(table), "\\begin{tabular}{@{}lllrrr@{}}\n\\toprule\na\\_field & other & method &"));
  CHECK(contains(table_html(table), "<td class=\"text\">&lt;3</td><td class=\"text\">c</td>"));
  CHECK(contains(table_text(table), "\n     "));
  table.rows[1].fields.pop_back();
  CHECK_THROWS_WITH_AS(table_csv(table), "table: expected 2 fields in row c, got 1", Error);
}

TEST_CASE("table: probabilities have three decimals, and those below the least are said to be so") {
  Table table{"", {{"p", "", Better::neither, "", 0.001}}, {{"a", {{0.00099}}}, {"b", {{0.0010001}}}, {"c", {{0.25}}}}};
  CHECK(table_markdown(table).find("| a | \\< 0.001 |\n| b | 0.001 |\n| c | 0.250 |") != std::string::npos);
  CHECK(table_html(table).find("<td>&lt; 0.001</td>") != std::string::npos);
  CHECK(table_latex(table).find("a & \\textless{} 0.001") != std::string::npos);
  CHECK(table_csv(table).find("a,0.00099\n") != std::string::npos);
}

TEST_CASE("table: nothing is marked where the table says so") {
  Table table = small_table();
  for (Table::Column& column : table.columns) column.marks_best = false;
  CHECK_FALSE(contains(table_markdown(table), "**"));
  CHECK_FALSE(contains(table_text(table), "*"));
  CHECK_FALSE(contains(table_latex(table), "textbf"));
  CHECK(contains(table_markdown(table), "psnr_db ↑"));
}

TEST_CASE("table: where all are the same, none is best") {
  const Table table{"", {{"x", "", Better::lower}}, {{"a", {{0.0}}}, {"b", {{0.0}}}}};
  CHECK(table_html(table).find("<b>") == std::string::npos);
}

TEST_CASE("table: the best is the best of its group, and groups are told apart on the page") {
  Table table{"", {{"x", "", Better::higher}}, {}};
  table.fields = {"ratio"};
  for (const double value : {1.0, 2.0, 30.0, 20.0, 7.0}) table.rows.push_back({"m", {{value}}, {"4"}});
  table.rows[2].group = table.rows[3].group = 1;
  table.rows[4].group = 2;  // alone, so better than nothing
  const std::string text = table_markdown(table);
  CHECK(count(text, "**") == 4);
  CHECK(contains(text, "**2**"));
  CHECK(contains(text, "**30**"));
  CHECK(contains(table_text(table), "2*"));
  const std::string html = table_html(table);
  CHECK(count(html, "<tr class=\"next\">") == 2);
  CHECK(html.find("<tr class=\"next\">") > html.find("<b>2</b>"));
  CHECK(count(html, "<td class=\"text\">m</td>") == 5);
  CHECK(contains(html, "<th scope=\"col\" class=\"text\">method</th>"));
}

TEST_CASE("table: what learned from what it is scored on has a dagger in every language, and its name alone in CSV") {
  Table table{"", {{"psnr_db"}}, {{"honest", {{1}}}, {"knows_all", {{2}}}}};
  for (const auto written : {table_text, table_markdown, table_html, table_latex}) {
    CHECK_FALSE(contains(written(table), "learned from"));
  }
  table.rows[1].leaked = true;
  CHECK(contains(table_text(table), "knows_all †"));
  CHECK(table_text(table).ends_with("\n† learned from what it is scored on\n"));
  CHECK(contains(table_markdown(table), "| knows_all † |"));
  CHECK(table_markdown(table).ends_with(" |\n\n† learned from what it is scored on\n"));
  CHECK(contains(table_html(table), ">knows_all †</th>"));
  CHECK(contains(table_html(table), "</table><p>† learned from what it is scored on</p>"));
  CHECK(contains(table_latex(table), "\nknows\\_all $\\dagger$ & "));
  CHECK(contains(table_csv(table), "\nknows_all,2"));
  for (const auto written : {table_text, table_markdown, table_html, table_latex}) {
    CHECK_FALSE(contains(written(table), "honest †"));
  }
}

TEST_CASE("table: a title is what people are shown, degrees have their sign, and infinity has its own") {
  Table table{"", {{"SAM", "deg", Better::lower}, {"PSNR", "dB"}}, {{"gsa_2", {{1.5}, {kInfinity}}}}};
  table.rows[0].title = "GSA & α";
  CHECK(table_text(table) == "method   SAM (°) ↓  PSNR (dB)\nGSA & α        1.5        inf\n");
  CHECK(contains(table_markdown(table), "| GSA & α | 1.5 | ∞ |"));
  CHECK(contains(table_html(table), ">SAM (°)&nbsp;↓</th>"));
  CHECK(contains(table_html(table), "<td>∞</td>"));
  CHECK(contains(table_latex(table), " & ($^\\circ$)~$\\downarrow$ & (dB) "));
  CHECK(contains(paper_table(table, "x"), "\nGSA \\& $\\alpha$ & 1.5 & $\\infty$ "));
  CHECK(table_csv(table) == "method,SAM,PSNR\ngsa_2,1.5,inf\n");
}
