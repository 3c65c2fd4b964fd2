// Experiment files: read, resolved, written and read again. What follows a zero byte are overrides, one a line.
#include <cstddef>
#include <cstdint>
#include <sstream>

#include "specfuse/config/config.h"
#include "specfuse/core/error.h"

using namespace specfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::string text = input.substr(0, input.find('\0'));
  std::vector<std::string> overrides;
  std::istringstream lines(text.size() < input.size() ? input.substr(text.size() + 1) : "");
  for (std::string line; std::getline(lines, line);) overrides.push_back(line);
  std::string resolved;
  try {
    resolved = config_text(parse_config(text, "fuzz.json", overrides));
  } catch (const ConfigError&) {
    return 0;
  }
  // What was accepted is accepted again, and means the same.
  SPECFUSE_CHECK(config_text(parse_config(resolved, "resolved.json", {})) == resolved, "not the same: ", resolved);
  return 0;
}
