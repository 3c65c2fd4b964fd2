#pragma once

#include "specfuse/core/buffer.h"

namespace specfuse {

/// How numbers lie in a file: f, i or u for floats and integers with and without a sign, the bytes of each, and whether
/// they are in the other order than here.
struct NumberType {
  char kind = 'f';
  std::size_t bytes = 0;
  bool swapped = false;
};

/// Floats of 4 or 8 bytes or integers of 1 to 8, as floats.
void read_numbers(const void* from, const NumberType& type, float* to, Index count);

}  // namespace specfuse
