#pragma once

#include "specfuse/imaging/training_data.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// What a pair itself teaches about injection, one scale down, where the HSI is the answer.
struct InjectionLesson {
  TrainingPair lower;
  /// The MSI's detail d [rows, cols, msi bands], and what up-sampling misses of the answer, e [rows, cols, bands].
  Cube detail, missing;
  /// d'd [msi bands, msi bands] over all pixels, and the A [msi bands, bands] of the least |e - d A|.
  Matrix square, gain;
};

/// Throws as `lower_scale`.
InjectionLesson injection_lesson(const Pair& pair);

/// e - d A: what linear injection leaves.
Cube left_by_gain(const InjectionLesson& lesson);

}  // namespace specfuse
