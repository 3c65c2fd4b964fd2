#pragma once

#include <string>

namespace specfuse {

/// A file that appears under its name only when it is whole: it is written under `temporary()`, in the same folder,
/// and `commit` syncs and renames it. Without a commit the destructor removes it.
class AtomicFile {
 public:
  /// Creates the empty temporary. Throws `Error` with path and reason where that fails, or where `path` is there
  /// already as something else than a regular file.
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::string& path() const { return path_; }
  const std::string& temporary() const { return temporary_; }
  /// Call with all other handles to the temporary closed. Throws `Error` with path and reason.
  void commit();

 private:
  std::string path_, temporary_;
  bool committed_ = false;
};

/// Writes a text or any bytes so that `path` is never half-written, replacing what was there.
/// Throws `Error` with the path and the reason; then `path` is as before.
void write_text_atomically(const std::string& path, const std::string& text);

/// The whole file. Throws `DataError` with the path and the reason where it is missing or unreadable.
std::string read_text(const std::string& path);

}  // namespace specfuse
