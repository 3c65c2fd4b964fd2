#include <doctest/doctest.h>

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/two_cnn_fu.h"
#include "specfuse/tensor/math.h"
#include "support/example.h"
#include "support/network.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

TwoCnnFuOptions small_network_options() {
  TwoCnnFuOptions options;
  options.model = small_network();
  options.train = small_training();
  return options;
}

}  // namespace

TEST_CASE("two_cnn_fu: fits its training image and keeps wavelengths and attributes") {
  TrainingPair example = small_example(6, 6, 9, 2);
  example.input.hsi.wavelength_nm = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  example.input.hsi.attributes["sensor"] = "made up";
  TwoCnnFuOptions options = small_network_options();
  options.train.steps = 300;
  options.train.tile = 4;
  options.train.learning_rate = 3e-3;
  TwoCnnFu method(options);
  std::vector<TrainingRecord> log;
  FitContext context;
  context.record = [&](const TrainingRecord& record) { log.push_back(record); };
  method.fit({{example}, {}}, context);
  REQUIRE(log.size() == 31);
  CHECK(log.front().step == 1);
  CHECK(log.back().step == 300);
  CHECK(log.back().loss < 0.2 * log.front().loss);
  const Cube fused = fuse(method, example.input).fused;
  CHECK(fused.wavelength_nm == example.input.hsi.wavelength_nm);
  CHECK(fused.attributes == example.input.hsi.attributes);
}

TEST_CASE("two_cnn_fu: warnings what has fewer pixels than a tenth of its parameters") {
  TwoCnnFuOptions options = small_network_options();
  TrainingPair example = small_example(6, 6, 9, 2);
  const auto parameters = [&] { return plan_network(options.model, {9, 2}, "model").parameter_count(); };
  for (Index units = 8; parameters() % 10 != 0; ++units) {
    set_fields(options.model.branches.get("hsi").layers.get("fc").options(), {{"units", units}});
  }
  const Index enough = parameters() / 10;
  example.target = Cube(1, enough, 9);
  CHECK(TwoCnnFu(options).warnings({{example}, {}}) == "");
  example.target = Cube(1, enough - 1, 9);
  const std::string expected = concat("learns ", parameters(), " parameters from ", enough - 1, " pixels");
  CHECK_MESSAGE(TwoCnnFu(options).warnings({{example}, {}}).starts_with(expected), expected);
}

TEST_CASE("two_cnn_fu: two runs and any number of threads give the same bits") {
  const TrainingPair example = small_example(6, 6, 9, 2);
  const auto run = [&](int count) {
    const int before = threads();
    set_threads(count);
    TwoCnnFu method(small_network_options());
    method.fit({{example}, {}}, {});
    const Tensor fused = fuse(method, example.input).fused.values;
    set_threads(before);
    return fused;
  };
  const Tensor first = run(1), again = run(1), spread = run(3);
  for (Index i = 0; i < first.size(); ++i) {
    REQUIRE(first[i] == again[i]);
    REQUIRE(first[i] == spread[i]);
  }
}

TEST_CASE("two_cnn_fu: refuses to fuse before a fit and other bands") {
  TwoCnnFu method(small_network_options());
  const TrainingPair example = small_example(6, 6, 9, 2);
  CHECK_THROWS_WITH_AS(fuse(method, example.input), doctest::Contains("neither fitted nor restored"), Error);
  method.fit({{example}, {}}, {});
  CHECK_THROWS_WITH_AS(fuse(method, small_example(6, 6, 10, 2).input), doctest::Contains("trained on 9"), Error);
}

TEST_CASE("two_cnn_fu: a warm start goes on from what was fitted, its normalisation kept") {
  const TrainingPair one = small_example(6, 6, 9, 2);
  TrainingPair brighter = small_example(7, 5, 9, 2);
  for (Cube* cube : {&brighter.input.hsi, &brighter.input.msi, &brighter.target}) scale(cube->values, 1.5f);
  TwoCnnFu method(small_network_options());
  FitContext warm;
  warm.warm_start = WarmStart{0, 1e-3};
  CHECK_THROWS_WITH_AS(method.fit({{one}, {}}, warm), doctest::Contains("a fit before it"), Error);
  method.fit({{one}, {}}, {});
  const Checkpoint fitted = method.checkpoint();
  std::map<std::string, Tensor> before;
  for (const auto& [name, tensor] : fitted.tensors) before[name] = tensor.clone();

  // No step: nothing changes at all. A few: parameters do, normalisation does not.
  method.fit({{brighter}, {}}, warm);
  const Checkpoint same_state = method.checkpoint();
  for (const auto& [name, tensor] : before) CHECK(relative_gap(same_state.tensors.at(name), tensor) == 0);
  warm.warm_start->steps = 3;
  double highest_rate = 0;
  warm.record = [&](const TrainingRecord& record) { highest_rate = std::max(highest_rate, record.learning_rate); };
  method.fit({{brighter}, {}}, warm);
  CHECK(highest_rate > 0);
  CHECK(highest_rate <= 1e-3);
  const Checkpoint tuned = method.checkpoint();
  CHECK(relative_gap(tuned.tensors.at("model/fusion.out.weight"), before.at("model/fusion.out.weight")) > 0);
  CHECK(relative_gap(tuned.tensors.at("normalization/msi.span"), before.at("normalization/msi.span")) == 0);
}

TEST_CASE("two_cnn_fu: its base estimate is fitted with it, kept in its checkpoint and restored") {
  const TrainingPair example = small_example(6, 6, 9, 2);
  TwoCnnFuOptions options = small_network_options();
  options.model.base = "linear_injection";
  options.model.output = "residual";
  set_fields(options.model.fusion.get("out").options(), {{"zero_init", true}});
  options.train.steps = 0;
  TwoCnnFu method(options);
  method.fit({{example}, {}}, {});
  const std::unique_ptr<FusionMethod> base = make_method("linear_injection");
  base->fit({{example}, {}}, {});
  const Tensor expected = fuse(*base, example.input).fused.values;
  CHECK(relative_gap(fuse(method, example.input).fused.values, expected) < 1e-5);
  TwoCnnFu restored(options);
  restored.restore(method.checkpoint());
  CHECK(relative_gap(fuse(restored, example.input).fused.values, expected) < 1e-5);
}

TEST_CASE("two_cnn_fu: what its base estimate's shipped weights learned from is what it learned from") {
  TwoCnnFuOptions options = small_network_options();
  CHECK(TwoCnnFu(options).learned_from.empty());
  options.model.base = "two_cnn_fu_plus";
  CHECK_FALSE(TwoCnnFu(options).learned_from.empty());
}
