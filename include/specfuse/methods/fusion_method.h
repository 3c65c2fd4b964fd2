#pragma once

#include <string>

#include "specfuse/imaging/training_data.h"
#include "specfuse/io/checkpoint.h"
#include "specfuse/networks/fit_context.h"
#include "specfuse/networks/network_sizes.h"

namespace specfuse {

/// A way to fuse a pair into the fine image with all bands. Each has a file of its own; see methods/registry.h.
class FusionMethod {
 public:
  virtual ~FusionMethod() = default;

  /// Throws `ConfigError` where the options do not suit the data, before anything long is started.
  virtual void check(const TrainingData&, const Pair&) const {}

  /// Learns from examples, or takes no more than the seed. Throws `Interrupted`, its checkpoint written, when the user
  /// asked to stop.
  virtual void fit(const TrainingData&, const FitContext&) {}

  /// The fused image [msi rows, msi cols, hsi bands] with the wavelengths and attributes of pair.hsi. Throws
  /// `Interrupted` when the user asked to stop.
  virtual Cube fuse(const Pair& pair) const = 0;

  /// Whether it has to be fitted or restored before it can fuse.
  virtual bool learns() const { return false; }

  /// Whether `fit` writes the checkpoint of its context itself, with all that is needed to go on.
  virtual bool writes_checkpoints() const { return false; }

  /// How far around a pixel the MSI has a say in its fused spectrum, in fine pixels.
  virtual Index receptive_radius(const NetworkSizes&) const { return 0; }

  /// The layers of its network for a pair of these bands, aligned for the terminal; empty where it has none.
  virtual std::string model_text(const Pair&) const { return {}; }

  /// What `restore` needs to fuse without a fit; empty tensors for methods that learn nothing.
  virtual Checkpoint checkpoint() const { return {}; }
  virtual void restore(const Checkpoint&) {}
};

}  // namespace specfuse
