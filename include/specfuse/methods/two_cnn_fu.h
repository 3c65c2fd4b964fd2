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

  void describe(FieldVisitor& fields) {
    fields("model", model, "The network.");
    fields("train", train, "How it is trained.");
    fields("fuse_tile", fuse_tile, Range{1, 4096},
           "Side of the tiles a scene is fused in: memory against speed; the result is the same.");
  }
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
  std::string doubts(const TrainingData& data) const override;
  void fit(const TrainingData& data, const FitContext& context) override;
  Cube fuse(const Pair& pair) const override;
  std::optional<PartFusion> by_parts(const PairParts& pair) const override;
  std::vector<std::string> made_of() const override {
    return base_ ? std::vector{options_.model.base} : std::vector<std::string>{};
  }
  bool learns() const override { return true; }
  bool writes_checkpoints() const override { return true; }
  bool shares_work() const override { return true; }
  Index receptive_radius(const NetworkSizes& sizes) const override;
  std::string model_text(const Pair& pair) const override;
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  std::optional<Cube> base_of(const Pair& pair) const;
  void fit_base(const TrainingData& data, std::uint64_t seed);
  void describe_base(Checkpoint& checkpoint) const;

  TwoCnnFuOptions options_;
  FusionNetwork network_;
  /// What makes the base estimate; none where the network wants none.
  std::unique_ptr<FusionMethod> base_;
  std::uint64_t base_seed_ = 0;
};

}  // namespace specfuse
