#include "specfuse/io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"

namespace specfuse {

namespace {

std::string reason() { return std::strerror(errno); }

std::string folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

/// The new name itself survives a power cut only once its folder is synced. Some file systems know no such sync.
bool sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = ::fsync(descriptor) == 0 || errno == EINVAL;
  ::close(descriptor);
  return done;
}

void check_written(bool done, const std::string& path) { SPECFUSE_CHECK(done, "cannot write ", path, ": ", reason()); }

/// Calls write(bytes, count), which returns how many it wrote, until all are written.
template <class Write>
void write_all(const void* bytes, std::size_t count, const std::string& path, const Write& write) {
  const char* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t done = write(next, count);
    if (done < 0 && errno == EINTR) continue;
    check_written(done >= 0, path);
    next += done;
    count -= static_cast<std::size_t>(done);
  }
}

void append(int descriptor, const void* bytes, std::size_t count, const std::string& path) {
  write_all(bytes, count, path, [&](const char* next, std::size_t left) { return ::write(descriptor, next, left); });
}

/// A file open for reading, closed with its owner.
struct Source {
  explicit Source(const std::string& path) : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Source() {
    if (descriptor >= 0) ::close(descriptor);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  int descriptor;
};

/// Calls take(bytes, count) for one part of a file after the other.
template <class Take>
void read_parts(const std::string& path, const Take& take) {
  const Source file(path);
  SPECFUSE_CHECK_AS(DataError, file.descriptor >= 0, "cannot read ", path, ": ", reason());
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file.descriptor, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    SPECFUSE_CHECK_AS(DataError, count >= 0, "cannot read ", path, ": ", reason());
    if (count == 0) return;
    take(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), temporary_(concat(path_, ".tmp-", ::getpid())) {
  struct stat status {};
  SPECFUSE_CHECK(::stat(path_.c_str(), &status) != 0 || S_ISREG(status.st_mode), "cannot write ", path_,
                 ": it is there and is not a regular file");
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  check_written(descriptor_ >= 0, path_);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* bytes, std::size_t count) { append(descriptor_, bytes, count, path_); }

void AtomicFile::write_at(std::uint64_t offset, const void* bytes, std::size_t count) {
  write_all(bytes, count, path_, [&](const char* next, std::size_t left) {
    const auto place = static_cast<off_t>(offset) + (next - static_cast<const char*>(bytes));
    return ::pwrite(descriptor_, next, left, place);
  });
}

void AtomicFile::commit() {
  check_written(::fsync(descriptor_) == 0, path_);
  move_file(temporary_, path_);
  // All bytes are synced, so closing has nothing left to fail at.
  ::close(descriptor_);
  descriptor_ = -1;
}

void move_file(const std::string& from, const std::string& to) {
  check_written(::rename(from.c_str(), to.c_str()) == 0, to);
  SPECFUSE_CHECK(sync_folder(folder_of(to)), "cannot sync the folder of ", to, ": ", reason());
}

void copy_file(const std::string& from, const std::string& to) {
  AtomicFile copy(to);
  read_parts(from, [&](const char* bytes, std::size_t count) { copy.write(bytes, count); });
  copy.commit();
}

bool begins_with(const std::string& path, std::string_view bytes) {
  std::string begin(bytes.size(), '\0');
  std::ifstream(path, std::ios::binary).read(begin.data(), std::ssize(begin));
  return begin == bytes;
}

std::string ending_of(const std::string& path) { return lower_case(std::filesystem::path(path).extension().string()); }

std::string file_hash(const std::string& path) {
  std::uint64_t hash = kHashOfNothing;
  read_parts(path, [&](const char* bytes, std::size_t count) { hash = hash_of(bytes, count, hash); });
  return hex_digits(hash);
}

GrowingFile::GrowingFile(std::string path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  check_written(descriptor_ >= 0, path_);
}

GrowingFile::~GrowingFile() { ::close(descriptor_); }

void GrowingFile::write(const std::string& text) { append(descriptor_, text.data(), text.size(), path_); }

void GrowingFile::sync() { check_written(::fsync(descriptor_) == 0, path_); }

void write_text_atomically(const std::string& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text.data(), text.size());
  file.commit();
}

std::string read_text(const std::string& path) {
  std::string text;
  read_parts(path, [&](const char* bytes, std::size_t count) {
    text.append(bytes, count);
    SPECFUSE_CHECK_AS(DataError, text.size() <= kMostText, "cannot read ", path, ": it is longer than ",
                      kMostText >> 20, " MB");
  });
  return text;
}

}  // namespace specfuse
