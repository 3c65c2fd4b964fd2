// Checkpoints, on every way that reads them: adopted by a configuration, and restored by each method that learns.
#include <cstddef>
#include <cstdint>

#include "memory_file.h"
#include "specfuse/core/error.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/two_cnn_fu.h"
#include "specfuse/run/method_files.h"
#include "support/network.h"

using namespace specfuse;

namespace {

template <class Use>
void refused_or(const Use& use) {
  try {
    use();
  } catch (const DataError&) {
  } catch (const ConfigError&) {
  }
}

ExperimentConfig applying(const std::string& checkpoint) {
  const std::string text = R"({"name": "a", "data": {"scene": "s.h5"}, "protocol": {"type": "apply"}, "methods":)";
  return parse_config(concat(text, R"([{"name": "two_cnn_fu", "checkpoint": ")", checkpoint, "\"}]}"), "a.json", {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  refused_or([&] { adopt_checkpoints(applying(file.path()), {}); });
  refused_or([&] {
    const Checkpoint checkpoint = read_checkpoint(file.path());
    refused_or([&] { make_method("linear_injection")->restore(checkpoint); });
    TwoCnnFuOptions options;
    options.model = testing::small_network();
    refused_or([&] { TwoCnnFu(options).restore(checkpoint); });
  });
  return 0;
}
