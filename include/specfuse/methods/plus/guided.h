#pragma once

#include "specfuse/imaging/degrade.h"
#include "specfuse/methods/shared/signal_subspace.h"

namespace specfuse {

/// What sharpens what is missing, by its name in the bench.
inline constexpr const char* kGuide = "local_injection";

/// Whether fewer than four coarse pixels are left of the pair one scale down, which is what injection learns from.
bool is_small(const Pair& pair);

/// X += local_injection(m, msi) for what stands out of the noise in m = hsi - degrade(X): what the fused image misses
/// of the HSI goes where the detail of the MSI predicts it. Cubic up-sampling would spread a small bright thing that X
/// misses over several coarse pixels. Nothing for a small pair. Throws as `make_consistent`, and `ConfigError`
/// where a side of the HSI has fewer pixels than the ratio.
void add_guided(const Pair& pair, const PairNoise& noise, Cube& fused);

}  // namespace specfuse
