#include "specfuse/methods/plus/candidates.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/nearest.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"
#include "specfuse/methods/plus/guided.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

using Item = std::pair<std::string, CandidateDescription>;

std::vector<Item> enabled(const CandidateDescriptions& candidates) {
  std::vector<Item> there;
  for (const Item& item : candidates.items) {
    if (item.second.enabled) there.push_back(item);
  }
  return there;
}

Item candidate(const char* name, CandidateDescription description) { return {name, std::move(description)}; }

/// A method of the bench as a candidate; networks, which share their work, take too long for one.
std::unique_ptr<FusionMethod> method_of(const CandidateDescription& candidate, const std::string& path) {
  const auto suits = [](const MethodType& type) { return !type.traits.shares_work; };
  return make_part(candidate.method, suits, concat(path, ".method: expected one of "));
}

/// The estimate that a method makes when it learns, if it does, one scale down.
Cube estimate_of(FusionMethod& method, const TrainingData& data, const KnownPair& pair, std::uint64_t seed) {
  FitContext context;
  context.seed = seed;
  method.fit(data, context);
  return fuse(method, pair).fused;
}

}  // namespace

void CandidateDescription::describe(FieldVisitor& fields) {
  fields("method", method, "A method of the bench, with its default options.");
  fields("from", from, "Or an earlier candidate, by name, to go on from.");
  fields("guided", guided, Range{0, 100},
         "Rounds in which what it misses of the HSI goes where the detail of the MSI predicts it.");
  fields("projections", projections, Range{0, 100}, Label{"rounds of consistency"},
         "Rounds of consistency with both inputs after those.");
  fields("subspace", subspace, Label{"projection on the subspace"},
         "Whether it is projected on the noise-whitened signal subspace of the HSI at the end.");
  fields("in_base", in_base, "Whether it is one of those whose median is the base.");
  fields("in_small_base", in_small_base,
         "The same for a pair of which fewer than four coarse pixels are left one scale down, such as 100 x 100 pixels "
         "at ratio 8; as `in_base` where it is not given.");
  fields("enabled", enabled, Label{"presence"}, "Whether it is there; `false` leaves out one of the default ones.");
}

CandidateDescriptions default_candidates() {
  return {{candidate("local", {.method = "local_injection", .in_base = false}),
           candidate("local_projected", {.from = "local", .guided = 1, .projections = 1, .in_small_base = false}),
           candidate("local_subspace", {.from = "local", .subspace = true, .in_small_base = false}),
           candidate("local_both", {.from = "local", .guided = 1, .projections = 1, .subspace = true}),
           candidate("fuse", {.method = "fuse"}),
           candidate("fuse_projected", {.from = "fuse", .guided = 1, .projections = 1, .in_small_base = false}),
           candidate("cnmf", {.method = "cnmf"}), candidate("hysure", {.method = "hysure"}),
           candidate("csu", {.method = "csu", .in_base = false, .in_small_base = true}),
           candidate("gsa", {.method = "gsa", .in_base = false}),
           candidate("sfim_hs", {.method = "sfim_hs", .in_base = false, .in_small_base = true}),
           candidate("linear", {.method = "linear_injection", .in_base = false})}};
}

void check_candidates(const CandidateDescriptions& candidates, const std::string& path, const KnownPair& pair) {
  require_lower_scale(path, pair.hsi.rows(), pair.hsi.cols(), pair.degradation.ratio);
  std::vector<std::string> before, described;
  for (const auto& [name, description] : candidates.items) {
    if (description.from || !description.method.empty()) described.push_back(name);
  }
  for (const auto& [name, description] : candidates.items) {
    SPECFUSE_CHECK_AS(ConfigError, description.enabled || description.from || !description.method.empty(), path, ".",
                      name, ": expected a candidate that is there to leave out, got \"", name, "\"",
                      did_you_mean(name, described));
  }
  bool based = false;
  for (const auto& [name, description] : enabled(candidates)) {
    const std::string at = concat(path, ".", name);
    if (description.from) {
      const bool known = std::find(before.begin(), before.end(), *description.from) != before.end();
      SPECFUSE_CHECK_AS(ConfigError, known, at, ".from: expected an earlier candidate that is enabled, got \"",
                        *description.from, "\"");
      SPECFUSE_CHECK_AS(ConfigError, description.method.empty(), at, ".method: expected none beside from, got \"",
                        description.method, "\"");
    } else {
      const std::unique_ptr<FusionMethod> method = method_of(description, at);
      try {
        method->check({{pair.lower()}, {}}, pair);
      } catch (const ConfigError& problem) {
        throw ConfigError(concat(at, ": ", problem.what()));
      }
    }
    before.push_back(name);
    based = based || description.in_base;
  }
  SPECFUSE_CHECK_AS(ConfigError, based, path, ": expected at least one that is in_base, got none");
}

