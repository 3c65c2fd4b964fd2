#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// The folder that the results of a run go to; only one run has it at a time. Results are staged in a folder inside it,
/// and appear under their final names together, when `publish` is called; without it the destructor removes them. What
/// an interrupted run needs to go on is kept in another folder inside it until then.
class ResultFolder {
 public:
  /// Makes the folder where it is missing. Only the first rank has it; for the others it says names alone. Throws
  /// `Error` with path and reason where it cannot be written or another run has it.
  explicit ResultFolder(const std::string& folder);
  ~ResultFolder();
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

  const std::string& path() const { return folder_; }
  /// Whether an interrupted run has kept anything to go on from.
  bool keeps_work() const;
  /// Makes room for a run, with what an interrupted one kept or without.
  void begin(bool keep);
  /// Keeps nothing of this run, unless it goes on with an earlier one.
  void give_up();
  /// Makes a folder for staged files. Throws `Error` where its final name is taken by something else.
  void add_folder(const std::string& name);
  /// Where to write what is to be called `name`.
  std::string staged(const std::string& name) const { return staging_ + "/" + name; }
  /// Where to keep `name` for a later --resume.
  std::string kept(const std::string& name) const { return keeping_ + "/" + name; }
  /// The names of all files that are staged, sorted.
  std::vector<std::string> staged_files() const;
  /// What is called `name` among the results.
  std::string published(const std::string& name) const { return folder_ + "/" + name; }
  /// Renames everything that is staged to its final name, replacing what was there, and removes what was kept. The file
  /// `last` is moved last: once it is there, all are. Files of an `earlier` run that were not replaced go, and folders
  /// that this leaves empty.
  void publish(const std::string& last = {}, const std::vector<std::string>& earlier = {});

 private:
  /// Makes a folder and those above it, and remembers which were not there.
  void make(const std::string& folder);
  static void clear(const std::string& folder);
  /// Removes what was kept.
  void forget();

  std::string folder_, staging_, keeping_;
  bool goes_on_ = false;
  /// The folder, opened and locked.
  int lock_ = -1;
  /// Folders this run made, those above others first.
  std::vector<std::string> made_;
};

}  // namespace specfuse
