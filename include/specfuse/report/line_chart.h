#pragma once

#include <string>
#include <utility>
#include <vector>

namespace specfuse {

/// The colour of a series that is drawn in that of the text.
constexpr int kInk = -1;
/// And in that of faint text.
constexpr int kFaintInk = -2;

/// One line of a chart. NaN and infinity, and what is not positive on a logarithmic axis, leave a gap.
struct Series {
  std::string name;
  std::vector<double> x, y;
  bool dashed = false;
  /// Place in `kSeriesColours`, and in the shapes of markers; after the last, colours come again, with dashes and other
  /// shapes. Or `kInk` or `kFaintInk`.
  int colour = 0;
  /// Drawn as a bar up and down from each y; empty: none.
  std::vector<double> spread = {};
  /// Whether each point is marked, by the shape of its colour, for few points.
  bool dotted = false;
  /// Of several lines of one colour: the first, 0, is solid, the others are dashed, each in another way.
  int dash = 0;
  /// Half the width, in x, of a level stroke through each point that takes the place of lines from one to the next, for
  /// values that have no order; 0: lines.
  double stroke = 0;
};

struct Chart {
  std::string x_label, y_label;
  std::vector<Series> series;
  bool logarithmic = false;
  bool x_logarithmic = false;
  /// Where marks stand on the x axis, and what is written there, slanted where it would overlap; empty: round numbers.
  std::vector<std::pair<double, std::string>> x_ticks = {};
  /// Drawn behind the lines as faint areas that rise from the x axis, their names above. They share the x axis, on
  /// which nothing outside of the lines is shown, and all rise to one height.
  std::vector<Series> areas = {};
  /// What the legend shows; empty: each series.
  std::vector<Series> legend = {};
};

/// The chart as SVG text: round ticks, legend above the data with lines as they are drawn, colours of palette.h that
/// follow the page's light or dark scheme. Throws `Error` where x and y, or a spread, differ in length.
std::string line_chart(const Chart& chart);

/// Round numbers within [low, high], at most `count` + 1 of them: multiples of 1, 2 or 5 times a power of ten.
std::vector<double> round_ticks(double low, double high, int count);

/// Powers of ten within [low, high], thinned to a legible number; with their 2- and 5-folds where there are few.
std::vector<double> decade_ticks(double low, double high);

/// What stands at `round_ticks`: four digits, or as many as tell them apart.
std::vector<std::string> tick_texts(const std::vector<double>& ticks);

}  // namespace specfuse
