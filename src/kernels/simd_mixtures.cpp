// Updates of the abundances of pixels, which are the SIMD lanes: what a step needs of as many pixels as a register
// holds stays in the nearest cache through all steps.
//
// Compiled once per instruction set; see simd_tiles.h.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

static_assert(kLanes <= kMostPixels && kMixtureTile <= 16);

/// to [count, lanes] = the matrix [lanes, count] of the first `pixels` pixels transposed, zeros for the others.
void gather(const float* from, Index pixels, Index count, float* to) {
  for (Index k = 0; k < count; ++k) {
    for (Index p = 0; p < kLanes; ++p) to[k * kLanes + p] = p < pixels ? from[p * count + k] : 0.0f;
  }
}

void scatter(const float* from, Index pixels, Index count, float* to) {
  for (Index p = 0; p < pixels; ++p) {
    for (Index k = 0; k < count; ++k) to[p * count + k] = from[k * kLanes + p];
  }
}

/// result [padded, lanes] = gram' [padded, count] x [count, lanes].
void multiply(const MixtureTask& task, const float* x, float* result) {
  for (Index first = 0; first < task.padded; first += kMixtureTile) {
    Line sums[kMixtureTile] = {};
    const float* row = task.gram + first;
    for (Index k = 0; k < task.count; ++k, row += task.padded) {
      const Line value = load(x + k * kLanes);
      SPECFUSE_UNROLL
      for (Index j = 0; j < kMixtureTile; ++j) sums[j] += row[j] * value;
    }
    SPECFUSE_UNROLL
    for (Index j = 0; j < kMixtureTile; ++j) store(result + (first + j) * kLanes, sums[j]);
  }
}

Line larger(Line a, Line b) { return a > b ? a : b; }

bool any_differ(Line a, Line b) {
  float of_a[kLanes], of_b[kLanes];
  store(of_a, a);
  store(of_b, b);
  bool differ = false;
  for (Index p = 0; p < kLanes; ++p) differ |= of_a[p] != of_b[p];
  return differ;
}

/// How much every component of each pixel is lowered, and none below 0, by its projection on the simplex: the sum of
/// those above the shift, less 1, over their number. Begun below it, the shift only grows and their number only falls
/// (Michelot 1986).
Line simplex_shift(const float* x, Index count) {
  Line sum{};
  for (Index k = 0; k < count; ++k) sum += load(x + k * kLanes);
  Line number = Line{} + static_cast<float>(count);
  Line shift = (sum - 1.0f) / number;
  for (Index round = 0; round < count; ++round) {
    Line above{}, left{};
    for (Index k = 0; k < count; ++k) {
      const Line value = load(x + k * kLanes);
      above += value > shift ? value : Line{};
      left += value > shift ? Line{} + 1.0f : Line{};
    }
    if (!any_differ(left, number)) break;
    number = larger(left, Line{} + 1.0f);
    shift = larger(shift, (above - 1.0f) / number);
  }
  return shift;
}

void scale(const MixtureTask& task, const float* pull, float* abundances, const MixtureSteps& steps, float* scratch) {
  const Index part = task.padded * kLanes;
  float *current = scratch, *above = scratch + part, *below = scratch + 2 * part;
  gather(abundances, task.pixels, task.count, current);
  gather(pull, task.pixels, task.count, above);
  const Line least_value = Line{} + steps.least;
  for (Index i = 0; i < steps.count; ++i) {
    multiply(task, current, below);
    for (Index at = 0; at < task.count * kLanes; at += kLanes) {
      const Line quotient = load(current + at) * load(above + at) / larger(load(below + at), least_value);
      store(current + at, larger(quotient, least_value));
    }
  }
  scatter(current, task.pixels, task.count, abundances);
}

void descend(const MixtureTask& task, const float* pull, float* abundances, const MixtureSteps& steps, float* scratch) {
  const Index part = task.padded * kLanes;
  float *current = scratch, *forward = scratch + part, *ahead = scratch + 2 * part, *next = scratch + 3 * part;
  gather(abundances, task.pixels, task.count, current);
  gather(abundances, task.pixels, task.count, ahead);
  gather(pull, task.pixels, task.count, forward);
  for (Index i = 0; i < steps.count; ++i) {
    multiply(task, ahead, next);
    for (Index at = 0; at < task.count * kLanes; at += kLanes) {
      store(next + at, load(next + at) + (load(ahead + at) + load(forward + at)));
    }
    const Line shift = simplex_shift(next, task.count);
    for (Index at = 0; at < task.count * kLanes; at += kLanes) {
      const Line moved = positive(load(next + at) - shift);
      store(ahead + at, moved + steps.inertia[i] * (moved - load(current + at)));
      store(current + at, moved);
    }
  }
  scatter(current, task.pixels, task.count, abundances);
}

}  // namespace

extern const MixtureRoutines kMixtureRoutines;
const MixtureRoutines kMixtureRoutines = {kLanes, scale, descend};

}  // namespace specfuse::SPECFUSE_ISA
