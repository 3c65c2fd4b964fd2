#include <cmath>

#include "imaging/landscape.h"
#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"

namespace specfuse {

NoiseField::NoiseField(Index rows, Index cols, const Shape& shape, std::uint64_t seed, const std::string& name) {
  Rng rng(seed, stream_of(name));
  double power = 0;
  Shape octave = shape;
  for (double strength = 1; octave.octaves > 0; --octave.octaves, octave.cell /= 2, strength *= shape.gain) {
    const auto across = [&](Index extent) { return static_cast<Index>(static_cast<double>(extent) / octave.cell) + 3; };
    octaves_.push_back({octave.cell, strength, across(cols), {}});
    auto& values = octaves_.back().values;
    values.resize(static_cast<std::size_t>(across(rows) * across(cols)));
    for (float& value : values) value = rng.normal();
    power += strength * strength;
  }
  // Interpolation between lattice points halves the variance, near enough.
  for (Octave& each : octaves_) each.strength *= std::sqrt(2 / power);
}

double NoiseField::at(double row, double col) const {
  const auto smooth = [](double t) { return t * t * (3 - 2 * t); };
  double total = 0;
  for (const Octave& octave : octaves_) {
    const double y = row / octave.cell, x = col / octave.cell;
    const auto i = static_cast<Index>(y), j = static_cast<Index>(x);
    const double v = smooth(y - static_cast<double>(i)), u = smooth(x - static_cast<double>(j));
    const float* corner = octave.values.data() + i * octave.cols + j;
    const float* below = corner + octave.cols;
    total += octave.strength * ((1 - v) * ((1 - u) * double{corner[0]} + u * double{corner[1]}) +
                                v * ((1 - u) * double{below[0]} + u * double{below[1]}));
  }
  return total;
}

}  // namespace specfuse
