#include "specfuse/report/report_html.h"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/table_text.h"
#include "specfuse/report/text_format.h"

namespace specfuse {

namespace {

const char* const kStyle = R"(* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; color: var(--strong); overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.2rem; color: var(--strong); }
p { margin: .25rem 0 .75rem; max-width: 48rem; overflow-wrap: anywhere; }
.faint, figcaption, caption { color: var(--faint); }
.trust { margin: 1.25rem 0; padding: .8rem 1.1rem; max-width: 50rem; border-left: 4px solid var(--series-0);
  font-size: 1.08rem; color: var(--strong); }
.trust p { margin: .2rem 0; }
.warning { padding-left: 1.1rem; border-left: 4px solid var(--series-1); }
nav { margin: 1rem 0; font-size: .87rem; line-height: 1.7; }
nav a { display: inline-block; margin-right: .9rem; text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { scroll-margin-top: 1rem; }
@media screen and (min-width: 72rem) {
  body { display: grid; grid-template-columns: 11rem minmax(0, 1fr); column-gap: 2.5rem; max-width: 88rem; }
  body > * { grid-column: 2; min-width: 0; }
  nav { grid-column: 1; grid-row: 1 / span 2; position: sticky; top: 2rem; align-self: start; max-height: calc(100vh - 4rem); margin: .4rem 0; overflow-y: auto; }
  nav a { display: block; margin: 0; } }
.scroll { overflow-x: auto; margin: 1.25rem 0; background:
  linear-gradient(to left, var(--page) 50%, transparent) right / 3rem 100% no-repeat local,
  linear-gradient(to left, var(--grid), transparent) right top / 1rem calc(100% - 2px) no-repeat; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(48rem, calc(100vw - 3rem)); }
table { font-size: .93rem; }
th, td { padding: .3rem .55rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
th:first-child { text-align: left; padding-left: 0; position: sticky; left: 0; background: var(--page); }
thead th { vertical-align: bottom; white-space: normal; font-weight: 600; color: var(--strong);
  border-bottom: 2px solid var(--grid); }
tbody th { font-weight: 400; }
.text { text-align: left; }
.next > * { border-top: 2px solid var(--grid); }
td b { color: var(--strong); }
td small { display: block; color: var(--faint); font-size: .82em; line-height: 1.1; }
.decided { max-width: 62rem; }
.decided th, .decided td { text-align: left; vertical-align: top; white-space: normal; overflow-wrap: anywhere; }
.decided th, .decided td:last-child { color: var(--faint); }
.decided th { min-width: 7rem; }
.decided td { color: var(--strong); width: 40%; }
@media (max-width: 36rem) { .decided tr, .decided th, .decided td { display: block; width: auto; padding: 0; border: 0; }
  .decided tr { padding: .4rem 0; border-bottom: 1px solid var(--grid); } }
summary { cursor: pointer; }
summary h2 { display: inline-block; margin: 1.2rem 0 .3rem; }
.pictures { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 1.25rem; }
@media screen and (max-width: 60rem) { .pictures { grid-template-columns: repeat(var(--few-columns), minmax(0, 1fr)); } }
@media screen and (max-width: 36rem) { .pictures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .8rem; } }
figure { margin: 0; break-inside: avoid; }
figure img { display: block; width: 100%; image-rendering: pixelated; }
figcaption { margin-top: .35rem; font-size: .87rem; overflow-wrap: anywhere; }
.bar { display: block; max-width: 100%; margin: .25rem 0 .9rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.25rem; }
.chart { display: block; width: 100%; max-width: 54rem; }
.charts > :only-child { max-width: 42rem; }
.overview { display: block; max-width: 100%; height: auto; }
.links { margin: .5rem 0; padding-left: 1.2rem; columns: 22rem; column-gap: 2rem; overflow-wrap: anywhere; }
.links li { break-inside: avoid; }
a { color: var(--series-0); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.5rem; margin: .5rem 0; }
dt { color: var(--faint); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 48rem) { dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: .5rem; } }
@media print { @page { margin: 14mm; } body { max-width: none; padding: 0; font-size: 9pt; }
  nav { display: none; }
  h2, h2 + p, .bar { break-after: avoid; } tr, .chart, .overview { break-inside: avoid; }
  .scroll { overflow: visible; } th:first-child { position: static; }
  table { font-size: 7pt; } th, td { padding: .12rem .3rem; }
  .pictures { gap: .6rem; } figcaption { font-size: 7.5pt; }
  .charts { grid-template-columns: repeat(2, 1fr); }
  .charts > :only-child { grid-column: 1 / -1; max-width: 14cm; } .overview { max-width: 11cm; }
  .figures { break-inside: avoid; }
  dl { display: block; columns: 2; font-size: 7.5pt; } dt { float: left; margin-right: .6em; }
  dt::after { content: ":"; } }
)";

/// A picture with no more pixels than a page shows of it: those of a scene of 512 x 512 pixels would be 17 MB. Beside
/// the page it has all of them.
Picture thumbnail(const Picture& image) {
  constexpr Index kMost = 256;
  const Index longer = std::max(image.rows, image.cols);
  if (longer <= kMost) return image;
  Picture result(std::max(Index{1}, image.rows * kMost / longer), std::max(Index{1}, image.cols * kMost / longer));
  for (Index row = 0; row < result.rows; ++row) {
    for (Index col = 0; col < result.cols; ++col) {
      std::copy_n(image.pixel(row * image.rows / result.rows, col * image.cols / result.cols), 3,
                  result.pixel(row, col));
    }
  }
  return result;
}

std::string figure_html(const Figure& figure) {
  std::string html = "<figure>";
  if (figure.image.rows > 0) {
    html += concat("<img alt=\"", escape_html(figure.caption), "\" data-name=\"", escape_html(figure.name),
                   "\" src=\"data:image/png;base64,", base64(encode_png(thumbnail(figure.image))), "\">");
  }
  html += figure.svg;
  if (!figure.caption.empty()) html += concat("<figcaption>", escape_html(figure.caption), "</figcaption>");
  return html + "</figure>\n";
}

/// All in one row where they fit, else the first number of columns that leaves no picture alone in the last row.
std::size_t columns_for(std::size_t pictures, std::initializer_list<std::size_t> columns) {
  const std::size_t most = *columns.begin();
  if (pictures <= most) return std::max<std::size_t>(pictures, 3);
  const auto fits = [pictures](std::size_t count) { return pictures % count != 1; };
  const auto* const found = std::find_if(columns.begin(), columns.end(), fits);
  return found == columns.end() ? *columns.begin() : *found;
}

/// A page with contents: its sections in turn, and links to them.
class Page {
 public:
  void add(const std::string& title, const std::string& html, const char* kind = "") {
    open(title, kind);
    body_ += concat("<h2>", escape_html(title), "</h2>\n", html, "</section>\n");
  }
  void add_folded(const std::string& title, const std::string& html) {
    open(title, "");
    body_ += concat("<details><summary><h2>", escape_html(title), "</h2></summary>\n", html, "</details></section>\n");
  }
  std::string contents() const {
    return count_ < 2 ? "" : concat("<nav aria-label=\"Contents\">\n", links_, "</nav>\n");
  }
  const std::string& body() const { return body_; }

