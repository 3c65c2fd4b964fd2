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
//     RESULT.h5, .pretrained.RESULT.h5     checkpoints of a fit
//     parts/RESULT/                        a result that is fused part by part: parts.json (their side), seconds.json
//                                          (the time they took) and each part that is made, N.h5
//     done/RESULT/                         a result that is made: its files, and result.json
//
// A sweep adds failed.txt where the run failed when it was last tried.
//
// What holds at any time:
//
//   1. One process writes. It holds a lock on the folder from `begin` on, which the system ends with the process.
//   2. A file that has its name is whole, but for log.jsonl, whose last line counts only where it is.
//   3. Where metrics.json is, all of `files` are, and of one run: it is the first to go and the last to come.
//   4. Where .resume holds a file *.h5, it is of the experiment and the data that it names: it is emptied in one step,
//      before these change. A folder without such a file holds no work.
//   5. A result in .resume/done counts where result.json and fused.h5 are there: of its files these are the last to
//   come
//      and the first to go.
//   6. What no run has listed is neither replaced nor removed, unless the user allows it (--overwrite, --resume).
//
// So a folder is in one of these states, whatever happened to the run before:
//
//   empty        no work in .resume, no metrics.json    a run begins
//   unfinished   work in .resume                        the same experiment goes on with --resume
//   finished     no work in .resume, metrics.json       the same experiment has nothing left to do
//
// Any other experiment, or the same on other data, is refused, and replaces what is there with --overwrite. A folder
// with work and metrics.json is unfinished: its results are those that are being replaced, or that the same run has
// published a moment ago.
//
// What a kill leaves, and how the next run goes on:
//
//   before a checkpoint or a part    empty; .resume and .unfinished are removed
//   in a fit                         unfinished; the fit goes on from its checkpoint
//   between parts                    unfinished; the parts that are missing are made, of the side in parts.json
//   while a result is written        unfinished; done/RESULT has no result.json and is made again, from the last
//                                    checkpoint of its fit and from its parts
//   after the last result            unfinished; nothing is fitted or fused, only scored and drawn
//   while files are published        unfinished; metrics.json is not there, and what was published goes on to be listed
//   by
//                                    .earlier.json. The files in .unfinished are second names (hard links) of those in
//                                    .resume/done; where a file system has none they are moved, fused.h5 first, and
//                                    that result is made again
//   after metrics.json               unfinished; the same files are published again
//   while .resume is removed         finished; it is called .unfinished by then, which `begin` removes
//
// An error leaves the same, but for .unfinished, which goes, and a run that ends in an error of its configuration keeps
// nothing.

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
