#include "specfuse/run/check_experiments.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "run/image_cache.h"
#include "run/method_checks.h"
#include "run/scene_warnings.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/run/find_data.h"
#include "specfuse/run/method_files.h"

namespace specfuse {
namespace {

/// Runs `work` and keeps what it throws. Returns whether all was well.
template <class Work>
bool attempt(Findings& findings, const Work& work) {
  try {
    work();
    return true;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& problem) {
    findings.mistakes.push_back({problem.what(), dynamic_cast<const DataError*>(&problem) != nullptr});
    return false;
  }
}

void add(const Findings& more, Findings& all) {
  all.mistakes.insert(all.mistakes.end(), more.mistakes.begin(), more.mistakes.end());
  all.warnings.insert(all.warnings.end(), more.warnings.begin(), more.warnings.end());
}

/// Equal for experiments on one scene; those on the same data are neighbours in the order of these texts.
std::string scene_key(const ExperimentConfig& config) {
  return concat(json_text(write_fields(config.data)), json_text(write_fields(config.protocol)),
                json_text(write_fields(config.degrade)));
}

std::string method_key(const MethodConfig& entry, std::size_t place) {
  return concat(place, " ", json_text(write_fields(entry)));
}

class Checker {
 public:
  explicit Checker(const std::vector<std::string>& directories) : directories_(directories) {}

  std::vector<Findings> check(const std::vector<const ExperimentConfig*>& given) {
    findings_.resize(given.size());
    std::map<std::string, std::vector<std::size_t>> of_scene;
    for (std::size_t i = 0; i < given.size(); ++i) {
      configs_.push_back(*given[i]);
      const auto adopt = [&] { configs_[i] = adopt_checkpoints(*given[i], directories_); };
      if (attempt(findings_[i], adopt)) of_scene[scene_key(configs_[i])].push_back(i);
    }
    std::optional<Progress> progress;
    Index done = 0;
    for (const auto& [key, runs] : of_scene) {
      constexpr double kSoon = 2;
      if (!progress && since_start_.seconds() > kSoon) {
        progress.emplace("checking the runs", static_cast<Index>(given.size()), "runs");
      }
      if (progress) progress->update(done);
      check_on_scene(runs);
      cache_.forget_unused();
      done += static_cast<Index>(runs.size());
    }
    if (progress) progress->update(done);
    return std::move(findings_);
  }

 private:
  static void stop_where_asked() { SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted before the first run"); }

  void check_on_scene(const std::vector<std::size_t>& runs) {
    stop_where_asked();
    const ExperimentConfig& first = configs_[runs.front()];
    Scene scene;
    Findings common;
    const bool loaded = attempt(common, [&] {
      scene = load_scene(first, directories_, &cache_);
      common.warnings = scene_warnings(first, scene);
    });
    for (const std::size_t run : runs) add(common, findings_[run]);
    if (!loaded) return;
    wrong_.clear();
    std::map<std::string, std::pair<MethodNeeds, Findings>> known;
    std::map<std::pair<Index, bool>, std::vector<std::size_t>> of_task;
    for (const std::size_t run : runs) {
      MethodNeeds needs{0, false};
      for (std::size_t i = 0; i < configs_[run].methods.size(); ++i) {
        const MethodConfig& entry = configs_[run].methods[i];
        const auto [checked, fresh] = known.try_emplace(method_key(entry, i), MethodNeeds{0, false}, Findings{});
        auto& [own, found] = checked->second;
        if (fresh && !attempt(found, [&, &own = own] { own = needs_of(entry, i, scene); }))
          wrong_.insert(checked->first);
        add(found, findings_[run]);
        needs = both(needs, own);
      }
      of_task[{needs.receptive_radius, needs.training}].push_back(run);
    }
    for (const auto& [needs, of_one] : of_task) check_on_task(scene, {needs.first, needs.second}, of_one);
  }

  void check_on_task(const Scene& scene, const MethodNeeds& needs, const std::vector<std::size_t>& runs) {
    stop_where_asked();
    const ExperimentConfig& first = configs_[runs.front()];
    std::optional<Task> task;
    Findings common;
    attempt(common, [&] {
      task = make_task(scene, first.protocol, first.seeds.front(), needs);
      common.warnings = task_warnings(first, scene, *task);
    });
    std::optional<ScoredSpectra> scored;
    if (task) scored.emplace(scene, *task);
    std::map<std::string, Findings> known;
    for (const std::size_t run : runs) {
      add(common, findings_[run]);
      for (std::size_t i = 0; task && i < configs_[run].methods.size(); ++i) {
        const auto [checked, fresh] = known.try_emplace(method_key(configs_[run].methods[i], i));
        if (wrong_.count(checked->first) > 0) continue;
        Findings& found = checked->second;
        if (fresh)
          attempt(found,
                  [&] { found.warnings = check_method(configs_[run], i, *task, directories_, *scored).warnings; });
        add(found, findings_[run]);
      }
    }
  }

  std::vector<std::string> directories_;
  /// With what their checkpoints say.
  std::vector<ExperimentConfig> configs_;
  std::vector<Findings> findings_;
  ImageCache cache_;
  /// Methods that do not even suit the numbers of bands of the present scene.
  std::set<std::string> wrong_;
  Stopwatch since_start_;
};

}  // namespace

std::vector<Findings> check_experiments(const std::vector<const ExperimentConfig*>& configs,
                                        const std::vector<std::string>& directories) {
  return Checker(data_directories(directories)).check(configs);
}

}  // namespace specfuse