 private:
  void open(const std::string& title, const char* kind) {
    const std::string id = concat("part-", ++count_);
    links_ += concat("<a href=\"#", id, "\">", escape_html(title), "</a>\n");
    body_ += concat("<section id=\"", id, "\"", *kind == '\0' ? "" : concat(" class=\"", kind, "\""), ">\n");
  }
  int count_ = 0;
  std::string links_, body_;
};

std::string paragraphs(const std::vector<std::string>& texts, const std::string& begin = "<p>") {
  std::string html;
  for (const std::string& text : texts) html += concat(begin, escape_html(text), "</p>\n");
  return html;
}

std::string tables_html(const std::vector<Table>& tables) {
  std::string html;
  for (const Table& table : tables) html += table_html(table);
  return html;
}

std::string group_html(const FigureGroup& group) {
  std::string html;
  if (!group.note.empty()) html += concat("<p class=\"faint\">", escape_html(group.note), "</p>\n");
  html += tables_html(group.tables) + group.colour_bar.svg;
  const bool pictures = !group.figures.empty() && group.figures.front().image.rows > 0;
  const std::size_t count = group.figures.size();
  html += pictures ? concat("<div class=\"pictures\" style=\"--columns:", columns_for(count, {5, 4, 6, 3}),
                            ";--few-columns:", columns_for(count, {3, 4, 2}), "\">\n")
                   : "<div class=\"charts\">\n";
  std::vector<std::string> figures(count);
  parallel_for(static_cast<Index>(figures.size()), [&](Index i) {
    figures[static_cast<std::size_t>(i)] = figure_html(group.figures[static_cast<std::size_t>(i)]);
  });
  for (const std::string& figure : figures) html += figure;
  return html + "</div>\n";
}

std::string facts_html(const Facts& facts) {
  std::string html = "<dl>\n";
  for (const auto& [name, value] : facts.lines) {
    html += concat("<dt>", escape_html(name), "</dt><dd>", escape_html(value), "</dd>\n");
  }
  return html + "</dl>\n";
}

std::string decisions_html(const std::vector<Decision>& decisions) {
  std::string html = "<table class=\"decided\"><tbody>\n";
  for (const auto& [what, decided, why] : decisions) {
    html += concat("<tr><th scope=\"row\">", escape_html(what), "</th><td>", escape_html(decided), "</td><td>",
                   escape_html(why), "</td></tr>\n");
  }
  return html + "</tbody></table>\n";
}

std::string links_html(const Links& links) {
  std::string html = "<ul class=\"links\">\n";
  for (const Links::Link& link : links.links) {
    const std::string text = escape_html(link.text);
    html +=
        "<li>" + (link.address.empty() ? text : concat("<a href=\"", escape_html(link.address), "\">", text, "</a>"));
    if (!link.note.empty()) html += concat(" <span class=\"faint\">", escape_html(link.note), "</span>");
    html += "</li>\n";
  }
  return html + "</ul>\n";
}

/// What the page says before its sections.
std::string head_html(const ReportContent& content) {
  std::string html = concat("<h1>", escape_html(content.title), "</h1>\n<p class=\"faint\">");
  for (const std::string& line : content.summary) html += escape_html(line) + "<br>\n";
  html += "</p>\n";
  if (!content.trust.empty()) html += concat("<div class=\"trust\">", paragraphs(content.trust), "</div>\n");
  for (const std::string& warning : content.warnings)
    html += concat("<p class=\"warning\">Warning: ", escape_html(warning), warning.ends_with('?') ? "" : ".", "</p>\n");
  return html;
}

}  // namespace

std::string report_html(const ReportContent& content) {
  Page page;
  const auto add_groups = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      page.add(content.groups[i].title, group_html(content.groups[i]), "figures");
  };
  add_groups(0, content.leading);
  const std::string notes = paragraphs(content.notes);
  if (!content.tables.empty() || !notes.empty()) page.add("Scores", tables_html(content.tables) + notes);
  if (!content.decisions.empty()) page.add("Decided and found", decisions_html(content.decisions));
  add_groups(content.leading, content.groups.size());
  if (!content.more_tables.empty()) page.add_folded("More tables", tables_html(content.more_tables));
  for (const Links& links : content.links) page.add(links.title, links_html(links));
  for (const Facts& facts : content.facts) page.add_folded(facts.title, facts_html(facts));
  const bool viewed = !content.viewer.description.empty();
  return concat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      escape_html(content.title), "</title>\n<style>\n", css_colours(), kStyle, viewed ? viewer_style() : "",
      "</style>\n</head>\n<body>\n<header>\n", head_html(content), "</header>\n", page.contents(), "<main>\n",
      page.body(), "</main>\n", viewed ? viewer_html(content.viewer) : "", "</body>\n</html>\n");
}

}  // namespace specfuse
