#include <doctest/doctest.h>

#include <algorithm>

#include "methods/small.h"
#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/networks/tiles.h"
#include "specfuse/tensor/math.h"
#include "support/gradient_check.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

Shape shape_of(const TwoCnnFuNet& net, const std::string& name) {
  for (const Parameter& parameter : net.parameters()) {
    if (parameter.name == name) return parameter.value.shape();
  }
  return {};
}

}  // namespace

TEST_CASE("two_cnn_fu: the released network has the published shapes") {
  const TwoCnnFuNet net({}, 162, 6);
  CHECK(net.parameters().size() == 26);
  CHECK(shape_of(net, "hsi.conv1.weight") == Shape{20, 1, 45});
  CHECK(shape_of(net, "hsi.conv3.weight") == Shape{20, 20, 45});
  CHECK(shape_of(net, "hsi.skip.weight") == Shape{20, 20, 89});
  CHECK(shape_of(net, "hsi.fc.weight") == Shape{250, 600});
  CHECK(shape_of(net, "msi.conv1.weight") == Shape{30, 6, 10, 10});
  CHECK(shape_of(net, "msi.skip.weight") == Shape{30, 30, 19, 19});
  CHECK(shape_of(net, "msi.fc.weight") == Shape{200, 480});
  CHECK(shape_of(net, "fusion.fc1.weight") == Shape{450, 450});
  CHECK(shape_of(net, "fusion.out.weight") == Shape{162, 450});
}

TEST_CASE("two_cnn_fu: the table2 network has no skips and no branch layers") {
  TwoCnnFuModel model;
  model.preset = "table2";
  const TwoCnnFuNet net(model, 162, 6);
  CHECK(net.parameters().size() == 18);
  CHECK(shape_of(net, "hsi.skip.weight").rank() == 0);
  CHECK(shape_of(net, "fusion.fc1.weight") == Shape{450, 600 + 480});
  CHECK(shape_of(net, "fusion.fc2.weight") == Shape{450, 450});
}

TEST_CASE("two_cnn_fu: too few bands, too small or even patches are refused with the smallest that will do") {
  CHECK_THROWS_WITH_AS(TwoCnnFuNet({}, 132, 6), doctest::Contains("at least 133 bands, got 132"), ConfigError);
  CHECK_NOTHROW(TwoCnnFuNet({}, 133, 6));
  TwoCnnFuModel model;
  model.patch = 27;
  CHECK_THROWS_WITH_AS(TwoCnnFuNet(model, 162, 6), doctest::Contains("a patch of at least 28"), ConfigError);
  model.patch = 30;
  CHECK_THROWS_WITH_AS(TwoCnnFuNet(model, 162, 6), doctest::Contains("odd"), ConfigError);
}

/// Biases that keep a ReLU whose inputs are all zero away from its kink.
void initialize_off_kinks(const std::vector<Parameter>& parameters) {
  initialize(parameters, {}, 3);
  for (const Parameter& parameter : parameters) {
    Tensor bias = parameter.value.value();
    if (parameter.is_bias) fill(bias, 0.3f);
  }
}

TEST_CASE("two_cnn_fu: gradients of both presets agree with differences") {
  for (const char* preset : {"released", "table2"}) {
    const TwoCnnFuNet net(small_options(preset).model, 9, 2);
    initialize_off_kinks(net.parameters());
    const auto forward = [&](const std::vector<Variable>& inputs) { return net.forward(inputs[0], inputs[1]); };
    CHECK(gradient_gap(forward, {random_tensor({4, 9}, "spectra"), random_tensor({1, 2, 6, 6}, "window")}, {1e-3f}) <
          3e-3);
  }
}

TEST_CASE("two_cnn_fu: gradients of every parameter agree with differences") {
  for (const char* preset : {"released", "table2"}) {
    const TwoCnnFuNet net(small_options(preset).model, 9, 2);
    initialize_off_kinks(net.parameters());
    const Variable spectra(random_tensor({8, 9}, "spectra")), windows(random_tensor({2, 2, 6, 6}, "windows"));
    const Tensor target = random_tensor({8, 9}, "target");
    const auto loss = [&] { return euclidean_loss(net.forward(spectra, windows), target); };
    loss().backward();
    const NoGrad no_grad;
    for (const Parameter& parameter : net.parameters()) {
      const std::string name = parameter.name;
      CAPTURE(name);
      Tensor value = parameter.value.value();
      const Tensor& grad = parameter.value.grad();
      for (Index i = 0; i < value.size(); i += std::max<Index>(1, value.size() / 7)) {
        const float before = value[i], step = 3e-4f;
        value[i] = before + step;
        const double above = double{loss().value()[0]};
        value[i] = before - step;
        const double below = double{loss().value()[0]};
        value[i] = before;
        CHECK((above - below) / (2 * double{step}) ==
              doctest::Approx(double{grad[i]}).epsilon(0.02).scale(max_abs(grad)));
      }
    }
  }
}

