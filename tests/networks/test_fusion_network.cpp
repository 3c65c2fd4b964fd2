#include <doctest/doctest.h>

#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/networks/fusion_network.h"
#include "support/example.h"
#include "support/network.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

FusionNetwork fitted(const NetworkDescription& description, const NetworkExamples& examples) {
  FusionNetwork network(description, "model");
  network.fit(examples, small_training(), {}, [](Checkpoint&) {});
  return network;
}

}  // namespace

TEST_CASE("fusion network: the fused image does not depend on the size of its tiles") {
  const TrainingPair example = small_example(9, 12, 9, 2);
  const Cube base = upsample_cubic(example.input.hsi, 2);
  NetworkDescription stacked = small_network();
  stacked.branches.get("msi").input = "stack";
  stacked.base = "bicubic";
  stacked.output = "residual";
  for (const NetworkDescription& description : {small_network(), stacked}) {
    const FusionNetwork network = fitted(description, {{{example, base}}, {}});
    const Cube whole = network.fuse(example.input, base, 64);
    for (const Index tile : {1, 7, 16}) {
      CHECK(relative_gap(network.fuse(example.input, base, tile).values, whole.values) < 1e-5);
    }
  }
}

TEST_CASE("fusion network: what adds nothing to a base estimate gives the base estimate") {
  const TrainingPair example = small_example(6, 5, 9, 2);
  const Cube base = upsample_cubic(example.input.hsi, 2);
  NetworkDescription description = small_network();
  description.base = "bicubic";
  description.output = "residual";
  set_fields(description.fusion.get("out").options(), {{"zero_init", true}});
  TrainOptions none = small_training();
  none.steps = 0;
  FusionNetwork network(description, "model");
  network.fit({{{example, base}}, {}}, none, {}, [](Checkpoint&) {});
  CHECK(relative_gap(network.fuse(example.input, base, 4).values, base.values) < 1e-5);
}

TEST_CASE("fusion network: a residual is trained towards what the base estimate lacks") {
  const TrainingPair example = small_example(6, 5, 9, 2);
  NetworkDescription description = small_network();
  description.base = "bicubic";
  description.output = "residual";
  set_fields(description.fusion.get("out").options(), {{"zero_init", true}});
  const auto first_loss = [&](const Cube& base) {
    FusionNetwork network(description, "model");
    double loss = -1;
    FitContext context;
    context.record = [&](const TrainingRecord& record) { loss = record.step == 1 ? record.loss : loss; };
    network.fit({{{example, base}}, {}}, small_training(), context, [](Checkpoint&) {});
    return loss;
  };
  CHECK(first_loss(example.target) == 0.0);  // nothing is lacking
  CHECK(first_loss(upsample_cubic(example.input.hsi, 2)) > 1e-3);
}

TEST_CASE("fusion network: a checkpoint restores it, of as many bands as it was fitted on") {
  const TrainingPair example = small_example(6, 5, 9, 2);
  const FusionNetwork network = fitted(small_network(), {{{example}}, {}});
  FusionNetwork other(small_network(), "model");
  CHECK_FALSE(other.is_fitted());
  CHECK(other.checkpoint().tensors.empty());
  other.restore(network.checkpoint());
  CHECK(relative_gap(other.fuse(example.input, {}, 8).values, network.fuse(example.input, {}, 8).values) == 0);
  CHECK_THROWS_WITH_AS(other.fuse(small_example(6, 6, 10, 2).input, {}, 8), doctest::Contains("trained on 9"),
                       ConfigError);
}
