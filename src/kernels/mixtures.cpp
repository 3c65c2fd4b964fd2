#include "specfuse/kernels/mixtures.h"

#include <algorithm>

#include "kernels/simd.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/dispatch.h"

namespace specfuse {
namespace {

/// Pixels that one thread takes at a time, whatever a register holds.
constexpr Index kPixelsPerTask = 16 * kMostPixels;

void check_sizes(const char* function, const Tensor& gram, const Tensor& pull, const Tensor& abundances) {
  const Index count = gram.dim(0);
  SPECFUSE_CHECK(count >= 1 && gram.shape() == Shape({count, count}) && abundances.dim(1) == count &&
                     pull.shape() == abundances.shape(),
                 function, ": expected [M, M], [pixels, M] and [pixels, M], got ", gram.shape().text(), ", ",
                 pull.shape().text(), " and ", abundances.shape().text());
}

using Update = void (*)(const MixtureTask&, const float*, float*, const MixtureSteps&, float*);

void update(Update run, const Tensor& gram, const Tensor& pull, const MixtureSteps& steps, Tensor& abundances) {
  const Index count = gram.dim(0), padded = (count + kMixtureTile - 1) / kMixtureTile * kMixtureTile;
  Tensor wide({count, padded});
  for (Index k = 0; k < count; ++k) std::copy_n(gram.data() + k * count, count, wide.data() + k * padded);
  const Index together = simd().mixtures.pixels;
  parallel_ranges(abundances.dim(0), kPixelsPerTask, [&](Index begin, Index end) {
    Tensor scratch({kMixtureArrays, padded, together});
    for (Index first = begin; first < end; first += together) {
      const MixtureTask task{wide.data(), count, padded, std::min(together, end - first)};
      run(task, pull.data() + first * count, abundances.data() + first * count, steps, scratch.data());
    }
  });
}

}  // namespace

void scale_abundances(const Tensor& gram, const Tensor& pull, Index iterations, float least, Tensor& abundances) {
  check_sizes("scale_abundances", gram, pull, abundances);
  update(simd().mixtures.scale, gram, pull, {iterations, least, nullptr}, abundances);
}

void descend_on_simplex(const Tensor& gram, const Tensor& pull, const std::vector<float>& inertia, Tensor& abundances) {
  check_sizes("descend_on_simplex", gram, pull, abundances);
  update(simd().mixtures.descend, gram, pull, {static_cast<Index>(inertia.size()), 0, inertia.data()}, abundances);
}

}  // namespace specfuse
