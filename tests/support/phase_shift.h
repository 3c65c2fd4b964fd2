#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse::testing {

/// The image read `shift` pixels further along one axis, its mirrored continuation taken as periodic: a phase in its
/// spectrum, which leaves the size of every frequency as it is.
inline Cube phase_shifted(const Cube& image, double shift, bool down) {
  const Index extent = down ? image.rows() : image.cols(), period = 2 * extent;
  std::vector<double> kernel;
  for (Index i = 0; i < extent; ++i) {
    for (Index j = 0; j < extent; ++j) {
      double weight = 0;
      for (const Index seen : {j, period - 1 - j}) {
        // 1 + 2 cos x + ... + 2 cos (extent - 1) x + cos extent x
        const double x = 2 * std::numbers::pi * (static_cast<double>(i - seen) + shift) / static_cast<double>(period);
        const double half = std::sin(x / 2);
        weight += std::abs(half) < 1e-9 ? static_cast<double>(period)
                                        : std::sin(static_cast<double>(extent) * x) * std::cos(x / 2) / half;
      }
      kernel.push_back(weight / static_cast<double>(period));
    }
  }
  Cube result(image.rows(), image.cols(), image.bands());
  const auto at = [down](auto& cube, Index along, Index line) {
    return down ? cube.pixel(along, line) : cube.pixel(line, along);
  };
  std::vector<double> sums(static_cast<std::size_t>(image.bands()));
  for (Index line = 0; line < image.pixels() / extent; ++line) {
    for (Index i = 0; i < extent; ++i) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (Index j = 0; j < extent; ++j) {
        const float* const seen = at(image, j, line);
        const double weight = kernel[static_cast<std::size_t>(i * extent + j)];
        for (std::size_t b = 0; b < sums.size(); ++b) sums[b] += weight * double{seen[b]};
      }
      std::transform(sums.begin(), sums.end(), at(result, i, line), [](double sum) { return static_cast<float>(sum); });
    }
  }
  return result;
}

/// The same down and to the right.
inline Cube phase_shifted(const Cube& image, const std::array<double, 2>& shift) {
  Cube result = phase_shifted(phase_shifted(image, shift[0], true), shift[1], false);
  result.wavelength_nm = image.wavelength_nm;
  return result;
}

}  // namespace specfuse::testing
