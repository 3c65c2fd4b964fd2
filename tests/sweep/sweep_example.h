#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "specfuse/core/error.h"
#include "sweep/sweep_table.h"

namespace specfuse {

/// A sweep of two methods over what `rest` gives.
inline Sweep parse(const std::string& rest) {
  return parse_sweep(concat(R"({"name": "s", "sweep": {"base": {"data": {"scene": "s.h5"},
      "methods": [{"name": "bicubic"}, {"name": "gsa"}]}, )",
                            rest, "}}"),
                     "s.json", {});
}

/// What a run scores whose methods reach `psnr` and one more.
inline ExperimentResults results_of(const SweepRun& run, double psnr) {
  ExperimentResults results;
  results.config = run.config;
  results.scored_on = "whole image";
  for (const MethodConfig& method : run.config.methods) {
    MethodResult result;
    result.name = method.name;
    result.label = method.label;
    result.seed = run.config.seeds.front();
    result.scores = Scores{{{"psnr_db", psnr++}, {"sam_deg", std::nan("")}}, {}};
    results.methods.push_back(result);
  }
  return results;
}

/// The outcomes of a sweep whose i-th run scores 10 * i.
inline std::vector<RunOutcome> all_done(const Sweep& sweep) {
  std::vector<RunOutcome> outcomes;
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    outcomes.push_back({results_of(sweep.runs[i], 10.0 * static_cast<double>(i)), ""});
  }
  return outcomes;
}

}  // namespace specfuse
