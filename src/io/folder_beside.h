#pragma once

#include <filesystem>
#include <string>

namespace specfuse {

/// A folder beside a file, so that it and what belongs to it appear only when they are whole. Throws `Error` with the
/// path and the reason.
class FolderBeside {
 public:
  explicit FolderBeside(const std::string& path);
  ~FolderBeside();
  FolderBeside(const FolderBeside&) = delete;
  FolderBeside& operator=(const FolderBeside&) = delete;

  /// Where the file is written.
  const std::string& file() const { return file_; }
  /// Moves all that is in it to where it is.
  void move_out() const;

 private:
  std::filesystem::path folder_;
  std::string file_;
};

}  // namespace specfuse
