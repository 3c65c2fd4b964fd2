#pragma once

#include <cstddef>
#include <string>

namespace specfuse {

/// A file that appears under its name only when it is whole: it is written under another name in the same folder,
/// and `commit` syncs and renames it. Without a commit the destructor removes it. Each call throws `Error` with the
/// path and the reason.
class AtomicFile {
 public:
  /// Creates the empty temporary; refuses a `path` that is there already and is not a regular file.
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::string& path() const { return path_; }
  /// Appends.
  void write(const void* bytes, std::size_t count);
  /// Makes the file appear, replacing what was there. Nothing is written after it.
  void commit();

 private:
  void check(bool done) const;

  std::string path_, temporary_;
  int descriptor_ = -1;
};

/// Writes a text or any bytes so that `path` is never half-written, replacing what was there.
/// Throws `Error` with the path and the reason; then `path` is as before.
void write_text_atomically(const std::string& path, const std::string& text);

/// The whole file. Throws `DataError` with the path and the reason where it is missing, unreadable or longer than
/// `kMostText` bytes.
inline constexpr std::size_t kMostText = 1 << 28;
std::string read_text(const std::string& path);

}  // namespace specfuse
