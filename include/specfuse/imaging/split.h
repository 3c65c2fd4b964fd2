#pragma once

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// The parts of one image that a supervised experiment learns from, selects with and is judged on, in fine pixels.
struct Split {
  Rectangle train, validation, test;
};

/// What the parts have to fit.
struct SplitLimits {
  /// Size of the image in fine pixels.
  Index rows = 0, cols = 0;
  Index ratio = 4;
  /// How far from its centre a method looks, in fine pixels: 15 for the 31 x 31 neighbourhood.
  Index receptive_field_radius = 15;
  /// `psf_reach` of the degradation.
  Index psf_reach = 0;
};

/// Fine pixels between two rectangles, the larger of the gaps along the two axes: 0 where they touch, negative where
/// they overlap.
Index gap(const Rectangle& a, const Rectangle& b);

/// Throws `ConfigError` unless each part is made of whole coarse pixels inside the image and every two are at least
/// receptive_field_radius + psf_reach fine pixels apart, so that nothing that is learned from shows what is judged.
void check_split(const Split& split, const SplitLimits& limits);

}  // namespace specfuse
