/// parity_dump DIR [--bands N] [--tile T]: one batch through the network and three SGD steps, written down for an
/// independent implementation to repeat. checkpoint.h5 holds the initial parameters, batch.h5 the rest.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/networks/branch_network.h"
#include "specfuse/networks/training.h"
#include "specfuse/nn/init.h"
#include "specfuse/optim/optimizer.h"
#include "specfuse/tensor/math.h"
#include "support/tensors.h"

using namespace specfuse;

namespace {

constexpr double kLearningRate = 3e-5;
constexpr Index kMsiBands = 6, kPatch = 31;

struct Arguments {
  std::string directory;
  Index bands = 162, tile = 4;
};

Arguments parse(int count, char** texts) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string text = texts[i];
    if (text == "--bands" && i + 1 < count) {
      arguments.bands = std::atol(texts[++i]);
    } else if (text == "--tile" && i + 1 < count) {
      arguments.tile = std::atol(texts[++i]);
    } else if (arguments.directory.empty() && !text.starts_with("-")) {
      arguments.directory = text;
    } else {
      throw ConfigError(concat("unexpected argument '", text, "'"));
    }
  }
  if (arguments.directory.empty() || arguments.bands < 1 || arguments.tile < 1) {
    throw ConfigError("usage: parity_dump DIR [--bands N] [--tile T]");
  }
  return arguments;
}

struct Batch {
  Tensor spectra, tiles, target;
};

Tensor uniform(const Shape& shape, std::uint64_t seed, const char* purpose) {
  Rng rng(seed, stream_of(purpose));
  Tensor tensor = Tensor::uninitialized(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor[i] = rng.uniform();
  return tensor;
}

Batch draw(const Arguments& arguments, std::uint64_t seed) {
  const Index tiles = std::max<Index>(2, 12 / (arguments.tile * arguments.tile)), side = arguments.tile + kPatch - 1;
  const Index pixels = tiles * arguments.tile * arguments.tile;
  return {uniform({pixels, arguments.bands}, seed, "spectra"), uniform({tiles, kMsiBands, side, side}, seed, "tiles"),
          uniform({pixels, arguments.bands}, seed, "target")};
}

/// Leaves the gradients of the Euclidean loss in the parameters and returns the network's output.
Tensor differentiate(const BranchNetwork& net, const Batch& batch) {
  for (Parameter& parameter : net.parameters()) parameter.value.clear_grad();
  const Variable fused = net.forward({Variable(batch.spectra), Variable(batch.tiles)});
  euclidean_loss(fused, batch.target).backward();
  return fused.value();
}

/// How much gradients jump around the batch, relative to their largest: where some ReLU is within rounding of its
/// kink, two correct programs may differ by a whole term, and there is nothing to compare.
float roughness(const BranchNetwork& net, const Batch& batch) {
  std::vector<Tensor> grads;
  differentiate(net, batch);
  for (const Parameter& parameter : net.parameters()) grads.push_back(parameter.value.grad());
  Rng rng(0, stream_of("nudge"));
  float roughest = 0;
  for (int nudge = 0; nudge < 3; ++nudge) {
    Batch near{batch.spectra.clone(), batch.tiles.clone(), batch.target};
    for (Tensor* inputs : {&near.spectra, &near.tiles}) {
      for (Index i = 0; i < inputs->size(); ++i) (*inputs)[i] += 4e-6f * rng.normal();
    }
    differentiate(net, near);
    std::size_t i = 0;
    for (const Parameter& parameter : net.parameters()) {
      Tensor change = parameter.value.grad().clone();
      add_scaled(change, grads[i], -1.0f);
      roughest = std::max(roughest, max_abs(change) / max_abs(grads[i++]));
    }
  }
  return roughest;
}

void dump(const Arguments& arguments) {
  const BranchNetwork net(plan_network(preset_network("released"), {arguments.bands, kMsiBands}, "model"));
  const auto parameters = net.parameters();
  initialize(parameters, {}, 1);
  for (const Parameter& parameter : parameters) {
    Rng rng(1, stream_of(parameter.name));
    Tensor bias = parameter.value.value();
    if (parameter.role == Role::bias) init_gaussian(bias, 0.05, rng);
  }
  Checkpoint checkpoint;
  save_parameters(parameters, checkpoint);
  write_checkpoint(arguments.directory + "/checkpoint.h5", checkpoint);

  // The smoothest of a few batches, or the first that is smooth enough.
  Batch batch;
  float least = std::numeric_limits<float>::infinity();
  for (std::uint64_t seed = 0; seed < 8 && least > 1e-4f; ++seed) {
    const Batch candidate = draw(arguments, seed);
    const float rough = roughness(net, candidate);
    if (rough < least) batch = candidate;
    least = std::min(least, rough);
  }
  std::map<std::string, Tensor> written{{"spectra", batch.spectra}, {"tiles", batch.tiles}, {"target", batch.target}};
  Sgd sgd(parameters, {});
  for (int step = 0; step < 3; ++step) {
    const Tensor fused = differentiate(net, batch);
    if (step == 0) {
      written["fused"] = fused;
      for (const Parameter& parameter : parameters) written["grad/" + parameter.name] = parameter.value.grad();
    }
    sgd.step(kLearningRate);
  }
  for (const Parameter& parameter : parameters) written["after_3_steps/" + parameter.name] = parameter.value.value();
  write_tensors(arguments.directory + "/batch.h5", written, {{"learning_rate", kLearningRate}});
}

}  // namespace

int main(int count, char** texts) {
  try {
    const Arguments arguments = parse(count, texts);
    std::filesystem::create_directories(arguments.directory);
    dump(arguments);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "parity_dump: error: %s\n", error.what());
    return 1;
  }
}