std::vector<Tensor> make_candidates(const CandidateDescriptions& candidates, const KnownPair& pair,
                                    std::uint64_t seed) {
  const TrainingData data{{pair.lower()}, {}};
  const std::vector<Item> there = enabled(candidates);
  std::vector<Tensor> values(there.size());
  const PairNoise& noise = pair.noise();  // with all threads, before candidates ask for it
  Progress progress(static_cast<Index>(there.size()), "candidates");
  const auto keep = [&](std::size_t i, Cube& estimate) {
    const CandidateDescription& description = there[i].second;
    for (Index round = 0; round < description.guided; ++round) add_guided(pair, noise, estimate);
    for (Index round = 0; round < description.projections; ++round) make_consistent(pair, estimate);
    if (description.subspace) project_on_signal(pair.hsi, estimate);
    values[i] = estimate.values;
    progress.tick();
  };
  std::vector<std::size_t> methods, mine;
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (!there[i].second.from) methods.push_back(i);
  }
  const auto owner_of = [&](std::size_t k) { return static_cast<int>(k) % rank_count(); };
  for (std::size_t k = 0; k < methods.size(); ++k) {
    if (owner_of(k) == this_rank()) mine.push_back(methods[k]);
  }
  // Most methods leave some of the threads idle, so that they are run side by side.
  parallel_for(std::ssize(mine), [&](Index index) {
    const std::size_t i = mine[static_cast<std::size_t>(index)];
    Cube estimate = estimate_of(*method_of(there[i].second, there[i].first), data, pair, seed);
    keep(i, estimate);
  });
  for (std::size_t k = 0; k < methods.size(); ++k) {
    Tensor& of_method = values[methods[k]];
    if (!of_method.defined()) of_method = Tensor::uninitialized({pair.msi.rows(), pair.msi.cols(), pair.hsi.bands()});
    send_from_rank(owner_of(k), of_method.data(), of_method.size());
  }
  for (std::size_t i = 0; i < there.size(); ++i) {
    const std::optional<std::string>& from = there[i].second.from;
    if (!from) continue;
    const auto is_it = [&](const Item& item) { return item.first == *from; };
    const auto at = std::find_if(there.begin(), there.end(), is_it) - there.begin();
    Cube estimate = pair.hsi;
    estimate.values = values[static_cast<std::size_t>(at)].clone();
    keep(i, estimate);
  }
  return values;
}

Tensor median_of_base(const CandidateDescriptions& candidates, const std::vector<Tensor>& values, const Pair& pair) {
  std::vector<const float*> from, from_small;
  const std::vector<Item> there = enabled(candidates);
  for (std::size_t i = 0; i < there.size(); ++i) {
    const CandidateDescription& description = there[i].second;
    if (description.in_base) from.push_back(values[i].data());
    if (description.in_small_base.value_or(description.in_base)) from_small.push_back(values[i].data());
  }
  if (is_small(pair) && !from_small.empty()) from = from_small;
  Tensor median = Tensor::uninitialized(values.front().shape());
  const std::size_t count = from.size(), middle = count / 2;
  parallel_ranges(median.size(), 1 << 14, [&](Index begin, Index end) {
    std::vector<float> sorted(count);
    for (Index i = begin; i < end; ++i) {
      for (std::size_t k = 0; k < count; ++k) sorted[k] = from[k][i];
      std::sort(sorted.begin(), sorted.end());
      median[i] = count % 2 == 1 ? sorted[middle] : 0.5f * (sorted[middle - 1] + sorted[middle]);
    }
  });
  return median;
}

}  // namespace specfuse
