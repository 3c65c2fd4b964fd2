#include "report/marker.h"

#include <array>
#include <utility>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

constexpr double kRadius = 3.2;

using Corners = std::vector<std::pair<double, double>>;

/// A closed shape around a point; its corners in parts of a circle's radius, so that all shapes look equally large.
std::string polygon(double x, double y, const Corners& corners) {
  std::string points;
  for (const auto& [right, down] : corners) {
    points +=
        concat(points.empty() ? "" : " ", number_text(x + kRadius * right, 1), ",", number_text(y + kRadius * down, 1));
  }
  return concat("<polygon points=\"", points, "\"/>");
}

/// Two strokes through a point, whose ends lie so far from it.
std::string cross(double x, double y, double right, double down) {
  const auto at = [](double position) { return number_text(position, 1); };
  const auto stroke = [&](double a, double b) {
    return concat("M", at(x - kRadius * a), ",", at(y - kRadius * b), " L", at(x + kRadius * a), ",",
                  at(y + kRadius * b));
  };
  const std::string second = right == down ? stroke(right, -down) : stroke(down, right);
  return concat("<path d=\"", stroke(right, down), " ", second, "\" stroke-width=\"2\"/>");
}

}  // namespace

std::string marker_svg(int place, double x, double y) {
  const Corners square{{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}};
  const Corners up{{0, -1.35}, {1.2, 0.8}, {-1.2, 0.8}}, down{{0, 1.35}, {1.2, -0.8}, {-1.2, -0.8}};
  const Corners diamond{{0, -1.35}, {1.35, 0}, {0, 1.35}, {-1.35, 0}};
  switch (place < 0 ? 0 : place % kMarkers) {
    case 1:
      return polygon(x, y, square);
    case 2:
      return polygon(x, y, up);
    case 3:
      return polygon(x, y, diamond);
    case 4:
      return polygon(x, y, down);
    case 5:
      return cross(x, y, 1, 1);
    case 6:
      return cross(x, y, 1.35, 0);
    default:
      return concat("<circle cx=\"", number_text(x, 1), "\" cy=\"", number_text(y, 1), "\" r=\"",
                    number_text(kRadius, 1), "\"/>");
  }
}

}  // namespace specfuse
