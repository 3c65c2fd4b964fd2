#pragma once

#include <memory>

#include "specfuse/methods/fusion_method.h"
#include "specfuse/networks/normalization.h"
#include "specfuse/networks/training.h"
#include "specfuse/networks/two_cnn_fu_net.h"

namespace specfuse {

struct TwoCnnFuOptions {
  TwoCnnFuModel model;
  TrainOptions train;
  /// Output pixels on a side of the tiles that a scene is fused in: memory against speed, not results.
  Index fuse_tile = 64;

  void describe(FieldVisitor& fields) {
    fields("model", model);
    fields("train", train);
    fields("fuse_tile", fuse_tile, Range{1, 4096});
  }
};

/// Two-branch CNN fusion (Yang, Zhao and Chan 2018, "Hyperspectral and multispectral image fusion via deep two-branches
/// convolutional neural network"): the network sees the up-sampled HSI spectrum of a pixel and the MSI around it, all
/// bands scaled to [0, 1] by the training data, and gives the pixel's fine spectrum.
class TwoCnnFu : public FusionMethod {
 public:
  using Options = TwoCnnFuOptions;
  explicit TwoCnnFu(const Options& options) : options_(options) {}
  void check(const TrainingData& data, const Pair& pair) const override;
  void fit(const TrainingData& data, const FitContext& context) override;
  Cube fuse(const Pair& pair) const override;
  bool learns() const override { return true; }
  Index receptive_radius() const override { return options_.model.patch / 2; }
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  double validation_loss(const std::vector<TrainingPair>& examples) const;

  Options options_;
  std::unique_ptr<TwoCnnFuNet> net_;
  Normalization normalization_;
};

}  // namespace specfuse
