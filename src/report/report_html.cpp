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
p { margin: .25rem 0 .75rem; max-width: 48rem; }
.faint, figcaption, caption { color: var(--faint); }
.scroll { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; }
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
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; margin: .5rem 0; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
@media print { @page { margin: 14mm; } body { max-width: none; padding: 0; font-size: 9pt; }
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

/// The first number of columns that leaves no picture alone in the last row.
std::size_t columns_for(std::size_t pictures, std::initializer_list<std::size_t> columns) {
  const auto fits = [pictures](std::size_t count) { return pictures % count != 1; };
  const auto* const found = std::find_if(columns.begin(), columns.end(), fits);
  return found == columns.end() ? *columns.begin() : *found;
}

std::string group_html(const FigureGroup& group) {
  std::string html = concat("<section class=\"figures\">\n<h2>", escape_html(group.title), "</h2>\n");
  if (!group.note.empty()) html += concat("<p class=\"faint\">", escape_html(group.note), "</p>\n");
  html += group.colour_bar.svg;
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
  return html + "</div>\n</section>\n";
}

std::string facts_html(const Facts& facts) {
  std::string html = concat("<section>\n<h2>", escape_html(facts.title), "</h2>\n<dl>\n");
  for (const auto& [name, value] : facts.lines) {
    html += concat("<dt>", escape_html(name), "</dt><dd>", escape_html(value), "</dd>\n");
  }
  return html + "</dl>\n</section>\n";
}

std::string links_html(const Links& links) {
  std::string html = concat("<section>\n<h2>", escape_html(links.title), "</h2>\n<ul class=\"links\">\n");
  for (const Links::Link& link : links.links) {
    const std::string text = escape_html(link.text);
    html +=
        "<li>" + (link.address.empty() ? text : concat("<a href=\"", escape_html(link.address), "\">", text, "</a>"));
    if (!link.note.empty()) html += concat(" <span class=\"faint\">", escape_html(link.note), "</span>");
    html += "</li>\n";
  }
  return html + "</ul>\n</section>\n";
}

}  // namespace

std::string report_html(const ReportContent& content) {
  const std::string title = escape_html(content.title);
  const bool viewed = !content.viewer.description.empty();
  std::string html = concat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      title, "</title>\n<style>\n", css_colours(), kStyle, viewed ? viewer_style() : "",
      "</style>\n</head>\n<body>\n<h1>", title, "</h1>\n");
  html += "<p class=\"faint\">";
  for (const std::string& line : content.summary) html += escape_html(line) + "<br>\n";
  html += "</p>\n";
  for (const Table& table : content.tables) html += table_html(table);
  for (const std::string& note : content.notes) html += concat("<p>", escape_html(note), "</p>\n");
  for (const FigureGroup& group : content.groups) html += group_html(group);
  for (const Links& links : content.links) html += links_html(links);
  for (const Facts& facts : content.facts) html += facts_html(facts);
  if (viewed) html += viewer_html(content.viewer);
  return html + "</body>\n</html>\n";
}

}  // namespace specfuse
