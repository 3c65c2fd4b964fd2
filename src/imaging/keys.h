#pragma once

#include <array>

namespace specfuse {

/// Keys' cubic convolution with a = -1/2 (Keys 1981, eq. 15): the weights of samples -1, 0, 1 and 2 at a position
/// 0 <= offset < 1 between samples 0 and 1.
std::array<double, 4> keys_weights(double offset);

}  // namespace specfuse
