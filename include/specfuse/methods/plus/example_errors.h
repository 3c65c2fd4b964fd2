#pragma once

#include <vector>

#include "specfuse/methods/plus/plus_training.h"

namespace specfuse {

/// Root mean square of (values - truth) / e over a part of an example; `values` [part.rows, part.cols, bands].
double misses(const Tensor& values, const PlusExample& example, const Rectangle& part);

/// Half widths, in predicted sizes of error, that hold 68 % and 95 % of the errors.
struct Widths {
  float of_68 = 0, of_95 = 0;
};

/// Of what a network made of a part of an example.
Widths widths_of(const Refined& refined, const PlusExample& example, const Rectangle& part);

/// The value below which `part` of the values lie; puts them into another order. There has to be one at least.
float quantile(std::vector<float>& values, double part);

}  // namespace specfuse
