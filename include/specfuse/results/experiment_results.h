#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/config/config.h"
#include "specfuse/metrics/error_statistics.h"
#include "specfuse/metrics/metrics.h"
#include "specfuse/metrics/reliability.h"
#include "specfuse/results/decision.h"
#include "specfuse/results/figure_data.h"
#include "specfuse/results/quality.h"

namespace specfuse {

/// The name of `MethodResult::learned_share` in files.
inline constexpr const char* kLearnedShare = "learned_from_scored_pixels";

/// What came of one method with one seed, without its images: a row of `metrics.json`.
struct MethodResult {
  std::string name, label;
  /// Its folder inside the result folder.
  std::string folder;
  Index seed = 0;
  double fit_seconds = 0, fuse_seconds = 0, peak_memory_mb = 0;
  double seconds() const { return fit_seconds + fuse_seconds; }
  /// Against the reference; none where there is no reference.
  std::optional<Scores> scores;
  /// Of the spectra that it is scored on, the share that it had learned from; none where that is not known.
  std::optional<double> learned_share{};
  bool leaked() const { return learned_share.value_or(0) > 0; }
  /// Of the whole fused image: `consistency`, and `qnr` where there is no reference.
  Scores no_reference;
  /// Against the reference, by the name of each profile that the configuration asks for.
  std::map<std::string, Scores> profiles;
  /// Of what the method says of its own error, where it does and there is a reference.
  std::optional<Reliability> reliability{};
  /// Of the half widths of its 68 % intervals on the scored part, where it gives any.
  std::optional<double> mean_sigma{};
  /// That mean as a part of the mean of the HSI, and the width of its 95 % intervals as a multiple of sigma.
  std::optional<double> relative_sigma{}, width_95{};
  /// What the method decided when it was fitted; empty where there was nothing to decide.
  std::string remarks{};
  /// Of the errors against the reference.
  std::optional<ErrorStatistics> errors{};
  /// PSNR of each band against the reference; empty where there is none.
  std::vector<double> band_psnr_db;
  /// The same of the result, degraded again, against the HSI and the MSI; empty where the response is not known.
  std::array<std::vector<double>, 2> input_psnr_db{};
  /// How it was trained, and fine-tuned.
  std::vector<LossCurve> training;
  /// Of fusing the (first) training input, against its target; none where nothing is trained on.
  std::optional<Scores> train_scores;
};

/// What came of an experiment: all that its tables, figures and report are made of.
struct ExperimentResults {
  ExperimentConfig config;
  /// Which part of the reference the scores are of, such as "whole image" or "rows 0-31, cols 16-63".
  std::string scored_on;
  std::vector<MethodResult> methods;
  /// What was decided of the pair and found in it.
  std::vector<Decision> decisions{};
  /// The bands that the MSI of a measured pair does not see, such as "3 of 9 bands, outside of 441 to 942 nm"; empty
  /// where it sees all, or that is not known.
  std::string unseen_bands{};
  /// Warnings, a sentence each, without its full stop.
  std::vector<std::string> warnings;
  /// Of the pair of each seed, where the configuration asks for an estimate.
  std::map<Index, Estimate> estimates;
  /// `data_hash` of the scene.
  std::string data_hash;
  /// What was done to images on grids of their own; empty where nothing was.
  std::string grids{};
  /// What the figures show, which are of the first seed.
  FigureData figures{};
  /// Of the pixels of the results of a measured pair.
  std::optional<QualitySummary> quality{};
  /// How the figures show a pair that is larger than memory, a sentence; empty where they show all of it.
  std::string preview{};
  /// `environment_text` of the run.
  std::string environment = "{}";

  /// Whether there was a reference to score against.
  bool scored() const;
  /// Whether a method learned from what it is scored on, with any seed.
  bool leaked(const std::string& label) const;
};

/// The first and the last band, counted from 1, with at least half of the greatest weight of each row [rows, bands].
std::vector<std::array<Index, 2>> half_peak_bands(const Tensor& srf);

}  // namespace specfuse
