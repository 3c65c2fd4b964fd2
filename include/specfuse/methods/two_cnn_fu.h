#pragma once

#include <memory>

#include "specfuse/methods/fusion_method.h"
#include "specfuse/networks/fusion_network.h"

namespace specfuse {

struct TwoCnnFuOptions {
  NetworkDescription model = preset_network("released");
  TrainOptions train;
  /// Output pixels on a side of the tiles that a scene is fused in: memory against speed, not results.
  Index fuse_tile = 64;

  void specify(MethodTraits& traits) const {
    if (model.base != "none") traits.made_of = {model.base};
  }
  void describe(FieldVisitor& fields);
};

/// Two-branch CNN fusion (Yang, Zhao and Chan 2018, "Hyperspectral and multispectral image fusion via deep two-branches
/// convolutional neural network"), and any network that the same parts make: the network sees the up-sampled HSI
/// spectrum of a pixel and the MSI around it, all bands scaled to [0, 1] by the training data, and gives the pixel's
/// fine spectrum.
class TwoCnnFu : public FusionMethod {
 public:
  /// Throws `ConfigError` naming model.base where there is no such method, or it is a network itself.
  explicit TwoCnnFu(const TwoCnnFuOptions& options);
  void check(const TrainingData& data, const Pair& pair) const override;
  std::string warnings(const TrainingData& data) const override;
  std::string fit(const TrainingData& data, const FitContext& context) override;
  Fuser fuser(const PairParts& pair) const override;
  NetworkOutline network(const NetworkSizes& sizes) const override;
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  void fit_base(const TrainingData& data, std::uint64_t seed);
  void describe_base(Checkpoint& checkpoint) const;

  TwoCnnFuOptions options_;
  FusionNetwork network_;
  /// What makes the base estimate; none where the network wants none.
  std::unique_ptr<FusionMethod> base_;
  std::uint64_t base_seed_ = 0;
};

}  // namespace specfuse
