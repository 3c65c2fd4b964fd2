#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// The folder that the results of a run go to; only one run has it at a time. Results are staged in a folder inside it,
/// and appear under their final names together, when `publish` is called; without it the destructor removes them. What
/// an interrupted run needs to go on is kept in another folder inside it until then.
class ResultFolder {
 public:
  /// Makes the folder where it is missing. Unless `resume`, forgets what an interrupted run kept. Throws `Error` with
  /// path and reason where it cannot be written or another run has it.
  ResultFolder(const std::string& folder, bool resume);
  ~ResultFolder();
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

  /// Makes a folder for staged files. Throws `Error` where its final name is taken by something else.
  void add_folder(const std::string& name);
  /// Where to write what is to be called `name`.
  std::string staged(const std::string& name) const { return staging_ + "/" + name; }
  /// Where to keep `name` for a later --resume.
  std::string kept(const std::string& name) const { return keeping_ + "/" + name; }
  /// Renames everything that is staged to its final name, replacing what was there, and removes what was kept. The file
  /// `last` is moved last: once it is there, all are.
  void publish(const std::string& last = {});

 private:
  /// Makes a folder and those above it, and remembers which were not there.
  void make(const std::string& folder);
  static void clear(const std::string& folder);
  /// Removes what was kept.
  void forget();

  std::string folder_, staging_, keeping_;
  /// The folder, opened and locked.
  int lock_ = -1;
  /// Folders this run made, those above others first.
  std::vector<std::string> made_;
};

}  // namespace specfuse
