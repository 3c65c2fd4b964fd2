#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "specfuse/core/error.h"

namespace specfuse {

/// A file in memory that any reader can open by its path: the fuzzers feed the readers through it, unchanged.
class MemoryFile {
 public:
  MemoryFile(const void* bytes, std::size_t count) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    SPECFUSE_CHECK(descriptor_ >= 0 && ::write(descriptor_, bytes, count) == static_cast<ssize_t>(count),
                   "MemoryFile: cannot hold ", count, " bytes");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return concat("/proc/self/fd/", descriptor_); }

 private:
  int descriptor_;
};

}  // namespace specfuse
