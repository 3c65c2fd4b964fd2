#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "specfuse/core/buffer.h"
#include "specfuse/imaging/fingerprint.h"

namespace specfuse {

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
  /// A folder where what is learned from waits in files; empty: in memory.
  std::string scratch{};
  /// Continue from `checkpoint_path` where it exists.
  bool resume = false;
  /// Fine-tune what is fitted already. A method that has no steps to take fits anew.
  std::optional<WarmStart> warm_start;
  /// The resolved configuration, and what is learned from with all that was before: stored in the checkpoint.
  std::string config;
  Fingerprint learned_from{};
  /// Receives the training log; may be empty.
  std::function<void(const TrainingRecord&)> record;
  /// Called before a checkpoint is written: what was recorded must last as long; may be empty.
  std::function<void()> sync_records;
};

}  // namespace specfuse
