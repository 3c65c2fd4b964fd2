#include "specfuse/methods/plus/guided.h"

#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

bool is_small(const Pair& pair) {
  constexpr Index kFew = 4;
  return pair.hsi.pixels() < kFew * pair.degradation.ratio * pair.degradation.ratio;
}

void add_guided(const Pair& pair, const PairNoise& noise, Cube& fused) {
  if (is_small(pair)) return;
  Pair missing = pair;
  missing.hsi.values = missing_of_hsi(pair, noise, fused).values;
  const std::unique_ptr<FusionMethod> injection = make_method(kGuide);
  injection->check({}, missing);
  add_scaled(fused.values, fuse(*injection, missing).fused.values);
}

}  // namespace specfuse
