#include "estimate/sharp_factor.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "specfuse/core/quantile.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/adjoint.h"

namespace specfuse {
namespace {

constexpr int kIterations = 600, kAnew = 200;
/// Of the total variation; steps of the factor below which it is quadratic; and those that cost half as much once
/// found.
constexpr float kWeight = 0.02f, kSlow = 0.05f, kFound = 0.1f;

/// Differences of an image to the next pixel down (axis 0) or right (axis 1), 0 at the end.
class Steps {
 public:
  Steps(Index rows, Index cols, Index bands) : rows_(rows), cols_(cols), bands_(bands) {}
  Index size() const { return rows_ * cols_ * bands_; }
  Index pixels() const { return rows_ * cols_; }
  Index bands() const { return bands_; }
  /// How far the next pixel is in memory; 0 at the end of the axis.
  Index next(Index pixel, int axis) const {
    if (axis == 0) return pixel / cols_ + 1 < rows_ ? cols_ * bands_ : 0;
    return pixel % cols_ + 1 < cols_ ? bands_ : 0;
  }
  Index before(Index pixel, int axis) const {
    if (axis == 0) return pixel / cols_ > 0 ? cols_ * bands_ : 0;
    return pixel % cols_ > 0 ? bands_ : 0;
  }

 private:
  Index rows_, cols_, bands_;
};

/// What a step of the factor costs at each pixel, along both axes: less where the MSI itself has an edge.
std::vector<float> edge_weights(const Cube& msi, const std::vector<float>& mean, const Steps& steps, int axis) {
  std::vector<float> edges(static_cast<std::size_t>(steps.pixels()));
  const auto level = [&](Index at) {
    return std::log(std::max(msi.values[at], 1e-3f * mean[static_cast<std::size_t>(at % msi.bands())]));
  };
  for (Index p = 0; p < steps.pixels(); ++p) {
    const Index next = steps.next(p, axis);
    for (Index b = 0; next > 0 && b < msi.bands(); ++b)
      edges[static_cast<std::size_t>(p)] += std::abs(level(p * msi.bands() + b + next) - level(p * msi.bands() + b));
  }
  std::vector<float> sorted;
  std::copy_if(edges.begin(), edges.end(), std::back_inserter(sorted), [](float edge) { return edge > 0; });
  if (sorted.empty()) return std::vector<float>(edges.size(), 1);
  std::transform(edges.begin(), edges.end(), edges.begin(),
                 [usual = median(std::move(sorted))](float edge) { return 1 / (1 + edge / (2 * usual)); });
  return edges;
}

/// The dual of the total variation along one axis, and what each pixel weighs there now and at first.
struct Variation {
  std::vector<float> dual, weight, first;
};

/// One step of the dual; `anew` weighs by the steps that are there.
void step_variation(const Steps& steps, int axis, const Tensor& at, float size, bool anew, Variation& variation) {
  parallel_for(steps.pixels(), [&](Index p) {
    const auto pixel = static_cast<std::size_t>(p);
    const Index next = steps.next(p, axis), bands = steps.bands();
    if (next == 0) return;
    float* const dual = variation.dual.data() + p * bands;
    const float* const value = at.data() + p * bands;
    const float most = kWeight * variation.weight[pixel];
    float length = 0, step = 0;
    for (Index b = 0; b < bands; ++b) {
      const float by = value[b + next] - value[b];
      dual[b] = (dual[b] + size * by) / (1 + size * kSlow / most);
      length += dual[b] * dual[b], step += by * by;
    }
    const float factor = std::max(1.0f, std::sqrt(length) / most);
    for (Index b = 0; b < bands; ++b) dual[b] /= factor;
    if (anew) variation.weight[pixel] = variation.first[pixel] / (1 + step / (kFound * kFound));
  });
}

}  // namespace

Cube sharpen_factor(const Cube& msi, const Cube& wanted, const Degradation& degradation, const Cube& smooth) {
  const Index bands = msi.bands();
  const Steps steps(msi.rows(), msi.cols(), bands);
  std::vector<float> mean;
  for (const double of_band : band_means(msi)) mean.push_back(static_cast<float>(std::max(of_band, 1e-30)));
  const auto unit = [&](Index i) { return mean[static_cast<std::size_t>(i % bands)]; };
  Cube scaled = msi, factor = smooth, ahead = smooth, seen = msi;
  scaled.values = msi.values.clone();
  float largest = 0;
  for (Index i = 0; i < steps.size(); ++i) largest = std::max(largest, scaled.values[i] /= unit(i));
  factor.values = smooth.values.clone();
  ahead.values = smooth.values.clone();
  seen.values = Tensor::uninitialized(msi.values.shape());
  Cube dual(wanted.rows(), wanted.cols(), bands);
  std::array<Variation, 2> variations;
  for (int axis = 0; axis < 2; ++axis) {
    Variation& one = variations[static_cast<std::size_t>(axis)];
    one.dual.assign(static_cast<std::size_t>(steps.size()), 0);
    one.first = one.weight = edge_weights(msi, mean, steps, axis);
  }
  // A bound on the norm of both operators together: a fine pixel weighs 1 / ratio^2 in all coarse ones that see it, and
  // a step is at most 2 along each axis.
  const auto ratio = static_cast<float>(degradation.ratio);
  const float size = 0.95f / std::sqrt(2 * largest * largest / (ratio * ratio) + 8);
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    for (Index i = 0; i < steps.size(); ++i) seen.values[i] = scaled.values[i] * ahead.values[i];
    const Cube coarse = degrade_spatially(seen, degradation);
    for (Index i = 0; i < dual.values.size(); ++i)
      dual.values[i] = (dual.values[i] + size * (coarse.values[i] - wanted.values[i] / unit(i))) / (1 + size);
    for (int axis = 0; axis < 2; ++axis)
      step_variation(steps, axis, ahead.values, size, iteration % kAnew == kAnew - 1,
                     variations[static_cast<std::size_t>(axis)]);
    const Cube back = degrade_adjoint(dual, degradation);
    parallel_for(steps.pixels(), [&](Index p) {
      for (Index i = p * bands; i < (p + 1) * bands; ++i) {
        float by = scaled.values[i] * back.values[i];
        for (int axis = 0; axis < 2; ++axis) {
          const std::vector<float>& of_axis = variations[static_cast<std::size_t>(axis)].dual;
          const Index before = steps.before(p, axis);
          by += (before > 0 ? of_axis[static_cast<std::size_t>(i - before)] : 0) - of_axis[static_cast<std::size_t>(i)];
        }
        const float next = factor.values[i] - size * by;
        ahead.values[i] = 2 * next - factor.values[i];
        factor.values[i] = next;
      }
    });
  }
  return factor;
}

}  // namespace specfuse
