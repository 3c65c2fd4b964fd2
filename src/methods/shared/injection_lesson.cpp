#include "specfuse/methods/shared/injection_lesson.h"

#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

InjectionLesson injection_lesson(const Pair& pair) {
  const TrainingPair lower = lower_scale(pair);
  InjectionLesson lesson{lower, msi_detail(lower.input), lower.target, {}, {}};
  lesson.missing.values = lower.target.values.clone();
  add_scaled(lesson.missing.values, upsample_cubic(lower.input.hsi, pair.degradation).values, -1.0f);
  const Matrix d = spectra_of(lesson.detail, 0, lesson.detail.pixels());
  const Matrix e = spectra_of(lesson.missing, 0, lesson.missing.pixels());
  lesson.square = product_tn(d, d);
  lesson.gain = least_squares(lesson.square, product_tn(d, e));
  return lesson;
}

Cube left_by_gain(const InjectionLesson& lesson) {
  Cube left = lesson.missing;
  left.values = lesson.missing.values.clone();
  Matrix taken = lesson.gain;
  for (double& value : taken.values) value = -value;
  add_product(lesson.detail.values, taken, left.values);
  return left;
}

}  // namespace specfuse
