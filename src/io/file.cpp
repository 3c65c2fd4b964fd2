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

/// An open file, closed with its owner.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : value_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool open() const { return value_ >= 0; }
  int get() const { return value_; }
  /// Network file systems may report a failed write as late as here.
  bool close() {
    const int value = value_;
    value_ = -1;
    return ::close(value) == 0;
  }

 private:
  int value_;
};

std::string reason() { return std::strerror(errno); }

std::string folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace

AtomicFile::AtomicFile(std::string path)
    : path_(std::move(path)), temporary_(concat(path_, ".tmp-", ::getpid())) {
  struct stat status {};
  SPECFUSE_CHECK(::stat(path_.c_str(), &status) != 0 || S_ISREG(status.st_mode), "cannot write ", path_,
                 ": it is there and is not a regular file");
  const Descriptor file(temporary_, O_WRONLY | O_CREAT | O_TRUNC);
  SPECFUSE_CHECK(file.open(), "cannot write ", path_, ": ", reason());
}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::commit() {
  Descriptor file(temporary_, O_RDONLY);
  SPECFUSE_CHECK(file.open() && ::fsync(file.get()) == 0 && file.close(), "cannot write ", path_, ": ", reason());
  SPECFUSE_CHECK(::rename(temporary_.c_str(), path_.c_str()) == 0, "cannot write ", path_, ": ", reason());
  committed_ = true;
  // The new name itself survives a power cut only once its folder is synced. Some file systems know no such sync.
  const Descriptor folder(folder_of(path_), O_RDONLY | O_DIRECTORY);
  SPECFUSE_CHECK(folder.open() && (::fsync(folder.get()) == 0 || errno == EINVAL), "cannot sync the folder of ", path_,
                 ": ", reason());
}

void write_text_atomically(const std::string& path, const std::string& text) {
  AtomicFile target(path);
  Descriptor file(target.temporary(), O_WRONLY);
  SPECFUSE_CHECK(file.open(), "cannot write ", path, ": ", reason());
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(file.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    SPECFUSE_CHECK(count >= 0, "cannot write ", path, ": ", reason());
    done += static_cast<std::size_t>(count);
  }
  SPECFUSE_CHECK(file.close(), "cannot write ", path, ": ", reason());
  target.commit();
}

std::string read_text(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  SPECFUSE_CHECK_AS(DataError, file.open(), "cannot read ", path, ": ", reason());
  std::string text;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    SPECFUSE_CHECK_AS(DataError, count >= 0, "cannot read ", path, ": ", reason());
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace specfuse
