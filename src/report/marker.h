#pragma once

#include <string>

namespace specfuse {

/// Shapes there are. There is one less than colours, so that places that share a colour differ in shape.
constexpr int kMarkers = 7;

/// The marker of the series at this place, as SVG around a point: filled shapes, and crosses of lines, in the colours
/// around them. Below 0: a circle.
std::string marker_svg(int place, double x, double y);

}  // namespace specfuse
