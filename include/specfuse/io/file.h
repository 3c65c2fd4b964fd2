#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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
  /// Writes in any place, and does not move where the next is appended.
  void write_at(std::uint64_t offset, const void* bytes, std::size_t count);
  /// Makes the file appear, replacing what was there. Nothing is written after it.
  void commit();

 private:
  std::string path_, temporary_;
  int descriptor_ = -1;
};

/// A file that grows line by line. Each call throws `Error` with the path and the reason.
class GrowingFile {
 public:
  /// Goes on at the end of what is there.
  explicit GrowingFile(std::string path);
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  void write(const std::string& text);
  /// What was written outlives a power cut from here on.
  void sync();

 private:
  std::string path_;
  int descriptor_;
};

/// Renames a file, replacing what has the name already; it outlives a power cut from here on. Throws `Error` with the
/// new path and the reason.
void move_file(const std::string& from, const std::string& to);

/// Copies a file so that `to` is never half-written. Throws `Error` or, where `from` cannot be read, `DataError`.
void copy_file(const std::string& from, const std::string& to);

/// Whether a file can be read and begins so.
bool begins_with(const std::string& path, std::string_view bytes);

/// What the name of a file ends with, in small letters: ".tif".
std::string ending_of(const std::string& path);

/// `hex_hash` of all bytes of a file. Throws `DataError` with the path and the reason.
std::string file_hash(const std::string& path);

/// Writes a text or any bytes so that `path` is never half-written, replacing what was there.
/// Throws `Error` with the path and the reason; then `path` is as before.
void write_text_atomically(const std::string& path, const std::string& text);

/// The whole file. Throws `DataError` with the path and the reason where it is missing, unreadable or longer than
/// `kMostText` bytes.
inline constexpr std::size_t kMostText = 1 << 28;
std::string read_text(const std::string& path);

}  // namespace specfuse
