#pragma once

#include <vector>

#include "specfuse/imaging/cube.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// The weights of the coarse pixels of a part for places near them, by closeness and likeness.
class Neighbourhood {
 public:
  /// Where it is, in coarse pixels, its values, and whether the coarse pixel right there is left out.
  struct Place {
    double row, col;
    const float* values;
    bool left_out = false;
  };

  /// Of places with as many values as the coarse image has bands. `reach`: the standard deviation of closeness in
  /// coarse pixels. `likeness`: the distance of values that halves the weight. Keeps `places`.
  Neighbourhood(const Cube& coarse, const Rectangle& part, const std::vector<Place>& places, double reach,
                double likeness);

  /// exp(-distance^2 / (2 reach^2)) / (1 + unlike^2 / likeness^2) of the coarse pixels of the part for a place, divided
  /// by their sum. Likeness has a long tail (Cauchy's): what is like nothing learns from many, not from the one that is
  /// least unlike. Where all are so far off that nothing is left of closeness, the nearest has all of it.
  std::vector<float> weights(Index place) const;

 private:
  /// Squared distances along one axis from every place to every coarse pixel: few differ, as places lie on a grid.
  struct Distances {
    /// Each once, in order.
    std::vector<double> squares;
    /// Which of them, [places, coarse pixels along the axis].
    std::vector<Index> which;
  };
  static Distances distances(const std::vector<Place>& places, double Place::*from, Index first, Index extent);

  const std::vector<Place>& places_;
  Rectangle part_;
  double likeness_;
  /// [bands, pixels]
  Tensor coarse_;
  Distances rows_, cols_;
  /// Of every pair of distances, [rows_.squares, cols_.squares].
  std::vector<double> closeness_;
};

}  // namespace specfuse
