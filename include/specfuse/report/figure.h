#pragma once

#include <string>
#include <vector>

#include "specfuse/io/png.h"
#include "specfuse/results/table.h"

namespace specfuse {

/// A picture or a chart.
struct Figure {
  /// Stem of its file name under figures/.
  std::string name;
  std::string caption;
  /// Of a picture; empty for a chart.
  Picture image;
  /// Of a chart.
  std::string svg;
};

/// Figures that belong side by side.
struct FigureGroup {
  std::string title;
  /// What is shown and how, in a sentence or two.
  std::string note;
  /// Colour bar of all its pictures; without SVG text: none.
  Figure colour_bar;
  std::vector<Figure> figures;
  /// Numbers that stand above them.
  std::vector<Table> tables = {};
};

}  // namespace specfuse
