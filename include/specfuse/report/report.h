#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "specfuse/io/png.h"
#include "specfuse/report/report_table.h"

namespace specfuse {

/// A picture or a chart.
struct Figure {
  /// Stem of its file name under figures/.
  std::string name;
  std::string caption;
  /// Of a picture; empty for a chart.
  Image image;
  /// Of a chart.
  std::string svg;
};

/// Figures that belong side by side.
struct FigureGroup {
  std::string title;
  /// What is shown and how, in a sentence or two.
  std::string note;
  /// Colour bar of all its pictures, as SVG text; empty: none.
  std::string colour_bar;
  std::vector<Figure> figures;
};

/// Names and values under one heading.
struct Facts {
  std::string title;
  std::vector<std::pair<std::string, std::string>> lines;
};

/// Everything on the page, in the order of the page.
struct Report {
  std::string title;
  /// One line under the title.
  std::string summary;
  std::vector<Table> tables;
  std::vector<std::string> notes;
  std::vector<FigureGroup> groups;
  std::vector<Facts> facts;
};

/// One self-contained HTML page: pictures inside, no scripts, nothing from the network; for screens of any width,
/// light and dark, and for print. All text is escaped; the SVG texts are taken as they are.
std::string report_html(const Report& report);

}  // namespace specfuse
