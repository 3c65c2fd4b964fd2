#include "specfuse/results/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "specfuse/core/error.h"

namespace specfuse {

FileLock::FileLock(const std::string& path, bool waits) {
  const int access = std::filesystem::is_directory(path) ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT;
  descriptor_ = open(path.c_str(), access | O_CLOEXEC, 0666);
  SPECFUSE_CHECK(descriptor_ >= 0, "cannot open ", path, ": ", std::strerror(errno));
  held_ = flock(descriptor_, waits ? LOCK_EX : LOCK_EX | LOCK_NB) == 0;
}

FileLock::~FileLock() { close(descriptor_); }

}  // namespace specfuse
