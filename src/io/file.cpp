#include "specfuse/io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "specfuse/core/error.h"

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

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), temporary_(concat(path_, ".tmp-", ::getpid())) {
  struct stat status {};
  SPECFUSE_CHECK(::stat(path_.c_str(), &status) != 0 || S_ISREG(status.st_mode), "cannot write ", path_,
                 ": it is there and is not a regular file");
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  check(descriptor_ >= 0);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::check(bool done) const { SPECFUSE_CHECK(done, "cannot write ", path_, ": ", reason()); }

void AtomicFile::write(const void* bytes, std::size_t count) {
  const char* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t done = ::write(descriptor_, next, count);
    if (done < 0 && errno == EINTR) continue;
    check(done >= 0);
    next += done;
    count -= static_cast<std::size_t>(done);
  }
}

void AtomicFile::commit() {
  check(::fsync(descriptor_) == 0);
  check(::rename(temporary_.c_str(), path_.c_str()) == 0);
  // All bytes are synced, so closing has nothing left to fail at.
  ::close(descriptor_);
  descriptor_ = -1;
  SPECFUSE_CHECK(sync_folder(folder_of(path_)), "cannot sync the folder of ", path_, ": ", reason());
}

void write_text_atomically(const std::string& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text.data(), text.size());
  file.commit();
}

std::string read_text(const std::string& path) {
  const Source file(path);
  SPECFUSE_CHECK_AS(DataError, file.descriptor >= 0, "cannot read ", path, ": ", reason());
  std::string text;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file.descriptor, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    SPECFUSE_CHECK_AS(DataError, count >= 0, "cannot read ", path, ": ", reason());
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    SPECFUSE_CHECK_AS(DataError, text.size() <= kMostText, "cannot read ", path, ": it is longer than ",
                      kMostText >> 20, " MB");
  }
}

}  // namespace specfuse
