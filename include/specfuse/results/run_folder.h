#pragma once

// The folder of a run: what lies in it, and what that promises.
//
//   metrics.json         the results, and `files`: the names of all that was published with it
//   config.json, ...     what else is published, under the names of config/result_names.h
//   RESULT/              the same of each method and seed
//   .unfinished/         what is to be published, under its final name
//   .earlier.json        the metrics.json of the results that are being replaced
//   .resume/             what --resume goes on from
//     config.json, data_hash.txt           the experiment and its data
//     log.jsonl                            the training records so far
//     RESULT.h5, .pretrained.RESULT.h5     checkpoints of its fits
//     parts/RESULT/                        a result that is fused part by part: parts.json (the side of the parts),
//                                          seconds.json (the time they took), and N.h5 for each part that is made
//     done/RESULT/                         a result that is made: its files, and result.json
//
// A sweep adds failed.txt where the run failed when it was last tried.
//
// At any time:
//
//   1. One process writes. It holds a lock on the folder from `begin` on, which the system releases when it ends.
//   2. A file under its name is complete, except log.jsonl, whose last line is ignored where it is not.
//   3. Where metrics.json is, all of its `files` are, and of one run: it is the first to go and the last to come.
//   4. Where .resume holds a file *.h5, all of it is of the experiment and the data that it names: for another run it
//      is removed in one step. Without such a file it holds no work.
//   5. A result in .resume/done counts where both result.json, which is written last, and fused.h5, which is moved
//      first, are there.
//   6. A file that no run has listed is neither replaced nor removed, unless --overwrite or --resume permits it.
//
// So a folder is in one of these states, whatever happened to the run before:
//
//   empty        no work in .resume, no metrics.json    any run begins
//   unfinished   work in .resume                        the same experiment goes on with --resume
//   finished     no work in .resume, metrics.json       the same experiment has nothing left to do
//
// Another experiment, or the same on other data, is refused, and replaces what is there with --overwrite. A folder with
// work and metrics.json is unfinished: the results are those that are being replaced, or were published a moment ago.
//
// What a kill leaves, and how the next run goes on:
//
//   before a checkpoint or a part   empty; .resume and .unfinished are removed
//   in a fit                        unfinished; the fit goes on from its checkpoint
//   between parts                   unfinished; the missing parts are made, of the side in parts.json
//   while a result is written       unfinished; it has no result.json and is made again, from its checkpoint and parts
//   after the last result           unfinished; nothing is fitted or fused, only scored and drawn
//   while files are published       unfinished; metrics.json is not there, and .earlier.json lists what it listed. The
//                                   files of results in .unfinished are hard links to those in .resume/done; on a file
//                                   system without links they are moved, and that result is made again
//   after metrics.json              unfinished; the same files are published again
//   while .resume is removed        finished; it has been renamed to .unfinished, which `begin` removes
//
// An error leaves the same without .unfinished; after an error of the configuration nothing of this run is kept.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/results/experiment_results.h"
#include "specfuse/results/file_lock.h"

namespace specfuse {

/// What the hash of the data begins with where the pair stays in its files: it is then a hash of files.
inline const std::string kStreamedHash = "files-";

class RunFolder {
 public:
  /// Says names alone, and what is there: nothing is made, and nothing locked.
  explicit RunFolder(const std::string& path);
  /// What is staged goes, and a folder that was made for nothing.
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::string& path() const { return path_; }
  /// Where a file is to be written that is to be called `name`.
  std::string staged(const std::string& name) const;
  /// Where a file is kept for a later --resume.
  std::string kept(const std::string& name) const;
  /// Where a file is among the results.
  std::string published(const std::string& name) const;

  /// Whether there is anything to go on from.
  bool keeps_work() const;
  /// The hash of the data of a run of this configuration, unfinished or finished; none where the folder holds another.
  std::optional<std::string> data_hash_of(const ExperimentConfig& config) const;
  /// The results of this configuration; none where they are not there, not whole, or of another.
  std::optional<ExperimentResults> results(const ExperimentConfig& config) const;

  /// Why the run failed when a sweep last tried it; empty where it did not.
  std::string failure() const;
  void record_failure(const std::string& reason) const;
  void forget_failure() const;

  /// What may become of a run that is there: it is gone on with, or replaced.
  struct Permission {
    bool resume = false, overwrite = false;
  };
  /// Makes and locks the folder, and begins a run in it or goes on with one. Returns the results, and begins nothing,
  /// where they are there already. Throws `ConfigError` that says what the folder holds and what to do where
  /// that is not permitted, and `Error` where another run has the folder or it cannot be written.
  std::optional<ExperimentResults> begin(const ExperimentConfig& config, const std::string& data_hash,
                                         const Permission& permission);
  /// Makes a folder for staged files. Throws `Error` where its final name is taken by something else.
  void add_folder(const std::string& name);
  /// The names of all files that are staged, sorted.
  std::vector<std::string> staged_files() const;
  /// Renames everything that is staged to its final name, and removes what the results before have left and this run
  /// has not replaced, and all that was kept. Throws `Error`, with nothing moved, where a name is taken by a folder.
  void publish();
  /// Keeps nothing of this run, unless it goes on with an earlier one.
  void give_up();

 private:
  /// Makes a folder and those above it, and remembers which were not there.
  void make(const std::string& folder);
  /// Removes what was kept.
  void forget();

  std::string path_, staging_, keeping_;
  bool goes_on_ = false;
  std::unique_ptr<FileLock> lock_;
  /// Folders that this run made, those above others first.
  std::vector<std::string> made_;
};

/// The names under "files" of a JSON file that has the key `mark`, as far as a run gives such; none where it is not
/// there.
std::vector<std::string> listed_files(const std::string& path, const char* mark);

/// Removes files of a folder that were listed before and are not now, and folders that this leaves empty.
void remove_unlisted(const std::string& folder, const std::vector<std::string>& before,
                     const std::vector<std::string>& now);

}  // namespace specfuse
