#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <limits>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/networks/fusion_network.h"
#include "specfuse/networks/training.h"
#include "support/example.h"
#include "support/message_of.h"
#include "support/network.h"
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

Parameter weight(float value) { return {"w", Variable(Tensor::from({1}, {value}), true)}; }

/// What a small network has learned.
Checkpoint fit(const NetworkExamples& data, const TrainOptions& options, const FitContext& context) {
  FusionNetwork network(small_network(), "model");
  network.fit(data, options, context, [](Checkpoint&) {});
  return network.checkpoint();
}

}  // namespace

TEST_CASE("initialize: weights by the seed and their name, or zero; biases zero, gains one") {
  const auto draw = [](std::uint64_t seed) {
    const BranchNetwork net(plan_network(small_network(), {9, 2}, "model"));
    initialize(net.parameters(), {}, seed);
    return net.parameters()[0].value.value();
  };
  CHECK(relative_gap(draw(1), draw(1)) == 0);
  CHECK(relative_gap(draw(1), draw(2)) > 0.1);

  TrainOptions gaussian;
  gaussian.init = "gaussian";
  std::vector<Parameter> parameters{{"conv", Variable(Tensor({40, 10, 30}))},
                                    {"fc", Variable(Tensor({100, 100}))},
                                    {"bias", Variable(random_tensor({7}, "bias")), Role::bias},
                                    {"gain", Variable(random_tensor({7}, "gain")), Role::gain},
                                    {"out", Variable(random_tensor({9, 7}, "out")), Role::weight, true}};
  initialize(parameters, gaussian, 0);
  const auto deviation = [](const Tensor& x) {
    double squares = 0;
    for (Index i = 0; i < x.size(); ++i) squares += double{x[i]} * x[i];
    return std::sqrt(squares / static_cast<double>(x.size()));
  };
  CHECK(deviation(parameters[0].value.value()) == doctest::Approx(0.001).epsilon(0.05));
  CHECK(deviation(parameters[1].value.value()) == doctest::Approx(0.01).epsilon(0.05));
  CHECK(deviation(parameters[2].value.value()) == 0.0);
  CHECK(deviation(parameters[4].value.value()) == 0.0);
  for (Index i = 0; i < 7; ++i) CHECK(parameters[3].value.value()[i] == 1.0f);
}

TEST_CASE("train: the parameters of the best validation stay") {
  const Parameter w = weight(10);
  TrainingTask task;
  task.parameters = {w};
  task.loss = [&](Rng&, const RankShare&) { return euclidean_loss(w.value, Tensor::from({1}, {0})); };
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
  task.loss = [&](Rng&, const RankShare&) {
    return scale(w.value, ++calls == 3 ? std::numeric_limits<float>::infinity() : 1.0f);
  };
  TrainOptions options;
  options.steps = 5;
  CHECK_THROWS_WITH_AS(train(task, options, {}), doctest::Contains("not finite at step 3"), Error);
}

TEST_CASE("train: a gradient that is not finite stops with step, parameter and the last good checkpoint") {
  const Parameter good{"fc1.weight", Variable(Tensor::from({1}, {1}), true)};
  const Parameter w{"fc2.weight", Variable(Tensor::from({1}, {2}), true)};
  const TemporaryFile file;
  TrainingTask task;
  task.parameters = {good, w};
  int calls = 0;
  // The loss is finite; what comes back through it is not.
  task.loss = [&](Rng&, const RankShare&) {
    const bool broken = ++calls == 4;
    return Variable(Tensor::from({1}, {1}), {good.value, w.value}, [=](const Tensor&) {
      good.value.grad_to_add()[0] += 1;
      w.value.grad_to_add()[0] += broken ? std::numeric_limits<float>::quiet_NaN() : 1.0f;
    });
  };
  TrainOptions options;
  options.steps = 9;
  options.checkpoint_every = 2;
  FitContext context;
  for (const double clip : {1.0, 0.0}) {
    options.clip_norm = clip;
    calls = 0;
    CHECK_THROWS_WITH_AS(train(task, options, context),
                         doctest::Contains("the gradient of fc2.weight is not finite at step 4; no checkpoint"), Error);
  }
  context.checkpoint_path = file.path;
  calls = 0;
  CHECK_THROWS_WITH_AS(train(task, options, context),
                       doctest::Contains(concat("the last good checkpoint is ", file.path, " of step 2").c_str()),
                       Error);
  CHECK(read_checkpoint(file.path).state.at("step") == 2);
}

TEST_CASE("train: a parameter that is not finite is never saved") {
  const Parameter w{"fc.weight", Variable(Tensor::from({1}, {1}), true)};
  const TemporaryFile file;
  TrainingTask task;
  task.parameters = {w};
  task.loss = [&](Rng&, const RankShare&) { return scale(w.value, 1.0f); };
  TrainOptions options;
  options.optimizer = "sgd";
  options.clip_norm = 0;
  options.schedule = "constant";
  options.weight_decay = 10;
  options.learning_rate = 1e3;  // times -9999 a step: beyond float at the tenth
  options.momentum = 0;
  options.steps = 10;
  FitContext context;
  context.checkpoint_path = file.path;
  CHECK_THROWS_WITH_AS(train(task, options, context), doctest::Contains("fc.weight is not finite at step 10"), Error);
  CHECK_FALSE(std::filesystem::exists(file.path));
}

