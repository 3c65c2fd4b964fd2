#include "specfuse/report/line_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "report/marker.h"
#include "specfuse/core/error.h"
#include "specfuse/report/palette.h"
#include "specfuse/report/text_format.h"

namespace specfuse {

namespace {

constexpr double kWidth = 640, kPlotHeight = 260, kLeft = 62, kRight = 14, kBelow = 46, kLine = 20;

/// Where numbers lie along one axis.
struct Axis {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool logarithmic = false;
  /// Positions of `low` and `high`.
  double from = 0, to = 1;

  bool shows(double value) const { return std::isfinite(value) && (!logarithmic || value > 0); }
  void take_in(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// Adds a margin of `part` of the span on both sides, or some span where all values are equal.
  void widen(double part) {
    const double room = logarithmic ? std::log10(high / low) * part : (high - low) * part;
    const double floor = low == high ? (logarithmic ? 0.3 : std::max(std::abs(low) * 0.1, 1e-6)) : room;
    low = logarithmic ? low * std::pow(10.0, -floor) : low - floor;
    high = logarithmic ? high * std::pow(10.0, floor) : high + floor;
  }
  double position(double value) const {
    const double part = logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
    return from + part * (to - from);
  }
  std::vector<double> ticks(int count) const {
    return logarithmic ? decade_ticks(low, high) : round_ticks(low, high, count);
  }
};

std::string at(double position) { return number_text(position, 1); }

std::string text(double x, double y, const char* anchor, const std::string& content) {
  return concat("<text x=\"", at(x), "\" y=\"", at(y), "\" text-anchor=\"", anchor, "\">", escape_html(content),
                "</text>");
}

std::string line(double x1, double y1, double x2, double y2) {
  return concat("<line x1=\"", at(x1), "\" y1=\"", at(y1), "\" x2=\"", at(x2), "\" y2=\"", at(y2), "\"/>");
}

SchemeColour colour_of(const Series& series) {
  if (series.colour == kInk) return kInkColour;
  if (series.colour == kFaintInk) return kFaintColour;
  return kSeriesColours[static_cast<std::size_t>(series.colour) % kSeriesColours.size()];
}

std::string style_of(const Series& series) {
  constexpr std::array<const char*, 6> kDashes{"", "7 2", "2 2", "9 3 2 3", "14 4", "5 2 1 2 1 2"};
  const std::size_t turn = series.colour < 0 ? 0 : static_cast<std::size_t>(series.colour) / kSeriesColours.size();
  const std::size_t dash = (turn + static_cast<std::size_t>(series.dash)) % kDashes.size();
  const std::string dashes = series.dashed ? "5 4" : kDashes[dash];
  const bool strong = series.colour == kInk && dashes.empty();
  return concat("style=\"stroke:", colour_of(series).css(), "\"",
                dashes.empty() ? "" : concat(" stroke-dasharray=\"", dashes, "\""),
                strong ? " stroke-width=\"2.4\"" : "");
}

/// The indices of the points to draw. A long series is divided into runs of neighbours, of which the least and the
/// greatest are drawn.
std::vector<std::size_t> shown_points(const Series& series) {
  constexpr std::size_t kRuns = 1000;
  std::vector<std::size_t> points;
  const std::size_t count = series.y.size(), run = std::max<std::size_t>(1, count / kRuns);
  for (std::size_t begin = 0; begin < count; begin += run) {
    const auto first = series.y.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = series.y.begin() + static_cast<std::ptrdiff_t>(std::min(begin + run, count));
    const auto [least, greatest] = std::minmax_element(first, last);
    const std::size_t a = static_cast<std::size_t>(least - series.y.begin());
    const std::size_t b = static_cast<std::size_t>(greatest - series.y.begin());
    points.push_back(std::min(a, b));
    if (a != b) points.push_back(std::max(a, b));
  }
  return points;
}

/// What is drawn at points: filled, and never dashed.
std::string filled(const Series& series, const std::string& content) {
  if (content.empty()) return {};
  return concat("<g stroke-dasharray=\"none\" stroke-width=\"1.4\" style=\"fill:", colour_of(series).css(), "\">",
                content, "</g>");
}

/// The markers of a series that has them, and the bars of its spread.
std::string marks_of(const Series& series, const Axis& x, const Axis& y) {
  constexpr double kCap = 4;
  std::string content;
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    if (!x.shows(series.x[i]) || !y.shows(series.y[i])) continue;
    const double across = x.position(series.x[i]);
    if (series.dotted) content += marker_svg(series.colour, across, y.position(series.y[i]));
    if (series.spread.empty() || !y.shows(series.y[i] - series.spread[i])) continue;
    const double low = y.position(series.y[i] - series.spread[i]), high = y.position(series.y[i] + series.spread[i]);
    content += line(across, low, across, high);
    for (const double end : {low, high}) content += line(across - kCap, end, across + kCap, end);
  }
  return filled(series, content);
}

/// One polyline per unbroken run of points; a point by itself is a dot, where it has no marker. The name is shown where
/// the pointer rests on a line, if the legend does not have it.
std::string path_of(const Series& series, const Axis& x, const Axis& y, bool named) {
  const std::string title = named ? concat("<title>", escape_html(series.name), "</title>") : "";
  std::string lines, run;
  int length = 0;
  double last_x = 0, last_y = 0;
  const auto end_run = [&] {
    if (length > 1) lines += concat("<polyline points=\"", run, "\"/>");
    if (length == 1 && !series.dotted) {
      lines += concat("<circle cx=\"", at(last_x), "\" cy=\"", at(last_y), "\" r=\"1.5\"/>");
    }
    run.clear();
    length = 0;
  };
  for (const std::size_t i : shown_points(series)) {
    if (series.stroke > 0 && x.shows(series.x[i]) && y.shows(series.y[i])) {
      const double height = y.position(series.y[i]);
      lines += line(x.position(series.x[i] - series.stroke), height, x.position(series.x[i] + series.stroke), height);
      continue;
    }
    if (!x.shows(series.x[i]) || !y.shows(series.y[i])) {
      end_run();
      continue;
    }
    last_x = x.position(series.x[i]);
    last_y = y.position(series.y[i]);
    run += concat(length == 0 ? "" : " ", at(last_x), ",", at(last_y));
    ++length;
  }
  end_run();
  return concat("<g ", style_of(series), ">", title, lines, marks_of(series, x, y), "</g>");
}

/// The approximate width of a text of the chart, whose font is not known.
double width_of(const std::string& text) {
  constexpr std::string_view narrow = "fijlrt1().,: ", wide = "mwMW";
  double width = 0;
  for (const char letter : text) {
    width += narrow.find(letter) != narrow.npos ? 4 : wide.find(letter) != wide.npos ? 11 : 7;
  }
  return width;
}

/// The areas behind the lines, each as high as a part of the chart, and the name at its highest point.
std::string areas_of(const Chart& chart, const Axis& x, const Axis& y) {
  constexpr double kPart = 0.4;
  std::string areas, names;
  double last_name = -kWidth;
  for (const Series& area : chart.areas) {
    double most = 0;
    std::size_t top = 0;
    for (std::size_t i = 0; i < area.y.size(); ++i) {
      if (!(area.x[i] >= x.low && area.x[i] <= x.high) || !(area.y[i] > most)) continue;
      most = area.y[top = i];
    }
    if (most == 0) continue;
    std::string points;
    double begin = x.high, end = x.low;
    for (std::size_t i = 0; i < area.y.size(); ++i) {
      if (!(area.x[i] >= x.low && area.x[i] <= x.high) || !std::isfinite(area.y[i])) continue;
      begin = std::min(begin, area.x[i]);
      end = std::max(end, area.x[i]);
      points += concat(at(x.position(area.x[i])), ",", at(y.from + kPart * (y.to - y.from) * area.y[i] / most), " ");
    }
    areas += concat("<polygon points=\"", at(x.position(begin)), ",", at(y.from), " ", points, at(x.position(end)), ",",
                    at(y.from), "\"/>");
    const double middle = x.position((begin + end) / 2), half = width_of(area.name) / 2;
    if (middle - half < last_name) continue;  // no room beside the last one
    names += text(middle, y.from + kPart * (y.to - y.from) - 5, "middle", area.name);
    last_name = middle + half + 6;
  }
  if (areas.empty()) return {};
  return concat("<g style=\"fill:", kGridColour.css(), "\" opacity=\"0.6\">", areas,
                "</g><g font-size=\"10\" style=\"fill:", kFaintColour.css(), "\">", names, "</g>");
}

/// The legend, line by line from the top; `height` is set to the height it takes.
std::string legend_of(const Chart& chart, double& height) {
  constexpr double kSwatch = 28, kGap = 18;
  std::string swatches, names;
  double x = kLeft, y = kLine / 2 + 2;
  for (const Series& series : chart.legend.empty() ? chart.series : chart.legend) {
    const double width = kSwatch + kGap + width_of(series.name);
    if (x > kLeft && x + width > kWidth) {
      x = kLeft;
      y += kLine;
    }
    const double end = x + kSwatch - 6;
    const std::string mark = series.dotted ? filled(series, marker_svg(series.colour, (x + end) / 2, y)) : "";
    swatches += concat("<g ", style_of(series), ">", line(x, y, end, y), mark, "</g>");
    names += text(x + kSwatch, y + 4, "start", series.name);
    x += width;
  }
  height = y + kLine;
  return concat("<g stroke-width=\"2\">", swatches, "</g>", names);
}

/// The marks on the x axis as they are to be shown.
struct Marks {
  std::vector<std::pair<double, std::string>> ticks;
  /// Whether the texts hang down at an angle, and how far.
  bool slanted = false;
  double depth = 0;
};

/// Texts that would touch each other are slanted, and where even these would, some are left out.
Marks marks_on(const Chart& chart, const Axis& x) {
  constexpr double kBetween = 8, kSlope = 0.71, kNearest = 15;
  Marks marks{chart.x_ticks};
  const std::vector<double> round = marks.ticks.empty() ? x.ticks(8) : std::vector<double>();
  const std::vector<std::string> texts = tick_texts(round);
  for (std::size_t i = 0; i < round.size(); ++i) marks.ticks.emplace_back(round[i], texts[i]);
  std::sort(marks.ticks.begin(), marks.ticks.end());
  double last_end = -kWidth, last = -kWidth;
  for (const auto& [value, name] : marks.ticks) {
    const double half = width_of(name) / 2, middle = x.position(value);
    marks.slanted = marks.slanted || middle - half < last_end + kBetween;
    last_end = middle + half;
  }
  if (!marks.slanted) return marks;
  std::erase_if(marks.ticks, [&](const auto& tick) {
    if (x.position(tick.first) < last + kNearest) return true;
    last = x.position(tick.first);
    return false;
  });
  for (const auto& tick : marks.ticks) marks.depth = std::max(marks.depth, kSlope * width_of(tick.second));
  return marks;
}

std::string axes_of(const Chart& chart, const Marks& marks, const Axis& x, const Axis& y) {
  std::string grid, labels;
  for (const auto& [value, name] : marks.ticks) {
    const double across = x.position(value);
    grid += line(across, y.from, across, y.from + 5);
    labels += marks.slanted ? concat("<g transform=\"rotate(-45 ", at(across + 4), " ", at(y.from + 14), ")\">",
                                     text(across + 4, y.from + 14, "end", name), "</g>")
                            : text(across, y.from + 19, "middle", name);
  }
  const std::vector<double> ticks = y.ticks(6);
  const std::vector<std::string> texts = tick_texts(ticks);
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    grid += line(x.from, y.position(ticks[i]), x.to, y.position(ticks[i]));
    labels += text(x.from - 7, y.position(ticks[i]) + 4, "end", texts[i]);
  }
  labels += text((x.from + x.to) / 2, y.from + 39 + marks.depth, "middle", chart.x_label);
  const double middle = (y.from + y.to) / 2;
  const std::string y_label = text(11, middle, "middle", chart.y_label);
  labels += concat("<g transform=\"rotate(-90 11 ", at(middle), ")\">", y_label, "</g>");
  return concat("<g style=\"stroke:", kGridColour.css(), "\">", grid, line(x.from, y.from, x.to, y.from), "</g>",
                labels);
}

}  // namespace

