#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// The output folder of a run. Results are written under `staging()`, in the same folder, and appear under their final
/// names together, when `publish` is called. Without it the destructor removes what was staged.
class Output {
 public:
  /// Makes the folder where it is missing. Throws `Error` with path and reason where it cannot be written.
  explicit Output(const std::string& folder);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Makes a folder for files, both staged and final: checkpoints go to the final one while a fit is running.
  void add_folder(const std::string& name);
  /// Where to write what is to be called `name`.
  std::string staged(const std::string& name) const { return staging_ + "/" + name; }
  /// Renames everything that is staged to its final name, replacing what was there.
  void publish();

 private:
  /// Makes a folder and those above it, and remembers which were not there.
  void make(const std::string& folder);

  std::string folder_, staging_;
  /// Folders this run made, those above others first.
  std::vector<std::string> made_;
};

}  // namespace specfuse
