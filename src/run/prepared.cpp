#include "run/prepared.h"

#include <limits>
#include <utility>

#include "run/method_run.h"
#include "specfuse/core/buffer.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/results/run_folder.h"
#include "specfuse/run/find_data.h"
#include "specfuse/run/method_files.h"

namespace specfuse {
namespace {

Budget budget_of(const RunOptions& options) {
  const Budget budget(options.memory);
  if (budget.is_limit) limit_free_memory(budget.free_buffers());
  return budget;
}

/// How an earlier run of an experiment read its pair.
enum class EarlierRun : Index { none, in_parts, in_memory };

EarlierRun earlier_run(const ExperimentConfig& config, const std::string& out) {
  const std::optional<std::string> hash = RunFolder(out).data_hash_of(config);
  if (!hash) return EarlierRun::none;
  return hash->starts_with(kStreamedHash) ? EarlierRun::in_parts : EarlierRun::in_memory;
}

/// The bytes that a pair in memory may take: what is left of the budget, unless that is what the machine has free,
/// which varies from one call to the next. Then a run that is there already has decided.
double memory_for_pair(const ExperimentConfig& config, const RunOptions& options, const Budget& budget) {
  if (budget.is_limit || (options.overwrite && !options.resume)) return budget.left();
  switch (EarlierRun(of_first_rank(Index(earlier_run(config, options.out))))) {
    case EarlierRun::in_parts:
      return 0;
    case EarlierRun::in_memory:
      return std::numeric_limits<double>::infinity();
    case EarlierRun::none:
      return budget.left();
  }
  return budget.left();
}

}  // namespace

LoadedExperiment::LoadedExperiment(const ExperimentConfig& given, const RunOptions& options)
    : directories(data_directories(options.data_directories)), config(adopt_checkpoints(given, directories)),
      budget(budget_of(options)),
      scene(load_scene(config, directories, nullptr, options.scratch, memory_for_pair(config, options, budget))) {}

PreparedExperiment::PreparedExperiment(LoadedExperiment loaded)
    : LoadedExperiment(std::move(loaded)), needs(needs_of(config, scene)),
      first(make_task(scene, config.protocol, config.seeds.front(), needs)),
      found(check_methods(config, scene, *first, directories)) {
  // What is shown of all results, of the pair and of its reference.
  budget.held = static_cast<double>(config.methods.size() + 2) * static_cast<double>(sizeof(float)) *
                static_cast<double>(first->pair_in_memory.msi.pixels() * first->pair_in_memory.hsi.bands());
  check_parts(config, directories, *first, budget);
}

Task PreparedExperiment::take_task(Index seed) {
  return first ? *std::exchange(first, {}) : make_task(scene, config.protocol, seed, needs);
}

}  // namespace specfuse
