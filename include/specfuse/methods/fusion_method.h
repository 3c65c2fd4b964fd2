#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/degrade.h"
#include "specfuse/io/checkpoint.h"

namespace specfuse {

/// Inputs with the answer: target is the fine image with all bands [msi rows, msi cols, hsi bands].
struct TrainingPair {
  Pair input;
  Cube target;
};

/// All that a fit sees. Test data has no place in it.
struct TrainingData {
  std::vector<TrainingPair> train;
  /// To choose the best state with; empty: the last is taken.
  std::vector<TrainingPair> validation;
};

/// One line of the training log.
struct TrainingRecord {
  Index step = 0;
  double loss = 0;
  double learning_rate = 0;
  /// NaN where this step was not validated.
  double validation_loss = std::numeric_limits<double>::quiet_NaN();
  double seconds = 0;
};

/// How a fit goes on from the state that an earlier one left: normalisation and parameters are kept.
struct WarmStart {
  Index steps = 0;
  /// The highest of the schedule.
  double learning_rate = 0;
};

/// How a fit is to run, beside its data.
struct FitContext {
  std::uint64_t seed = 0;
  /// Title of the progress; empty: none is shown.
  std::string label;
  /// Where checkpoints go during a long fit; empty: nowhere.
  std::string checkpoint_path;
  /// Continue from `checkpoint_path` where it exists.
  bool resume = false;
  /// Fine-tune what is fitted already. A method that has no steps to take fits anew.
  std::optional<WarmStart> warm_start;
  /// The resolved configuration, stored in the checkpoint.
  std::string config;
  /// Receives the training log; may be empty.
  std::function<void(const TrainingRecord&)> record;
  /// Called before a checkpoint is written: what was recorded must last as long; may be empty.
  std::function<void()> sync_records;
};

/// A way to fuse a pair into the fine image with all bands. One file per method; the registry knows them by name.
class FusionMethod {
 public:
  virtual ~FusionMethod() = default;

  /// Throws `ConfigError` where the options do not suit the data, before anything long is started.
  virtual void check(const TrainingData&, const Pair&) const {}

  /// Learns from examples. Methods that learn nothing ignore it. Throws `Interrupted`, its checkpoint written, when
  /// the user asked to stop.
  virtual void fit(const TrainingData& data, const FitContext& context) = 0;

  /// The fused image [msi rows, msi cols, hsi bands] with the wavelengths and attributes of pair.hsi. Throws
  /// `Interrupted` when the user asked to stop.
  virtual Cube fuse(const Pair& pair) const = 0;

  /// Whether it has to be fitted or restored before it can fuse.
  virtual bool learns() const { return false; }

  /// How far around a pixel the MSI has a say in its fused spectrum, in fine pixels.
  virtual Index receptive_radius() const { return 0; }

  /// What `restore` needs to fuse without a fit; empty tensors for methods that learn nothing.
  virtual Checkpoint checkpoint() const { return {}; }
  virtual void restore(const Checkpoint&) {}
};

}  // namespace specfuse
