#include "metrics/shared/grouped_curve.h"

#include <algorithm>

namespace specfuse {
namespace {

constexpr Index kGroups = 20;

bool is_prime(Index n) {
  for (Index i = 2; i * i <= n; ++i) {
    if (n % i == 0) return false;
  }
  return true;
}

/// The least step that leaves no more values than that. Prime and no divisor of either extent, it passes through all
/// columns and all of the depth.
Index even_step(Index rows, Index cols, Index depth) {
  Index step = (rows * cols * depth - 1) / GroupedCurve::kMostValues + 1;
  if (step <= 1) return 1;
  while (!is_prime(step) || cols % step == 0 || depth % step == 0) ++step;
  return step;
}

}  // namespace

GroupedCurve::GroupedCurve(Index rows, Index cols, Index depth)
    : cols_(cols), depth_(depth), step_(even_step(rows, cols, depth)) {
  points_.reserve(static_cast<std::size_t>((rows * cols * depth - 1) / step_ + 1));
}

std::vector<GroupedCurve::Place> GroupedCurve::taken_of(const Rectangle& part) const {
  std::vector<Place> places;
  const Index width = part.cols * depth_;
  for (Index row = 0; row < part.rows; ++row) {
    const Index begin = ((part.row + row) * cols_ + part.col) * depth_;
    for (Index i = (begin + step_ - 1) / step_ * step_; i < begin + width; i += step_) {
      places.push_back({i, row * width + i - begin});
    }
  }
  return places;
}

GroupedCurve::Groups GroupedCurve::groups(double share) {
  std::sort(points_.begin(), points_.end(),
            [](const Point& a, const Point& b) { return a.x < b.x || (a.x == b.x && a.in_image < b.in_image); });
  Groups result;
  const Index count = std::ssize(points_), groups = std::min(kGroups, count);
  for (Index group = 0; group < groups; ++group) {
    const auto begin = points_.begin() + group * count / groups, end = points_.begin() + (group + 1) * count / groups;
    double sum = 0;
    for (auto point = begin; point != end; ++point) sum += double{point->x};
    const auto at = begin + static_cast<std::ptrdiff_t>(share * static_cast<double>(end - begin));
    std::nth_element(begin, at, end, [](const Point& a, const Point& b) { return a.y < b.y; });
    result.x.push_back(sum / static_cast<double>(end - begin));
    result.y.push_back(at->y);
  }
  return result;
}

}  // namespace specfuse
