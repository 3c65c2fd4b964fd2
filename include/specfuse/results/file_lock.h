#pragma once

#include <string>

namespace specfuse {

/// A lock on a file, which is made where it is missing, or on a folder: one process has it at a time, and loses it when
/// it ends, however it does.
class FileLock {
 public:
  /// Tries to take it, or `waits` until no other process has it. Throws `Error` with path and reason where `path`
  /// cannot be opened.
  explicit FileLock(const std::string& path, bool waits = false);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  bool held() const { return held_; }
  /// A process that inherits this keeps the lock until it has ended as well.
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
  bool held_ = false;
};

}  // namespace specfuse
