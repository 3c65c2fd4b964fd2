#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/sweep/sweep_runner.h"

namespace specfuse {

extern const char* const kUsage;

/// The command line of run_experiment.
struct Arguments {
  std::string config, out;
  std::vector<std::string> settings, data_directories;
  /// --list, --cite, --document, --help or --version, which are answered without a run, and what is asked about.
  std::string question, subject;
  /// --memory, in bytes.
  std::optional<double> memory;
  std::string scratch;
  bool resume = false, overwrite = false, dry_run = false, profile = false;
  /// --jobs and --shard, for a sweep only.
  std::optional<int> jobs;
  std::optional<Shard> shard;
};

/// Throws `ConfigError` on an unknown option, a missing or malformed value, or a second file.
Arguments parse_arguments(int count, char** texts);

}  // namespace specfuse