std::string line_chart(const Chart& chart) {
  double top = 0;
  const std::string legend = legend_of(chart, top);
  Axis x, y;
  x.logarithmic = chart.x_logarithmic;
  y.logarithmic = chart.logarithmic;
  for (const Series& series : chart.series) {
    SPECFUSE_CHECK(series.x.size() == series.y.size(), "line_chart: expected as many y as x in ", series.name, ", got ",
                   series.y.size(), " and ", series.x.size());
    SPECFUSE_CHECK(series.spread.empty() || series.spread.size() == series.y.size(),
                   "line_chart: expected as many spreads as y in ", series.name, ", got ", series.spread.size());
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      if (!x.shows(series.x[i]) || !y.shows(series.y[i])) continue;
      x.take_in(series.x[i]);
      for (const double spread : {-1.0, 1.0}) {
        const double end = series.spread.empty() ? series.y[i] : series.y[i] + spread * series.spread[i];
        if (y.shows(end)) y.take_in(end);
      }
      y.take_in(series.y[i]);
    }
  }
  for (const auto& [value, name] : chart.x_ticks) x.take_in(value);
  // Points by themselves stand clear of the axes.
  const bool points =
      std::all_of(chart.series.begin(), chart.series.end(), [](const Series& series) { return series.x.size() == 1; });
  x.widen(chart.x_ticks.empty() ? (points ? 0.04 : 0) : 0.5 / static_cast<double>(chart.x_ticks.size()));
  y.widen(0.04);
  x.from = kLeft;
  x.to = kWidth - kRight;
  y.from = top + kPlotHeight;
  y.to = top;
  const Marks marks = marks_on(chart, x);
  std::string lines;
  for (const Series& series : chart.series) lines += path_of(series, x, y, !chart.legend.empty());
  return concat("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 ", kWidth, " ",
                top + kPlotHeight + kBelow + marks.depth, "\" role=\"img\" aria-label=\"",
                escape_html(concat(chart.y_label, " against ", chart.x_label)),
                "\" font-family=\"system-ui,sans-serif\" font-size=\"12\">", areas_of(chart, x, y),
                "<g style=\"fill:", kInkColour.css(), "\">", legend, axes_of(chart, marks, x, y),
                "</g><g fill=\"none\" stroke-width=\"1.6\" stroke-linejoin=\"round\">", lines, "</g></svg>");
}

}  // namespace specfuse