TEST_CASE("train: with anomaly detection the operation is named, with its layer and the step") {
  TrainOptions options = small_training();
  options.optimizer = "sgd";
  options.clip_norm = 0;
  options.learning_rate = 1e3;
  options.schedule = "constant";
  options.steps = 50;
  const NetworkExamples data{{{small_example(6, 6, 9, 2)}}, {}};
  CHECK_THROWS_WITH_AS(fit(data, options, {}), doctest::Contains("--detect-anomaly"), Error);
  set_detect_anomaly(true);
  std::string message;
  try {
    fit(data, options, {});
  } catch (const Error& error) {
    message = error.what();
  }
  set_detect_anomaly(false);
  CAPTURE(message);
  CHECK(message.starts_with("training: anomaly: "));
  CHECK(message.find(" in step ") != std::string::npos);
  CHECK((message.find("fusion.") != std::string::npos || message.find("hsi.") != std::string::npos ||
         message.find("msi.") != std::string::npos));
}

TEST_CASE("train: a checkpoint that cannot be gone on from is refused") {
  const Parameter w = weight(1);
  const TemporaryFile file;
  TrainingTask task;
  task.parameters = {w};
  task.loss = [&](Rng&, const RankShare&) { return euclidean_loss(w.value, Tensor::from({1}, {0})); };
  task.validation = [&] { return std::abs(w.value.value()[0]); };
  TrainOptions options;
  options.steps = 3;
  options.validate_every = 1;
  FitContext context;
  context.checkpoint_path = file.path;
  context.resume = true;
  train(task, options, context);
  const Checkpoint good = read_checkpoint(file.path);
  const auto refusal = [&](const auto& change) {
    Checkpoint bad = read_checkpoint(file.path);
    change(bad);
    write_checkpoint(file.path, bad);
    std::string message = "accepted";
    try {
      train(task, options, context);
    } catch (const DataError& error) {
      message = error.what();
    }
    write_checkpoint(file.path, good);
    return message.starts_with(file.path) ? message.substr(file.path.size()) : message;
  };
  const Tensor nan = Tensor::from({1}, {std::numeric_limits<float>::quiet_NaN()});
  CHECK(refusal([](Checkpoint& c) { c.state["step"] = 4; }) == ": expected at most 3 steps, got 4");
  CHECK(refusal([](Checkpoint& c) { c.state.erase("sampler"); }) == ": no state 'sampler' to continue from");
  CHECK(refusal([](Checkpoint& c) { c.tensors.erase("model/w"); }) == ": checkpoint: no 'model/w'");
  CHECK(refusal([&](Checkpoint& c) { c.tensors["model/w"] = nan; }) ==
        ": checkpoint: expected finite values in 'model/w'");
  CHECK(refusal([&](Checkpoint& c) { c.tensors["best/model/w"] = nan; }) ==
        ": checkpoint: expected finite values in 'model/w'");
  CHECK(refusal([](Checkpoint& c) { c.tensors.erase("optimizer/mean/w"); }) ==
        ": optimizer: no 'mean/w' to continue from");
  CHECK(refusal([](Checkpoint& c) { c.tensors["optimizer/mean/w"] = Tensor({2}); }) ==
        ": optimizer: expected 'mean/w' of shape [1], got [2]");
  CHECK(refusal([&](Checkpoint& c) { c.tensors["optimizer/mean/w"] = nan; }) ==
        ": optimizer: expected finite values in 'mean/w'");
  CHECK(refusal([](Checkpoint&) {}) == "accepted");
}

TEST_CASE("train: interrupted and resumed, it ends where it would have") {
  const TrainingPair example = small_example(6, 6, 9, 2);
  const TemporaryFile file;
  TrainOptions options = small_training();
  options.steps = 12;
  options.validate_every = 5;
  const NetworkExamples data{{{example}}, {{example}}};
  FitContext context;
  context.checkpoint_path = file.path;
  context.resume = true;

  const Checkpoint expected = fit(data, options, {});

  catch_interrupts();
  int steps = 0;
  options.log_every = 1;
  context.record = [&](const TrainingRecord&) {
    if (++steps == 7) std::raise(SIGINT);
  };
  CHECK_THROWS_WITH_AS(fit(data, options, context), doctest::Contains("interrupted at step 7 of 12"), Interrupted);
  clear_interrupt();
  context.record = nullptr;
  const Checkpoint got = fit(data, options, context);
  for (const auto& entry : expected.tensors) {
    const std::string& name = entry.first;
    CAPTURE(name);
    CHECK(relative_gap(got.tensors.at(name), entry.second) == 0);
  }
  context.config = "another";
  CHECK_THROWS_WITH_AS(fit(data, options, context), doctest::Contains("another configuration"), ConfigError);
  context.config = "";
  context.seed = 1;
  CHECK_THROWS_WITH_AS(fit(data, options, context), doctest::Contains("expected seed 1, got 0"), DataError);
}

TEST_CASE("train: parameters that are missing or of another shape are refused") {
  const Parameter w = weight(1);
  Checkpoint checkpoint;
  CHECK_THROWS_WITH_AS(load_parameters({w}, checkpoint), doctest::Contains("model/w"), DataError);
  checkpoint.tensors["model/w"] = Tensor({2});
  CHECK_THROWS_WITH_AS(load_parameters({w}, checkpoint), doctest::Contains("[2]"), DataError);
}
