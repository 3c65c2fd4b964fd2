#include "run/method_checks.h"

#include <algorithm>

#include "run/method_files.h"
#include "run/scene_doubts.h"
#include "specfuse/core/error.h"
#include "specfuse/run/apply.h"

namespace specfuse {
namespace {

/// Does what is asked of a method; what is wrong with it is said of its place.
template <class Work>
auto of_method(std::size_t place, const Work& work) {
  try {
    return work();
  } catch (const ConfigError& problem) {
    throw ConfigError(concat("methods.", place, ": ", problem.what()));
  }
}

/// Whether an entry has to be fitted before it can fuse.
bool needs_training(const MethodConfig& config, const FusionMethod& method) {
  return !config.checkpoint && !method.is_ready();
}

}  // namespace

MethodNeeds needs_of(const MethodConfig& entry, std::size_t place, const Scene& scene) {
  const NetworkSizes sizes = scene.measured ? NetworkSizes{scene.measured->hsi.bands(), scene.measured->msi.bands()}
                                            : NetworkSizes{scene.reference->bands(), scene.degradation.srf.dim(0)};
  return of_method(place, [&]() -> MethodNeeds {
    const std::unique_ptr<FusionMethod> method = entry.options->make();
    return {method->receptive_radius(sizes), needs_training(entry, *method)};
  });
}

MethodNeeds both(const MethodNeeds& one, const MethodNeeds& other) {
  return {std::max(one.receptive_radius, other.receptive_radius), one.training || other.training};
}

MethodNeeds needs_of(const ExperimentConfig& config, const Scene& scene) {
  MethodNeeds needs{0, false};
  for (std::size_t i = 0; i < config.methods.size(); ++i) needs = both(needs, needs_of(config.methods[i], i, scene));
  return needs;
}

std::vector<std::string> check_method(const ExperimentConfig& config, std::size_t place, const Task& task,
                                      const std::vector<std::string>& directories) {
  const MethodConfig& entry = config.methods[place];
  ExperimentConfig alone = config;
  alone.methods = {entry};
  std::vector<std::string> doubts = checkpoint_doubts(alone, directories);
  of_method(place, [&] {
    const std::unique_ptr<FusionMethod> method = make_method(entry, directories);
    if (entry.checkpoint) restore_from(find_checkpoint(*entry.checkpoint, directories), *method);
    method->check(task.training, task.pair);
    if (task.fine_tuning) method->check(*task.fine_tuning, task.pair);
    const bool goes_on = entry.checkpoint || (method->is_ready() && task.fine_tuning);
    const std::string doubt = goes_on ? "" : method->doubts(task.training);
    if (!doubt.empty()) doubts.push_back(concat(entry.label, " ", doubt));
  });
  return doubts;
}

std::vector<std::string> check_methods(const ExperimentConfig& config, const Scene& scene, const Task& task,
                                       const std::vector<std::string>& directories) {
  std::vector<std::string> doubts = scene_doubts(config, scene);
  for (const std::string& doubt : task_doubts(config, scene, task)) doubts.push_back(doubt);
  for (std::size_t i = 0; i < config.methods.size(); ++i) {
    for (const std::string& doubt : check_method(config, i, task, directories)) doubts.push_back(doubt);
  }
  return doubts;
}

}  // namespace specfuse
