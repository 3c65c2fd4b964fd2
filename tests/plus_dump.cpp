/// plus_dump FILE: a block of inputs through the network of two_cnn_fu_plus and its loss, with all gradients, written
/// down for an independent implementation to repeat: see plus_oracle.py.
#include <cstdio>

#include "specfuse/autograd/estimate_loss.h"
#include "specfuse/core/error.h"
#include "specfuse/methods/plus/plus_network.h"
#include "specfuse/nn/init.h"
#include "support/random.h"
#include "support/tensors.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

constexpr Index kChannels = 22;

void dump(const std::string& path) {
  const PlusNetwork network(plus_layers(), kChannels, "layers");
  std::map<std::string, Tensor> written;
  for (const Parameter& parameter : network.parameters()) {
    Rng rng(1, stream_of(parameter.name));
    Tensor values = parameter.value.value();
    if (parameter.role == Role::bias) {
      init_gaussian(values, 0.1, rng);
    } else {
      init_he(values, rng);
    }
    written["parameter/" + parameter.name] = values;
  }
  // No axis is as long as another, and the pixels are more than the network reaches.
  written["inputs"] = random_tensor({2, 9, 10, 11, kChannels}, "inputs");
  written["target"] = random_tensor({2, 9, 10, 11}, "target");
  const Variable outputs = network.forward(Variable(written["inputs"]));
  Variable loss = estimate_loss(outputs, written["target"]);
  loss.backward();
  written["outputs"] = outputs.value();
  written["loss"] = loss.value();
  for (const Parameter& parameter : network.parameters()) written["grad/" + parameter.name] = parameter.value.grad();
  write_tensors(path, written);
}

}  // namespace

int main(int count, char** texts) {
  try {
    SPECFUSE_CHECK(count == 2, "usage: plus_dump FILE");
    dump(texts[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "plus_dump: error: %s\n", error.what());
    return 1;
  }
}
