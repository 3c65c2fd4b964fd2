/// bench_two_cnn_fu [--bands N] [--threads N] [--repeats N] [--json]: microseconds per sample of a training step
/// (forward, backward, optimiser) and per pixel of fusing, as JSON; medians.
#include <cstdio>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/rng.h"
#include "specfuse/core/threads.h"
#include "specfuse/kernels/blas.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/networks/branch_network.h"
#include "specfuse/networks/training.h"
#include "specfuse/optim/optimizer.h"
#include "timing.h"

using namespace specfuse;

namespace {

Tensor uniform(const Shape& shape) {
  Rng rng(0, stream_of(shape.text()));
  Tensor tensor = Tensor::uninitialized(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor[i] = rng.uniform();
  return tensor;
}

/// Side of the neighbourhood of a pixel.
constexpr Index kPatch = 31;

struct Sizes {
  Index tile, tiles;
  Index pixels() const { return tile * tile * tiles; }
};

}  // namespace

int main(int count, char** texts) {
  choose_blas_kernels(texts);
  const bench::Options options(count, texts);
  const Index bands = options.bands;
  const BranchNetwork net(plan_network(preset_network("released"), {bands, 6}, "model"));
  const auto parameters = net.parameters();
  initialize(parameters, {}, 0);
  Sgd sgd(parameters, {});
  const auto images = [&](const Sizes& s) {
    return Variable(uniform({s.tiles, 6, s.tile + kPatch - 1, s.tile + kPatch - 1}));
  };

  std::printf("{\n \"bands\": %ld,\n \"threads\": %d,\n \"simd\": \"%s\",\n \"blas\": \"%s\",\n \"train\": [",
              static_cast<long>(bands), threads(), simd_name().c_str(), blas_description().c_str());
  const char* comma = "";
  for (const Sizes s : {Sizes{1, 128}, Sizes{8, 8}, Sizes{16, 4}}) {
    const Variable spectra(uniform({s.pixels(), bands})), windows = images(s);
    const Tensor target = uniform({s.pixels(), bands});
    const double seconds = bench::median_seconds(options.repeats, [&] {
      sgd.clear_grads();
      euclidean_loss(net.forward({spectra, windows}), target).backward();
      sgd.step(1e-6);
    });
    std::printf("%s\n  {\"tile\": %ld, \"tiles\": %ld, \"us_per_sample\": %.2f}", comma, static_cast<long>(s.tile),
                static_cast<long>(s.tiles), seconds / static_cast<double>(s.pixels()) * 1e6);
    comma = ",";
  }
  std::printf("\n ],\n \"fuse\": [");
  comma = "";
  const NoGrad no_grad;
  for (const Sizes s : {Sizes{1, 128}, Sizes{64, 1}}) {
    const Variable spectra(uniform({s.pixels(), bands})), windows = images(s);
    const double seconds = bench::median_seconds(options.repeats, [&] { net.forward({spectra, windows}); });
    std::printf("%s\n  {\"tile\": %ld, \"us_per_pixel\": %.2f}", comma, static_cast<long>(s.tile),
                seconds / static_cast<double>(s.pixels()) * 1e6);
    comma = ",";
  }
  std::printf("\n ]\n}\n");
}
