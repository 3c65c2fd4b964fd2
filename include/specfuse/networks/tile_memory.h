#pragma once

#include "specfuse/networks/plan.h"

namespace specfuse {

/// Tiles that go through a network together: `count` of side x side pixels.
struct Tiles {
  Index side = 1, count = 1;
};

/// Bytes of the values that all layers make of tiles, and of their gradients, as if all were kept until the end of a
/// training step; without what kernels need on the way.
double training_bytes(const NetworkPlan& plan, const Tiles& tiles);

/// Bytes of what the two layers that make most, one after the other, hold at once: enough where nothing is kept for a
/// backward pass.
double fusing_bytes(const NetworkPlan& plan, const Tiles& tiles);

/// Throws `ConfigError` where training on these tiles, or fusing in one of `fuse_tile` x `fuse_tile` pixels, takes more
/// memory than there is, naming `train.tiles` or `fuse_tile` and the layer that makes most.
void check_tile_memory(const NetworkPlan& plan, const Tiles& training, Index fuse_tile);

}  // namespace specfuse
