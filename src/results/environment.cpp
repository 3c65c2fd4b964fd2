#include "specfuse/results/environment.h"

#include <sys/utsname.h>

#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/blas.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/ranks/ranks.h"

namespace specfuse {
namespace {

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::string compiler_name() {
#ifdef __clang__
  return concat("clang++ ", __clang_version__);
#else
  return concat("g++ ", __VERSION__);
#endif
}

}  // namespace

std::string now_text(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, format, gmtime_r(&now, &utc)));
}

std::string environment_text(const std::optional<double>& memory) {
  utsname system{};
  uname(&system);
  Json environment = {{"date", now_text("%Y-%m-%d")},
                      {"version", SPECFUSE_VERSION},
                      {"compiler", compiler_name()},
                      {"cpu", cpu_name()},
                      {"simd", simd_name()},
                      {"blas", blas_description()},
                      {"threads", threads()},
                      {"ranks", rank_count()},
                      {"system", concat(system.sysname, " ", system.release, " ", system.machine)}};
  if (memory) environment["memory_bytes"] = *memory;
  return json_text(environment, 2) + "\n";
}

}  // namespace specfuse
