#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <limits>

#include "methods/small.h"
#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/methods/training.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// A file name that no other run uses, removed at the end.
struct TemporaryFile {
  std::string path = (std::filesystem::temp_directory_path() / concat("specfuse_training_", getpid(), ".h5")).string();
  TemporaryFile() { std::filesystem::remove(path); }
  ~TemporaryFile() { std::filesystem::remove(path); }
};

Parameter weight(float value) { return {"w", Variable(Tensor::from({1}, {value}), true), false}; }

}  // namespace

TEST_CASE("initialize: weights by the seed and their name, biases zero") {
  const auto draw = [](std::uint64_t seed) {
    const TwoCnnFuNet net(small_options().model, 9, 2);
    initialize(net.parameters(), {}, seed);
    return net.parameters()[0].value.value();
  };
  CHECK(relative_gap(draw(1), draw(1)) == 0);
  CHECK(relative_gap(draw(1), draw(2)) > 0.1);

  TrainOptions gaussian;
  gaussian.init = "gaussian";
  std::vector<Parameter> parameters{{"conv", Variable(Tensor({40, 10, 30})), false},
                                    {"fc", Variable(Tensor({100, 100})), false},
                                    {"bias", Variable(random_tensor({7}, "bias")), true}};
  initialize(parameters, gaussian, 0);
  const auto deviation = [](const Tensor& x) {
    double squares = 0;
    for (Index i = 0; i < x.size(); ++i) squares += double{x[i]} * x[i];
    return std::sqrt(squares / static_cast<double>(x.size()));
  };
  CHECK(deviation(parameters[0].value.value()) == doctest::Approx(0.001).epsilon(0.05));
  CHECK(deviation(parameters[1].value.value()) == doctest::Approx(0.01).epsilon(0.05));
  CHECK(deviation(parameters[2].value.value()) == 0.0);
}

TEST_CASE("train: the parameters of the best validation stay") {
  const Parameter w = weight(10);
  TrainingTask task;
  task.parameters = {w};
  task.loss = [&](Rng&) { return euclidean_loss(w.value, Tensor::from({1}, {0})); };
  // Best where w is nearest to 5, on the way from 10 to 0.
  task.validation = [&] { return std::abs(w.value.value()[0] - 5.0); };
  TrainOptions options;
  options.optimizer = "sgd";
  options.schedule = "constant";
  options.learning_rate = 0.1;
  options.momentum = options.weight_decay = options.clip_norm = 0;
  options.steps = 40;
  options.validate_every = 1;
  train(task, options, {});
  CHECK(w.value.value()[0] == doctest::Approx(10 * std::pow(0.9, 7)));
}

TEST_CASE("train: a loss that is not finite stops with the step") {
  const Parameter w = weight(1);
  TrainingTask task;
  task.parameters = {w};
  int calls = 0;
  task.loss = [&](Rng&) { return scale(w.value, ++calls == 3 ? std::numeric_limits<float>::infinity() : 1.0f); };
  TrainOptions options;
  options.steps = 5;
  CHECK_THROWS_WITH_AS(train(task, options, {}), doctest::Contains("not finite at step 3"), Error);
}

TEST_CASE("train: interrupted and resumed, it ends where it would have") {
  const TrainingPair example = small_example(6, 6, 9, 2);
  const TemporaryFile file;
  TwoCnnFuOptions options = small_options();
  options.train.steps = 12;
  options.train.validate_every = 5;
  const TrainingData data{{example}, {example}};
  FitContext context;
  context.checkpoint_path = file.path;
  context.resume = true;

  TwoCnnFu whole(options);
  whole.fit(data, {});

  catch_interrupts();
  int steps = 0;
  options.train.log_every = 1;
  context.record = [&](const TrainingRecord&) {
    if (++steps == 7) std::raise(SIGINT);
  };
  TwoCnnFu cut(options);
  CHECK_THROWS_WITH_AS(cut.fit(data, context), doctest::Contains("interrupted at step 7 of 12"), Interrupted);
  clear_interrupt();
  context.record = nullptr;
  TwoCnnFu resumed(options);
  resumed.fit(data, context);
  const Checkpoint got = resumed.checkpoint(), expected = whole.checkpoint();
  for (const auto& entry : expected.tensors) {
    const std::string& name = entry.first;
    CAPTURE(name);
    CHECK(relative_gap(got.tensors.at(name), entry.second) == 0);
  }
  context.config = "another";
  TwoCnnFu other_config(options);
  CHECK_THROWS_WITH_AS(other_config.fit(data, context), doctest::Contains("another configuration"), ConfigError);
  context.config = "";
  context.seed = 1;
  TwoCnnFu other_seed(options);
  CHECK_THROWS_WITH_AS(other_seed.fit(data, context), doctest::Contains("expected seed 1, got 0"), DataError);
}

TEST_CASE("train: parameters that are missing or of another shape are refused") {
  const Parameter w = weight(1);
  Checkpoint checkpoint;
  CHECK_THROWS_WITH_AS(load_parameters({w}, checkpoint), doctest::Contains("model/w"), DataError);
  checkpoint.tensors["model/w"] = Tensor({2});
  CHECK_THROWS_WITH_AS(load_parameters({w}, checkpoint), doctest::Contains("[2]"), DataError);
}
