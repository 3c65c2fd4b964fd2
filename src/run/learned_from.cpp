#include "run/learned_from.h"

namespace specfuse {
namespace {

/// Of all answers that a fit sees, those that it only selects with included.
Fingerprint answers_of(const TrainingData& data) {
  Fingerprint answers;
  for (const std::vector<TrainingPair>* pairs : {&data.train, &data.validation}) {
    for (const TrainingPair& pair : *pairs) answers.add(pair.target);
  }
  return answers;
}

}  // namespace

void learn(FusionMethod& method, const TrainingData& data, FitContext context) {
  if (context.warm_start ? method.learns() : method.learns_from(data)) method.learned_from.add(answers_of(data));
  context.learned_from = method.learned_from;
  method.fit(data, context);
}

void learn(FusionMethod& method, const PairParts& pair, const FitContext& context) {
  method.fit_by_parts(pair, context);
  if (!method.learns()) return;
  for_each_part(pair, 0, [&](const PairPart& part) { method.learned_from.add(part.pair.hsi); });
}

Checkpoint learned_by(const FusionMethod& method) {
  Checkpoint checkpoint = method.checkpoint();
  if (!checkpoint.tensors.empty()) save_learned_from(method.learned_from, checkpoint);
  return checkpoint;
}

ScoredSpectra::ScoredSpectra(const Scene& scene, const Task& task) {
  if (!scene.reference) return;
  find_ = [&scene, &task] {
    Fingerprint scored;
    scored.add(task.scored ? crop(*scene.reference, *task.scored) : *scene.reference);
    return scored;
  };
}

double ScoredSpectra::share_learned(const FusionMethod& method, const TrainingData& training) {
  Fingerprint seen = method.learned_from;
  if (method.learns_from(training)) seen.add(answers_of(training));
  if (seen.empty()) return 0;
  if (!found_) found_ = find_();
  return found_->share_in(seen);
}

}  // namespace specfuse
