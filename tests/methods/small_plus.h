#pragma once

#include "methods/plus_example.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/two_cnn_fu_plus.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"

namespace specfuse::testing {

/// Quick candidates and few maps, trained from nothing for a few steps.
inline PlusOptions small_options(Index steps = 8) {
  PlusOptions options;
  options.weights = "none";
  options.model.inputs = quick_inputs();
  options.model.layers = {
      {layer("first", "conv1d", {{"maps", 8}, {"kernel", 3}, {"activation", "relu"}}),
       layer("across", "conv2d", {{"maps", 8}, {"kernel", 3}, {"activation", "relu"}}),
       layer("add", "residual", {{"from", "first"}}),
       layer("out", "conv1d", {{"maps", 2}, {"kernel", 1}, {"activation", "none"}, {"zero_init", true}})}};
  options.train.steps = steps;
  options.train.tile = 6;
  options.train.bands = 6;
  options.train.tiles = 2;
  options.train.log_every = 1;
  return options;
}

/// Pairs of different bands, ratios and responses.
inline std::vector<TrainingPair> mixed_pairs() {
  return {plus_pair(), plus_pair({5, 5, 7, 1, 3, 2}), plus_pair({6, 7, 12, 3, 2, 3})};
}

inline double error_of(const Cube& fused, const TrainingPair& pair) {
  return squared_distance(fused.values, pair.target.values);
}

/// The base as it would leave the method without a network.
inline Cube base_of(const TrainingPair& pair, const PlusInputOptions& options, std::uint64_t seed = 0) {
  Cube fused = pair.target;
  fused.values = PlusInputs(pair.input, options, seed).base().clone();
  for (Index round = 0; round < options.consistency; ++round) {
    make_consistent(pair.input, noise_of(pair.input), fused);
  }
  keep_non_negative(fused, pair.input.hsi);
  return fused;
}

/// Weights for the small network that nothing was learned for: they move the base by `first` e everywhere.
inline Checkpoint shifting_weights(float first) {
  TwoCnnFuPlus method(small_options(0));
  method.fit({mixed_pairs(), {}}, {});
  Checkpoint checkpoint = method.checkpoint();
  fill(checkpoint.tensors.at("model/out.bias"), first);
  return checkpoint;
}

}  // namespace specfuse::testing
