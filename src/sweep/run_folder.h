#pragma once

#include <optional>
#include <string>

#include "specfuse/config/result_names.h"
#include "specfuse/report/experiment_results.h"
#include "specfuse/sweep/sweep.h"

namespace specfuse {

/// The right to do a run, which only one process has at a time: a lock on the file of its configuration.
class Claim {
 public:
  /// Tries to take the lock; see `held`. Throws `Error` with path and reason where the file cannot be opened.
  explicit Claim(const std::string& path);
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  bool held() const { return held_; }
  /// The lock lasts until the last process that inherits this descriptor has ended.
  int descriptor() const { return descriptor_; }
  /// Replaces the content of the file; no other process reads it meanwhile.
  void write(const std::string& text) const;

 private:
  std::string path_;
  int descriptor_ = -1;
  bool held_ = false;
};

/// What one run of a sweep has left in the sweep's output folder.
class RunFolder {
 public:
  RunFolder(const std::string& out, const std::string& hash) : out_(out), hash_(hash) {}

  std::string path() const { return out_ + "/runs/" + hash_; }
  std::string config_path() const { return out_ + "/configs/" + hash_ + ".json"; }
  /// What metrics.json says, with `config` as its experiment; nothing where it is not there, not whole, or of another
  /// experiment.
  std::optional<ExperimentResults> results(const ExperimentConfig& config) const;
  /// Whether it left what a run needs to go on.
  bool can_resume() const;
  /// In a word: done, running, failed, "cut off" or "to do".
  std::string state(const ExperimentConfig& config) const;

  /// Why it failed when it was last tried; empty where it did not.
  std::string failure() const;
  void record_failure(const std::string& reason) const;
  void forget_failure() const;

 private:
  std::string failure_path() const { return path() + "/" + kFailureFile; }

  std::string out_, hash_;
};

}  // namespace specfuse
