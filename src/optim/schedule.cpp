#include "specfuse/optim/schedule.h"

#include <cmath>
#include <numbers>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Half a cosine from `from` at 0 to `to` at 1.
double ease(double from, double to, double at) {
  return to + (from - to) * (1.0 + std::cos(std::numbers::pi * at)) / 2.0;
}

}  // namespace

double rate_factor(const std::string& schedule, Index step, Index steps) {
  SPECFUSE_CHECK(step >= 0 && step < steps, "rate_factor: expected a step from 0 to ", steps - 1, ", got ", step);
  if (schedule == "constant" || steps == 1) return 1.0;
  const double at = static_cast<double>(step) / static_cast<double>(steps - 1);
  if (schedule == "cosine") return ease(1.0, 0.0, at);
  constexpr double kRise = 0.3, kFirst = 1.0 / 25.0, kLast = kFirst * 1e-4;
  return at < kRise ? ease(kFirst, 1.0, at / kRise) : ease(1.0, kLast, (at - kRise) / (1.0 - kRise));
}

}  // namespace specfuse
