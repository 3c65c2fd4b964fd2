#pragma once

#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// A curve through points that belong to the values of an image [rows, cols, depth]. Of an image with very many only
/// some are taken, spread evenly over rows, columns and depth, the same ones whatever the parts they come in.
class GroupedCurve {
 public:
  GroupedCurve(Index rows, Index cols, Index depth);

  /// A value that is taken: where it is in the image and in the part, row after row.
  struct Place {
    Index in_image, in_part;
  };
  std::vector<Place> taken_of(const Rectangle& part) const;

  struct Point {
    Index in_image;
    float x, y;
  };
  void add(const std::vector<Point>& points) { points_.insert(points_.end(), points.begin(), points.end()); }

  struct Groups {
    std::vector<double> x, y;
  };
  /// Points sorted by x, and by place where x is equal, in up to 20 groups of equal size: the mean x of each, and the y
  /// that this share of its points stay below.
  Groups groups(double share);

  /// Values that are enough for a curve: 100000 to a group.
  static constexpr Index kMostValues = Index{1} << 21;

 private:
  Index cols_, depth_, step_;
  std::vector<Point> points_;
};

}  // namespace specfuse
