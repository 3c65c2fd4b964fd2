#include "run/method_checks.h"

#include <algorithm>

#include "run/scene_warnings.h"
#include "specfuse/core/error.h"
#include "specfuse/networks/plan.h"
#include "specfuse/report/text_format.h"
#include "specfuse/run/method_files.h"

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

/// Whether a method has learned from what it is scored on, or will do.
void look_at_learning(const ExperimentConfig& config, const MethodConfig& entry, const Task& task,
                      const FusionMethod& method, ScoredSpectra& scored, MethodFindings& found) {
  found.learned_shares = {std::nullopt};
  if (!scored.exist()) return;
  if (entry.checkpoint && method.learned_from.empty()) {
    found.warnings.push_back(concat(entry.label, ": ", *entry.checkpoint,
                                    " does not say what it learned from, which may be what it is scored on"));
    return;
  }
  // What is learned from the pair itself is no part of its reference, or lies apart from what is scored.
  const bool others = config.protocol.type == Protocol::transfer;
  const double share = scored.share_learned(method, others ? task.training : TrainingData{});
  // What somebody else's program brings with it is not known.
  if (share > 0 || entry.name != kExternal) found.learned_shares = {share};
  if (share == 0) return;
  found.warnings.push_back(concat(entry.label, " learned from what it is scored on (", number_text(100 * share, 0),
                                  " % of its spectra): its scores do not tell what it does elsewhere; ",
                                  "a checkpoint, or protocol.train_scenes, without this scene would"));
}

}  // namespace

MethodNeeds needs_of(const MethodConfig& entry, std::size_t place, const Scene& scene) {
  const NetworkSizes sizes = scene.measured ? NetworkSizes{scene.measured->hsi.bands(), scene.measured->msi.bands()}
                                            : NetworkSizes{scene.reference->bands(), scene.degradation.srf.dim(0)};
  return of_method(place, [&]() -> MethodNeeds {
    const std::unique_ptr<FusionMethod> method = entry.options->make();
    return {method->network(sizes).receptive_radius, !entry.checkpoint && !method->traits.is_ready()};
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

MethodFindings check_method(const ExperimentConfig& config, std::size_t place, const Task& task,
                            const std::vector<std::string>& directories, ScoredSpectra& scored) {
  const MethodConfig& entry = config.methods[place];
  ExperimentConfig alone = config;
  alone.methods = {entry};
  MethodFindings found{checkpoint_warnings(alone, directories), {}};
  of_method(place, [&] {
    const std::unique_ptr<FusionMethod> method = make_method(entry, directories);
    method->check(task.training, task.pair_in_memory);
    if (task.fine_tuning) method->check(*task.fine_tuning, task.pair_in_memory);
    const bool goes_on = entry.checkpoint || (method->traits.is_ready() && task.fine_tuning);
    const std::string warning = goes_on ? "" : method->warnings(task.training);
    if (!warning.empty()) found.warnings.push_back(concat(entry.label, " ", warning));
    look_at_learning(config, entry, task, *method, scored, found);
  });
  return found;
}

MethodFindings check_methods(const ExperimentConfig& config, const Scene& scene, const Task& task,
                             const std::vector<std::string>& directories) {
  ScoredSpectra scored(scene, task);
  MethodFindings all{scene_warnings(config, scene), {}};
  const auto add = [&](const std::vector<std::string>& warnings) {
    all.warnings.insert(all.warnings.end(), warnings.begin(), warnings.end());
  };
  add(task_warnings(config, scene, task));
  for (std::size_t i = 0; i < config.methods.size(); ++i) {
    const MethodFindings one = check_method(config, i, task, directories, scored);
    add(one.warnings);
    all.learned_shares.push_back(one.learned_shares.front());
  }
  return all;
}

}  // namespace specfuse
