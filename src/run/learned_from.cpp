#include "run/learned_from.h"

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Of all answers that a fit sees, those that it only selects with included.
Fingerprint answers_of(const TrainingData& data) {
  Fingerprint answers;
  for (const std::vector<TrainingPair>* pairs : {&data.train, &data.validation}) {
    for (const TrainingPair& pair : *pairs) answers.add(pair.target);
  }
  if (data.large) for_each_part(*data.large, 0, [&](const PairPart& part) { answers.add(part.pair.hsi); });
  return answers;
}

}  // namespace

std::string fit_and_remember(FusionMethod& method, const TrainingData& data, FitContext context) {
  const MethodTraits& traits = method.traits;
  SPECFUSE_CHECK_AS(ConfigError, !data.large || !traits.learns || traits.learns_by_parts,
                    "checkpoint: required, as the method cannot learn from a pair in parts");
  if (context.warm_start ? traits.learns : traits.learns_from(data)) method.learned_from.add(answers_of(data));
  context.learned_from = method.learned_from;
  return method.fit(data, context);
}

Fingerprint ScoredSpectra::all() const {
  Fingerprint scored;
  if (!scene_.large) {
    scored.add(task_.scored ? crop(*scene_.reference, *task_.scored) : *scene_.reference);
    return scored;
  }
  const PairParts& pair = *scene_.large->pair;
  for (const Rectangle& part : parts_of(pair.rows(), pair.cols(), pair.side(), 1)) {
    scored.add(scene_.large->reference->read(fine_part(part, pair.degradation().ratio)));
  }
  return scored;
}

double ScoredSpectra::share_learned(const FusionMethod& method, const TrainingData& training) {
  Fingerprint seen = method.learned_from;
  if (method.traits.learns_from(training)) seen.add(answers_of(training));
  if (seen.empty()) return 0;
  if (!found_) found_ = all();
  return found_->share_in(seen);
}

}  // namespace specfuse
