#include "specfuse/run/protocol.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "run/measured_pair.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/rng.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/split.h"

namespace specfuse {
namespace {

TrainingPair part_of(const TrainingPair& whole, const Rectangle& fine) {
  return {crop_pair(whole.input, fine), crop(whole.target, fine)};
}

/// Of so many coarse rows, those kept for validation.
Index validation_rows(double fraction, Index coarse_rows) {
  if (fraction == 0) return 0;
  return std::max<Index>(1, std::llround(fraction * static_cast<double>(coarse_rows)));
}

/// Adds an example to the training data, except the last rows, which go to the validation data. Its parts go to a
/// folder, where one is given.
void add_example(const TrainingPair& whole, double validation_fraction, TrainingData& data,
                 const std::string& scratch = "") {
  // The whole target shares the storage of the scene, which is in scratch already.
  if (validation_fraction == 0) return void(data.train.push_back({on_disk(whole.input, scratch), whole.target}));
  const Index ratio = whole.input.degradation.ratio, coarse_rows = whole.input.hsi.rows();
  const Index rows = whole.target.rows(), cols = whole.target.cols();
  const Index kept = validation_rows(validation_fraction, coarse_rows) * ratio;
  SPECFUSE_CHECK_AS(ConfigError, kept < rows, "protocol.validation_fraction: expected less, ", validation_fraction,
                    " of ", coarse_rows, " coarse rows leaves none to train on");
  data.train.push_back(on_disk(part_of(whole, {0, 0, rows - kept, cols}), scratch));
  data.validation.push_back(on_disk(part_of(whole, {rows - kept, 0, kept, cols}), scratch));
}

/// Whether there is a lower scale, and something to train on beside what is kept for validation.
bool leaves_training(const Pair& pair, double validation_fraction) {
  const Index rows = pair.hsi.rows() / pair.degradation.ratio;
  return has_lower_scale(pair.msi, pair.degradation.ratio) && validation_rows(validation_fraction, rows) < rows;
}

/// Trains one scale down, where the hsi itself is the answer (Wald et al. 1997).
TrainingData wald_training(const Pair& pair, double validation_fraction) {
  require_lower_scale("protocol.type: wald", pair.hsi.rows(), pair.hsi.cols(), pair.degradation.ratio);
  TrainingData data;
  add_example(lower_scale(pair), validation_fraction, data);
  return data;
}

/// Trains on other scenes, with their references as the answers. Each has noise of its own, whatever others there are.
TrainingData transfer_training(const Scene& scene, double validation_fraction, Index seed) {
  std::map<std::string, int> seen;
  const auto example = [&](const Scene& other) {
    const Tensor& values = other.reference->values;
    const std::string own = hex_hash(values.data(), static_cast<std::size_t>(values.size()) * sizeof(float));
    Rng seeds(static_cast<std::uint64_t>(seed), stream_of(concat(own, " ", seen[own]++)));
    return TrainingPair{make_pair(other, static_cast<Index>(seeds.next())), *other.reference};
  };
  TrainingData data;
  for (const Scene& other : scene.train) add_example(example(other), validation_fraction, data, scene.scratch);
  for (const Scene& other : scene.validation) {
    const TrainingPair whole = example(other);
    data.validation.push_back({on_disk(whole.input, scene.scratch), whole.target});
  }
  return data;
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
  return {{part_of(whole, *protocol.train)}, {part_of(whole, *protocol.validation)}};
}

/// Throws where what is to be fused, scored or learned from has no data in any pixel.
void require_data(const Task& task) {
  const auto check = [](bool has, const char* path, const char* what) {
    SPECFUSE_CHECK_AS(ConfigError, has, path, ": expected data in ", what, ", got none in any pixel");
  };
  check(has_data(task.pair_in_memory.hsi), "data.nodata", "the HSI, in at least half of what some coarse pixel sees");
  Cube result = task.pair_in_memory.msi;
  result.valid = valid_of_result(task.pair_in_memory);
  if (task.scored) result = crop(result, *task.scored);
  check(has_data(result), task.scored ? "protocol.test" : "data.nodata", "both images, in the part that is scored");
  for (const TrainingPair& pair : task.training.train) {
    const bool has = has_data(pair.target) && has_data(pair.input.hsi) && has_data(pair.input.msi);
    check(has, "protocol", "what is learned from");
  }
}

/// Side of the part by which a reference is registered, in fine pixels; a larger one is no more precise.
constexpr Index kRegistered = 256;

/// The middle of a pair that is larger than memory, or all of it.
Rectangle part_to_register(const PairParts& pair, bool is_large) {
  if (!is_large) return {0, 0, pair.rows(), pair.cols()};
  const Index side = std::max<Index>(1, kRegistered / pair.degradation().ratio);
  const Index rows = std::min(side, pair.rows()), cols = std::min(side, pair.cols());
  return {(pair.rows() - rows) / 2, (pair.cols() - cols) / 2, rows, cols};
}

/// The pair with its sensors as they are known, and its reference where the MSI lies.
Task sensed_task(const Scene& scene, Index seed) {
  Task task;
  task.is_large = scene.large.has_value();
  task.pair_in_memory = make_pair(scene, seed);
  task.reference_in_memory = scene.reference;
  if (scene.reference) task.reference = task.is_large ? scene.large->reference : in_memory(*scene.reference);
  task.pair = task.is_large ? scene.large->pair : std::make_shared<WholePair>(task.pair_in_memory);
  if (task.is_large) task.step = scene.large->step;
  if (scene.measured) check_orientation(task.pair_in_memory, scene.orientation);
  if (!scene.estimate.any() && !scene.harmonise) return task;
  task.sensors = look_at_sensors(*task.pair, scene.estimate, scene.harmonise);
  task.pair = std::make_shared<SensedPair>(task.pair, task.sensors);
  if (!task.is_large) {
    task.pair_in_memory = task.pair->read({0, 0, task.pair->rows(), task.pair->cols()});
    task.pair = std::make_shared<WholePair>(task.pair_in_memory);
  }
  if (scene.reference && !scene.reference_on_msi) {
    const Rectangle part = part_to_register(*task.pair, task.is_large);
    task.sensors.register_reference(task.reference->read(fine_part(part, scene.degradation.ratio)),
                                    task.pair->read(part), {part.row, part.col});
    task.reference = task.sensors.on_msi(task.reference, scene.degradation.boundary);
  }
  if (task.is_large) {
    const Shown shown = means_of(*task.pair, task.reference.get(), task.step);
    task.pair_in_memory = shown.pair;
    task.reference_in_memory = shown.reference;
  } else if (scene.reference) {
    task.reference_in_memory = task.reference->read_all();
    task.reference = in_memory(*task.reference_in_memory);
  }
  return task;
}

/// Throws where a pair that is larger than memory cannot be learned from, or seen, part by part.
void check_large(const ProtocolConfig& protocol, const Degradation& degradation) {
  const auto check = [](bool fits, const char* path, const char* expected) {
    SPECFUSE_CHECK_AS(ConfigError, fits, path, ": expected ", expected,
                      " for a pair that is larger than the memory it may take; --memory gives more of it");
  };
  check(protocol.type == Protocol::wald || protocol.type == Protocol::apply, "protocol.type", "wald or apply");
  check(protocol.validation_fraction == 0 || protocol.type == Protocol::apply, "protocol.validation_fraction", "0");
  check(degradation.boundary != Boundary::circular, "degrade.boundary", "another than circular");
}

}  // namespace

Task make_task(const Scene& scene, const ProtocolConfig& protocol, Index seed, const MethodNeeds& needs) {
  Task task = sensed_task(scene, seed);
  if (task.is_large) check_large(protocol, scene.degradation);
  switch (protocol.type) {
    case Protocol::wald:
      if (task.is_large) {
        task.training.large = task.pair.get();
      } else if (needs.training || leaves_training(task.pair_in_memory, protocol.validation_fraction)) {
        task.training = wald_training(task.pair_in_memory, protocol.validation_fraction);
      }
      break;
    case Protocol::transfer:
      task.training = transfer_training(scene, protocol.validation_fraction, seed);
      if (protocol.fine_tune) task.fine_tuning = wald_training(task.pair_in_memory, 0);
      break;
    case Protocol::split:
      SPECFUSE_CHECK_AS(ConfigError, scene.reference.has_value(),
                        "protocol.type: expected another than split for a pair without a reference, got split");
      task.training =
          split_training({task.pair_in_memory, *task.reference_in_memory}, protocol, needs.receptive_radius);
      task.scored = *protocol.test;
      break;
    case Protocol::apply:
      break;
  }
  require_data(task);
  return task;
}

}  // namespace specfuse
