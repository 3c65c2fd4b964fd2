#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "specfuse/networks/branch_network.h"
#include "specfuse/networks/tiles.h"
#include "specfuse/networks/training.h"

namespace specfuse {

/// A pair with its answer, and the base estimate where the network wants one.
struct NetworkExample {
  TrainingPair pair;
  std::optional<Cube> base{};
};

struct NetworkExamples {
  std::vector<NetworkExample> train, validation;
};

/// A described network with what it learned: all that it takes to fuse a pair of the bands it was trained on.
class FusionNetwork {
 public:
  /// `path` is where the description stands in the configuration.
  FusionNetwork(NetworkDescription description, std::string path);

  /// Throws as `plan_network` does.
  NetworkPlan plan(const NetworkSizes& sizes) const { return plan_network(description_, sizes, path_); }
  bool is_fitted() const { return net_ != nullptr; }
  /// Throws `ConfigError` where it is fitted and these are other bands than it was fitted on.
  void check_bands(const NetworkSizes& sizes) const;

  /// Learns from examples; a warm start keeps normalisation and parameters. Bands are scaled by the range they have in
  /// the training examples. Checkpoints hold what `checkpoint` does and what `describe` adds.
  void fit(const NetworkExamples& examples, const TrainOptions& options, const FitContext& context,
           const std::function<void(Checkpoint&)>& describe);

  /// The fused image, in tiles of at most tile x tile pixels: memory against speed, not results. Throws `Interrupted`
  /// when the user asked to stop.
  Cube fuse(const Pair& pair, const std::optional<Cube>& base, Index tile) const;

  /// "model/<parameter>" and "normalization/..."; nothing before a fit.
  Checkpoint checkpoint() const;
  void restore(const Checkpoint& checkpoint);

 private:
  void make(const NetworkSizes& sizes);
  double validation_loss(const std::vector<NetworkExample>& examples) const;

  NetworkDescription description_;
  std::string path_;
  NetworkPlan plan_;
  std::unique_ptr<BranchNetwork> net_;
  Normalization normalization_;
};

}  // namespace specfuse
