#include "specfuse/methods/shared/neighbourhood.h"

#include <algorithm>
#include <cmath>

namespace specfuse {

Neighbourhood::Neighbourhood(const Cube& coarse, const Rectangle& part, const std::vector<Place>& places, double reach,
                             double likeness)
    : places_(places), part_(part), likeness_(likeness),
      coarse_(Tensor::uninitialized({coarse.bands(), part.rows * part.cols})),
      rows_(distances(places, &Place::row, part.row, part.rows)),
      cols_(distances(places, &Place::col, part.col, part.cols)) {
  const Index bands = coarse_.dim(0), pixels = coarse_.dim(1);
  for (Index q = 0; q < pixels; ++q) {
    const float* const from = coarse.pixel(part.row + q / part.cols, part.col + q % part.cols);
    for (Index b = 0; b < bands; ++b) coarse_[b * pixels + q] = from[b];
  }
  for (const double down : rows_.squares) {
    for (const double along : cols_.squares) {
      closeness_.push_back(std::exp(-0.5 * (down + along) / (reach * reach)));
    }
  }
}

Neighbourhood::Distances Neighbourhood::distances(const std::vector<Place>& places, double Place::*from, Index first,
                                                  Index extent) {
  std::vector<double> all;
  for (const Place& place : places) {
    for (Index i = first; i < first + extent; ++i) {
      const double off = static_cast<double>(i) - place.*from;
      all.push_back(off * off);
    }
  }
  Distances result{all, {}};
  std::vector<double>& squares = result.squares;
  std::sort(squares.begin(), squares.end());
  squares.erase(std::unique(squares.begin(), squares.end()), squares.end());
  for (const double square : all) {
    result.which.push_back(std::lower_bound(squares.begin(), squares.end(), square) - squares.begin());
  }
  return result;
}

std::vector<float> Neighbourhood::weights(Index which) const {
  const Place& place = places_[static_cast<std::size_t>(which)];
  const Index bands = coarse_.dim(0), pixels = coarse_.dim(1);
  std::vector<float> shares(static_cast<std::size_t>(pixels));
  float* const share = shares.data();
  for (Index b = 0; b < bands; ++b) {
    const float own = place.values[b], *const other = coarse_.data() + b * pixels;
    for (Index q = 0; q < pixels; ++q) share[q] += (own - other[q]) * (own - other[q]);
  }
  const auto many = static_cast<Index>(cols_.squares.size());
  const Index* const row_of = rows_.which.data() + which * part_.rows;
  const Index* const col_of = cols_.which.data() + which * part_.cols;
  const double wide = likeness_ * likeness_;
  double total = 0;
  for (Index r = 0, q = 0; r < part_.rows; ++r) {
    const double* const close = closeness_.data() + row_of[r] * many;
    for (Index c = 0; c < part_.cols; ++c, ++q) {
      const bool itself = place.left_out && close[col_of[c]] == 1;
      const double like = 1 / (1 + share[q] / wide);
      total += share[q] = itself ? 0 : static_cast<float>(close[col_of[c]] * like);
    }
  }
  if (total == 0) {
    const auto nearest = [](const std::vector<double>& squares, const Index* of, Index extent) {
      const auto nearer = [&](Index i, Index j) {
        return squares[static_cast<std::size_t>(i)] < squares[static_cast<std::size_t>(j)];
      };
      return std::min_element(of, of + extent, nearer) - of;
    };
    const Index row = nearest(rows_.squares, row_of, part_.rows), col = nearest(cols_.squares, col_of, part_.cols);
    total = share[row * part_.cols + col] = 1;
  }
  for (float& value : shares) value = static_cast<float>(value / total);
  return shares;
}

}  // namespace specfuse
