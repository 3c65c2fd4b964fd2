#pragma once

#include <memory>

#include "specfuse/methods/fusion_method.h"
#include "specfuse/methods/plus/plus_training.h"

namespace specfuse {

struct PlusModel {
  PlusInputOptions inputs;
  /// Whether the network moves the base; it predicts the size of the error in any case.
  bool moves = true;
  Layers layers = plus_layers();
  void describe(FieldVisitor& fields);
};

/// What is done on the pair itself, one scale down, from weights that are there.
struct PlusTuneOptions {
  Index steps = 0;
  double learning_rate = 3e-4;
  /// Part of the rows of the training image, at its end, that decides.
  double validation_fraction = 0.3;
  bool operator==(const PlusTuneOptions&) const = default;
  void describe(FieldVisitor& fields);
};

struct PlusOptions {
  /// "shipped" with the program, or "none": trained from nothing.
  std::string weights = "shipped";
  PlusModel model;
  PlusTrainOptions train;
  PlusTuneOptions tune;
  RefineOptions refine;
  /// Folder where inputs of pairs are kept and found again; empty: nowhere.
  std::string cache;
  void specify(MethodTraits& traits) const;
  void describe(FieldVisitor& fields);
};

/// The two-branch idea with one network for every band and every sensor: 1-D convolutions along the spectrum and 2-D
/// ones over the neighbourhood refine the median of what the classic methods make of the pair, in units of their
/// disagreement, and predict the size of the error that they leave. It is trained once, on many scenes, and needs no
/// training by its user. It may be tuned on the pair one scale down; what is left out there then decides between the
/// tuned weights, those it began with, and the base.
class TwoCnnFuPlus : public FusionMethod {
 public:
  explicit TwoCnnFuPlus(const PlusOptions& options);
  void check(const TrainingData& data, const Pair& pair) const override;
  std::string warnings(const TrainingData& data) const override;
  std::string fit(const TrainingData& data, const FitContext& context) override;
  Fuser fuser(const PairParts& pair) const override;
  NetworkOutline network(const NetworkSizes& sizes) const override;
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  void train_anew(const std::vector<TrainingPair>& pairs, const FitContext& context);
  std::string tune(const TrainingPair& pair, const PlusTuneOptions& how, const FitContext& context);
  FusedCube fused(const KnownPair& pair) const;
  /// The inputs of a pair, from the cache where they are there.
  PlusInputs inputs_of(const KnownPair& pair) const;
  void calibrate(const std::vector<PlusExample>& examples, const FitContext& context);

  PlusOptions options_;
  PlusNetwork network_;
  bool ready_ = false;
  /// Whether the base is moved at all.
  bool moves_ = true;
  /// Half widths of the intervals that hold 68 % and 95 % of the errors, in mean sizes of error.
  float width_68_ = 1, width_95_ = 2;
  std::uint64_t seed_ = 0;
};

}  // namespace specfuse