TEST_CASE("two_cnn_fu: 64 tiles of one pixel are one tile of 8 x 8: output and gradients") {
  for (const char* preset : {"released", "table2"}) {
    const TrainingPair example = small_example(6, 5, 9, 2);
    const TwoCnnFuNet net(small_options(preset).model, 9, 2);
    initialize(net.parameters(), {}, 1);
    const TileSource source(example, Normalization::of({example}), 2);
    const auto differentiate = [&](const std::vector<TilePlace>& places) {
      for (Parameter& parameter : net.parameters()) parameter.value.clear_grad();
      const TileBatch batch = cut_tiles(places);
      const Variable fused = net.forward(Variable(batch.spectra), Variable(batch.windows));
      euclidean_loss(fused, batch.target).backward();
      std::vector<Tensor> all{fused.value()};
      for (const Parameter& parameter : net.parameters()) all.push_back(parameter.value.grad());
      return all;
    };
    std::vector<TilePlace> pixels;
    for (Index i = 0; i < 64; ++i) pixels.push_back({&source, {3 + i / 8, 1 + i % 8, 1, 1}});
    const auto apart = differentiate(pixels), together = differentiate({{&source, {3, 1, 8, 8}}});
    for (std::size_t i = 0; i < apart.size(); ++i) CHECK(relative_gap(apart[i], together[i]) < 1e-5);
  }
}

TEST_CASE("two_cnn_fu: the fused image does not depend on the size of the fusing tiles") {
  const TrainingPair example = small_example(9, 12, 9, 2);
  TwoCnnFuOptions options = small_options();
  TwoCnnFu method(options);
  method.fit({{example}, {}}, {});
  const Cube whole = method.fuse(example.input);
  for (const Index tile : {1, 7, 16}) {
    options.fuse_tile = tile;
    TwoCnnFu tiled(options);
    tiled.restore(method.checkpoint());
    CHECK(relative_gap(tiled.fuse(example.input).values, whole.values) < 1e-5);
  }
}

TEST_CASE("two_cnn_fu: fits its training image and keeps wavelengths and attributes") {
  TrainingPair example = small_example(6, 6, 9, 2);
  example.input.hsi.wavelength_nm = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  example.input.hsi.attributes["sensor"] = "made up";
  TwoCnnFuOptions options = small_options();
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
  const Cube fused = method.fuse(example.input);
  CHECK(fused.wavelength_nm == example.input.hsi.wavelength_nm);
  CHECK(fused.attributes == example.input.hsi.attributes);
}

TEST_CASE("two_cnn_fu: two runs and any number of threads give the same bits") {
  const TrainingPair example = small_example(6, 6, 9, 2);
  const auto run = [&](int count) {
    const int before = threads();
    set_threads(count);
    TwoCnnFu method(small_options());
    method.fit({{example}, {}}, {});
    const Tensor fused = method.fuse(example.input).values;
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
  TwoCnnFu method(small_options());
  const TrainingPair example = small_example(6, 6, 9, 2);
  CHECK_THROWS_WITH_AS(method.fuse(example.input), doctest::Contains("neither fitted nor restored"), Error);
  method.fit({{example}, {}}, {});
  CHECK_THROWS_WITH_AS(method.fuse(small_example(6, 6, 10, 2).input), doctest::Contains("trained on 9"), Error);
}

TEST_CASE("two_cnn_fu: a warm start goes on from what was fitted, its normalisation kept") {
  const TrainingPair one = small_example(6, 6, 9, 2);
  TrainingPair brighter = small_example(7, 5, 9, 2);
  for (Cube* cube : {&brighter.input.hsi, &brighter.input.msi, &brighter.target}) scale(cube->values, 1.5f);
  TwoCnnFu method(small_options());
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
