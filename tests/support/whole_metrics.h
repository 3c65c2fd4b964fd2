#pragma once

#include "specfuse/imaging/pair_parts.h"
#include "specfuse/metrics/evaluation.h"
#include "specfuse/metrics/no_reference.h"
#include "specfuse/metrics/reliability.h"

/// What the evaluators say of images in memory, which are one part.
namespace specfuse::testing {

inline Evaluation evaluation(const Cube& reference, const Cube& fused, Index ratio = 1,
                             const std::vector<std::string>& profiles = {}) {
  Evaluator all(reference.rows(), reference.cols(), ratio, profiles);
  for (const Index pass : {0, 1}) all.add(pass, reference, fused, {0, 0, reference.rows(), reference.cols()});
  return all.result();
}

inline std::vector<double> band_psnr_db(const Cube& reference, const Cube& fused) {
  return evaluation(reference, fused).band_psnr_db;
}

inline ErrorStatistics error_statistics(const Cube& reference, const Cube& fused) {
  return evaluation(reference, fused).errors;
}

inline Scores evaluate_profile(const std::string& profile, const Cube& reference, const Cube& fused, Index ratio) {
  return evaluation(reference, fused, ratio, {profile}).profiles.at(profile);
}

inline Scores no_reference_scores(const Pair& pair, const Cube& fused, bool with_qnr) {
  NoReferenceEvaluator all(pair.degradation, pair.hsi.bands(), with_qnr);
  all.add({pair, {0, 0, pair.hsi.rows(), pair.hsi.cols()}}, fused);
  return all.scores();
}

inline Scores consistency(const Pair& pair, const Cube& fused) { return no_reference_scores(pair, fused, false); }

/// d_lambda, d_s and qnr alone.
inline Scores qnr(const Pair& pair, const Cube& fused) {
  Scores scores = no_reference_scores(pair, fused, true);
  scores.values.erase(scores.values.begin(), scores.values.end() - 3);
  return scores;
}

inline Reliability reliability(const Cube& reference, const Cube& fused, const Cube& sigma, double width_95) {
  ReliabilityEvaluator all(reference.rows(), reference.cols(), reference.bands(), width_95);
  all.add(reference, fused, sigma, 0, 0);
  return all.result();
}

}  // namespace specfuse::testing
