#pragma once

#include <doctest/doctest.h>

#include <array>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// The test image of golden.py.
inline Cube golden_image(Index rows, Index cols, Index bands, Index salt = 0) {
  Cube cube(rows, cols, bands);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) {
      for (Index b = 0; b < bands; ++b) {
        const Index value = (7 * r * r + 13 * c + 29 * b + 3 * r * c + 5 * b * c + salt) % 101 + 1;
        cube.pixel(r, c)[b] = static_cast<float>(value) / 16.0f;
      }
    }
  }
  return cube;
}

/// Compares with `digest` of golden.py (first value, last value, weighted sum) to 1e-6 of the values' size.
inline void check_digest(const Tensor& x, const std::array<double, 3>& golden) {
  double total = 0;
  for (Index i = 0; i < x.size(); ++i) total += double{x[i]} * static_cast<double>((i * 7) % 13 + 1);
  CHECK(double{x[0]} == doctest::Approx(golden[0]).epsilon(1e-6));
  CHECK(double{x[x.size() - 1]} == doctest::Approx(golden[1]).epsilon(1e-6));
  CHECK(total == doctest::Approx(golden[2]).epsilon(1e-6));
}

}  // namespace specfuse
