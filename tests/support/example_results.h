#pragma once

#include <limits>
#include <string>
#include <vector>

#include "specfuse/results/experiment_results.h"

namespace specfuse {

inline MethodResult result_of(const std::string& label, Index seed, double psnr) {
  MethodResult result;
  result.name = result.label = label;
  result.folder = label;
  result.seed = seed;
  result.scores = Scores{{{"psnr_db", psnr}, {"cc", std::numeric_limits<double>::quiet_NaN()}}, {{"zero bands", 2}}};
  result.train_scores = Scores{{{"psnr_db", 99.5}}, {}};
  return result;
}

/// Of two methods over two seeds.
inline ExperimentResults results_of(const std::vector<MethodResult>& methods) {
  const std::string text = R"({"name": "r", "data": {"scene": "s.h5"}, "seeds": [0, 1],
      "methods": [{"name": "bicubic"}, {"name": "linear_injection"}]})";
  ExperimentResults results;
  results.config = parse_config(text, "r.json", {});
  results.scored_on = "whole image";
  results.methods = methods;
  results.data_hash = "0123456789abcdef";
  return results;
}

}  // namespace specfuse
