#include "specfuse/experiment/protocol.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/split.h"

namespace specfuse {
namespace {

TrainingPair part_of(const TrainingPair& whole, const Rectangle& fine) {
  return {crop_pair(whole.input, fine), crop(whole.target, fine)};
}

/// Trains one scale down, where the hsi itself is the answer (Wald et al. 1997).
TrainingData wald_training(const Pair& pair, double validation_fraction) {
  SPECFUSE_CHECK_AS(ConfigError, pair.hsi.rows() >= pair.degradation.ratio && pair.hsi.cols() >= pair.degradation.ratio,
                    "protocol.type: wald needs an hsi of at least ", pair.degradation.ratio, " x ",
                    pair.degradation.ratio, " pixels (degrade.ratio), got ", pair.hsi.rows(), " x ", pair.hsi.cols());
  TrainingPair whole{degrade_pair(pair), {}};
  const Rectangle all{0, 0, whole.input.msi.rows(), whole.input.msi.cols()};
  whole.target = crop(pair.hsi, all);
  if (validation_fraction == 0) return {{whole}, {}};

  const Index ratio = pair.degradation.ratio, coarse_rows = whole.input.hsi.rows();
  const auto wanted = std::llround(validation_fraction * static_cast<double>(coarse_rows));
  const Index kept = std::max<Index>(1, wanted) * ratio;
  SPECFUSE_CHECK_AS(ConfigError, kept < all.rows, "protocol.validation_fraction: expected less, ", validation_fraction,
                    " of ", coarse_rows, " coarse rows leaves none to train on");
  return {{part_of(whole, {0, 0, all.rows - kept, all.cols})}, part_of(whole, {all.rows - kept, 0, kept, all.cols})};
}

/// Trains on parts of the scene itself, with the reference as the answer.
TrainingData split_training(const TrainingPair& whole, const ProtocolConfig& protocol, Index receptive_radius) {
  SplitLimits limits;
  limits.receptive_field_radius = std::max(limits.receptive_field_radius, receptive_radius);
  limits.rows = whole.target.rows();
  limits.cols = whole.target.cols();
  limits.ratio = whole.input.degradation.ratio;
  limits.psf_reach = psf_reach(whole.input.degradation.psf);
  check_split({*protocol.train, *protocol.validation, *protocol.test}, limits);
  return {{part_of(whole, *protocol.train)}, part_of(whole, *protocol.validation)};
}

}  // namespace

Task make_task(const Scene& scene, const ProtocolConfig& protocol, Index seed, Index receptive_radius) {
  Task task{make_pair(scene, seed), {}, {}, {}};
  if (scene.estimate.srf || scene.estimate.psf) {
    task.estimate = estimate_degradation(task.pair, scene.estimate);
    task.pair = with_estimate(task.pair, *task.estimate);
  }
  if (protocol.type == "wald") {
    task.training = wald_training(task.pair, protocol.validation_fraction);
  } else {
    SPECFUSE_CHECK_AS(ConfigError, scene.reference.has_value(),
                      "protocol.type: expected wald for a pair without a reference, got ", protocol.type);
    task.training = split_training({task.pair, *scene.reference}, protocol, receptive_radius);
    task.scored = *protocol.test;
  }
  return task;
}

}  // namespace specfuse
