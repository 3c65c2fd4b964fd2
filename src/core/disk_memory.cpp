#include "specfuse/core/disk_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// A file that lost its name when it was made.
class NamelessFile {
 public:
  explicit NamelessFile(const std::string& folder) : folder_(folder) {
    std::string name = folder + "/.specfuse-XXXXXX";
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    check(descriptor_ >= 0, 0);
    ::unlink(name.c_str());
  }
  ~NamelessFile() { ::close(descriptor_); }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;

  void write(const char* bytes, std::size_t count) {
    for (std::size_t done = 0; done < count;) {
      const ssize_t written = ::write(descriptor_, bytes + done, count - done);
      check(written > 0 || (written < 0 && errno == EINTR), count);
      done += static_cast<std::size_t>(std::max<ssize_t>(0, written));
    }
  }

  void* map(std::size_t count) {
    void* const memory = ::mmap(nullptr, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    check(memory != MAP_FAILED, count);
    return memory;
  }

 private:
  void check(bool fine, std::size_t count) const {
    SPECFUSE_CHECK(fine, folder_, ": cannot keep ", static_cast<double>(count) / 1e6,
                   " MB there: ", std::strerror(errno));
  }

  std::string folder_;
  int descriptor_ = -1;
};

}  // namespace

std::shared_ptr<void> copy_on_disk(const void* bytes, std::size_t count, const std::string& folder) {
  NamelessFile file(folder);
  if (count == 0) return std::make_shared<char>();  // nothing can be mapped
  file.write(static_cast<const char*>(bytes), count);
  return {file.map(count), [count](void* memory) { ::munmap(memory, count); }};
}

}  // namespace specfuse
