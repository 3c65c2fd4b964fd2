#include "specfuse/core/peak_memory.h"

#include <malloc.h>
#include <sys/resource.h>

#include <fstream>

#include "specfuse/core/buffer.h"
#include "specfuse/core/error.h"

namespace specfuse {

void reset_peak_memory() {
  release_free_buffers();
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

double peak_memory_mb(const std::string& process) {
  std::ifstream status(concat("/proc/", process, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  if (process != "self") return 0;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace specfuse
