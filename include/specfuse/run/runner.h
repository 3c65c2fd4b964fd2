#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/config/config.h"
#include "specfuse/results/decision.h"

namespace specfuse {

struct PreparedExperiment;
struct Scene;
struct Task;

struct RunOptions {
  /// Where data is looked for before the places that `data_directories` adds.
  std::vector<std::string> data_directories;
  /// Where results go.
  std::string out;
  /// Continue from what an earlier run left there.
  bool resume = false;
  /// Replace what another run left there.
  bool overwrite = false;
  /// Bytes to keep to: a measured pair that takes more stays in its files, and is fused part by part. None: what the
  /// machine has free.
  std::optional<double> memory{};
  /// A folder where what methods learn from waits in files, for more of it than fits into memory; empty: in memory.
  std::string scratch{};
};

/// Loads, degrades, fits, fuses, scores and reports, for each seed and each method, and writes the files that
/// experiments/README.md lists into `options.out`: all of them at the end, or none. Returns the table for the terminal.
/// Where the folder holds these results already, that is all; where it holds anything else, `options` say what becomes
/// of it. Throws `ConfigError`, `DataError`, `Error`, or `Interrupted` with all that is needed to go on left in place.
std::string run_experiment(const ExperimentConfig& config, const RunOptions& options);

/// What `run_experiment` would do, one step a line. Loads and checks the data, fits and writes nothing. Throws as
/// `run_experiment` does.
std::string plan_experiment(const ExperimentConfig& config, const RunOptions& options);

/// An experiment that is stopped once before anything is made, for those who want to see its pair first. All ranks make
/// one.
class PausedExperiment {
 public:
  /// Reads and checks all data, and warns. Throws as `run_experiment` does.
  PausedExperiment(const ExperimentConfig& config, const RunOptions& options);
  ~PausedExperiment();
  PausedExperiment(const PausedExperiment&) = delete;
  PausedExperiment& operator=(const PausedExperiment&) = delete;

  const Scene& scene() const;
  /// Of the first seed.
  const Task& task() const;
  /// Goes on as `run_experiment` does, once. `decisions` are those of the report; nothing is said of the pair any more.
  void run(const std::vector<Decision>& decisions);

 private:
  RunOptions options_;
  std::unique_ptr<PreparedExperiment> prepared_;
};

}  // namespace specfuse
