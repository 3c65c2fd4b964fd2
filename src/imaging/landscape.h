#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "imaging/materials.h"
#include "specfuse/core/buffer.h"

namespace specfuse {

/// Smooth random values of about unit variance over an image: value noise, each octave half as coarse and
/// `gain` times as strong as the one before.
class NoiseField {
 public:
  struct Shape {
    /// Distance of the lattice points of the first octave in pixels.
    double cell = 32;
    int octaves = 4;
    double gain = 0.6;
  };

  /// Over rows x cols pixels, drawn from (seed, name).
  NoiseField(Index rows, Index cols, const Shape& shape, std::uint64_t seed, const std::string& name);
  double at(double row, double col) const;

 private:
  struct Octave {
    double cell, strength;
    Index cols;
    std::vector<float> values;
  };
  std::vector<Octave> octaves_;
};

/// A plane cut into strips and these into plots, turned by an angle, of uneven sizes.
class Parcels {
 public:
  struct Shape {
    double length = 24, width = 24, angle = 0;
  };
  struct Plot {
    /// Pixels to the nearest border.
    double border;
    /// Uniform in [0, 1), the same all over the plot.
    std::array<float, 10> lots;
  };

  Parcels(const Shape& shape, std::uint64_t seed, const std::string& name);
  Plot at(double row, double col) const;

 private:
  double edge(std::int64_t strip, std::int64_t index) const;

  Shape shape_;
  std::uint64_t seed_, stream_;
};

/// What lies at a point: two materials, and how the place differs from others of its kind.
struct Cover {
  Material main, other;
  /// Share of the main material; the rest is the other's.
  double share = 1;
  /// Amounts of the variations, common to a field or roof; 0 elsewhere.
  std::array<double, kVariations> state{};
};

/// Where the materials of a synthetic scene lie: a river, roads, towns, fields, hills with woods and bare rock.
class Landscape {
 public:
  Landscape(Index rows, Index cols, std::uint64_t seed);
  Cover at(double row, double col) const;
  /// Brightness factor of the slope's light at a point.
  double light(double row, double col) const;

 private:
  Cover town(double row, double col) const;
  Cover field(double row, double col) const;
  Cover hill(double row, double col) const;

  NoiseField height_, settlement_, bend_, woods_, rock_, ore_, growth_;
  Parcels fields_, blocks_, houses_;
  double river_, road_, lane_;
};

}  // namespace specfuse
