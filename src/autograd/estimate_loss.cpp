#include "specfuse/autograd/estimate_loss.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

constexpr Index kTogether = 1 << 14;

/// Quadratic near 0, then linear, and once differentiable where they meet (Huber 1964, divided by the limit).
double huber(double off, double limit) {
  const double size = std::abs(off);
  return size < limit ? off * off / (2 * limit) : size - limit / 2;
}

float huber_slope(float off, float limit) { return std::clamp(off / limit, -1.0f, 1.0f); }

}  // namespace

Variable estimate_loss(const Variable& x, const Tensor& target, const EstimateLossOptions& options) {
  const ProfileSpan span(__func__);
  const Index count = target.size();
  SPECFUSE_CHECK(
      count > 0 && x.layout() == Layout::plain && x.shape().size() == 2 * count && x.shape()[x.shape().rank() - 1] == 2,
      "estimate_loss: expected two values for each of the target's ", count, ", got ", x.shape().text());
  const float* const made = x.value().data();
  std::vector<double> parts(static_cast<std::size_t>((count + kTogether - 1) / kTogether));
  parallel_ranges(count, kTogether, [&](Index begin, Index end) {
    double sum = 0;
    for (Index i = begin; i < end; ++i) {
      const double off = made[2 * i] - target[i], size = made[2 * i + 1];
      sum += huber(off, options.limit) + options.weight * (size + std::abs(off) * std::exp(-size));
    }
    parts[static_cast<std::size_t>(begin / kTogether)] = sum;
  });
  double total = 0;
  for (const double part : parts) total += part;
  const Tensor loss = Tensor::from({1}, {static_cast<float>(total / static_cast<double>(count))});
  return {loss, {x}, [x, target, options, count](const Tensor& grad) {
            const float* const from = x.value().data();
            float* const to = x.grad_to_add().data();
            const float factor = grad[0] / static_cast<float>(count);
            parallel_ranges(count, kTogether, [&](Index begin, Index end) {
              for (Index i = begin; i < end; ++i) {
                const float off = from[2 * i] - target[i], size = from[2 * i + 1];
                to[2 * i] += factor * huber_slope(off, options.limit);
                to[2 * i + 1] += factor * options.weight * (1 - std::abs(off) * std::exp(-size));
              }
            });
          }};
}

}  // namespace specfuse
