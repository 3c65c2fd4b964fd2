#include <doctest/doctest.h>

#include <algorithm>

#include "methods/small_plus.h"
#include "specfuse/core/error.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("two_cnn_fu_plus: keeps what is best on the end of the training image, and says what that is") {
  // The truth is one e above the base everywhere.
  TrainingPair pair = plus_pair();
  PlusOptions options = small_options();
  options.model.inputs.consistency = 0;
  const PlusInputs inputs(pair.input, options.model.inputs, 0);
  for (Index i = 0; i < inputs.base().size(); ++i) {
    pair.target.values[i] = inputs.base()[i] + inputs.scale()[static_cast<std::size_t>(i % inputs.bands())];
  }
  const auto tuned = [&](const Checkpoint& weights, Index steps) {
    PlusOptions changed = options;
    changed.tune.steps = steps;
    changed.tune.learning_rate = 1e-2;
    auto method = std::make_unique<TwoCnnFuPlus>(changed);
    method->restore(weights);
    std::string remarks = method->fit({{pair}, {}}, {});
    return std::pair(std::move(method), std::move(remarks));
  };
  const Cube base = base_of(pair, options.model.inputs);

  // Nothing but the base is left of bad weights, before the step and after it.
  const auto [bad, bad_remarks] = tuned(shifting_weights(50), 1);
  CHECK(doctest::String(bad_remarks.c_str()) ==
        doctest::Contains("misses on rows 11-15, cols 0-11 of the training image in units of e: base "));
  CHECK(bad_remarks.ends_with("; chosen: base"));
  CHECK(bad_remarks.find(", tuned ") != std::string::npos);
  CHECK(relative_gap(fuse(*bad, pair.input).fused.values, base.values) == 0);
  // What was decided lasts as long as the weights.
  TwoCnnFuPlus restored(options);
  restored.restore(bad->checkpoint());
  CHECK(relative_gap(fuse(restored, pair.input).fused.values, base.values) == 0);
  CHECK(relative_gap(bad->checkpoint().tensors.at("model/out.bias"), Tensor::from({2}, {50, 50})) == 0);

  // Without a step nothing is decided.
  const auto [good, good_remarks] = tuned(shifting_weights(1), 0);
  CHECK(good_remarks.empty());
  CHECK(error_of(fuse(*good, pair.input).fused, pair) < 0.5 * error_of(base, pair));

  const auto [better, better_remarks] = tuned(shifting_weights(0), 60);
  CHECK(better_remarks.ends_with("; chosen: tuned"));
  CHECK(error_of(fuse(*better, pair.input).fused, pair) < 0.8 * error_of(base, pair));

  // Steps that make it worse are taken back.
  const auto [worse, worse_remarks] = tuned(shifting_weights(1), 3);
  CHECK(worse_remarks.ends_with("; chosen: weights as they are"));
  CHECK(relative_gap(fuse(*worse, pair.input).fused.values, fuse(*good, pair.input).fused.values) == 0);
}

TEST_CASE("two_cnn_fu_plus: is tuned on each of several images, whether checkpoints are written or not") {
  const TemporaryFolder folder;
  PlusOptions options = small_options();
  options.tune.steps = 5;
  const auto run = [&](const std::string& path) {
    TwoCnnFuPlus method(options);
    method.restore(shifting_weights(0.2f));
    FitContext context;
    context.checkpoint_path = path;
    context.resume = true;
    Index steps = 0;
    context.record = [&](const TrainingRecord&) { ++steps; };
    const std::string remarks = method.fit({mixed_pairs(), {}}, context);
    CHECK(steps == 15);
    return remarks;
  };
  CHECK(run(folder.file("state.h5")) == run(""));
}

TEST_CASE("two_cnn_fu_plus: leaves the weights as they are where the training image is too small") {
  for (const Index rows : {1, 2}) {
    const TrainingPair pair = plus_pair({rows, 2, 9, 2, 3, 1});
    PlusOptions options = small_options();
    options.tune.steps = 2;
    TwoCnnFuPlus method(options);
    const Checkpoint given = shifting_weights(1);
    method.restore(given);
    CHECK(method.fit({{pair}, {}}, {}) ==
          concat("the training image of ", pair.target.size_text(), " is too small to tune on: weights as they are"));
    CHECK(relative_gap(method.checkpoint().tensors.at("model/out.bias"), given.tensors.at("model/out.bias")) == 0);
    // What was decided before stays as well.
    Checkpoint still = given;
    still.state["moves"] = 0;
    method.restore(still);
    method.fit({{pair}, {}}, {});
    CHECK(method.checkpoint().state.at("moves") == 0);
  }
}

TEST_CASE("two_cnn_fu_plus: options that come to nothing are doubtful") {
  const TrainingData data{{plus_pair()}, {}}, validated{{plus_pair()}, {plus_pair()}};
  PlusOptions options = small_options();
  CHECK(TwoCnnFuPlus(options).warnings(data) == "");
  CHECK(TwoCnnFuPlus(options).warnings(validated).find("validation") != std::string::npos);
  options.tune.steps = 3;
  CHECK(TwoCnnFuPlus(options).warnings(data).find("nothing in tune") != std::string::npos);
  PlusOptions shipped;
  CHECK(TwoCnnFuPlus(shipped).warnings(validated) == "");
  CHECK(TwoCnnFuPlus(shipped).warnings({{plus_pair(), plus_pair()}, {}}).find("none of the training") !=
        std::string::npos);
  shipped.tune.learning_rate = 0.1;
  CHECK(TwoCnnFuPlus(shipped).warnings(data).find("nothing else in tune") != std::string::npos);
  shipped.tune = {};
  shipped.train.steps = 7;
  CHECK(TwoCnnFuPlus(shipped).warnings(data).find("nothing in train") != std::string::npos);
  shipped.tune.steps = 3;
  CHECK(TwoCnnFuPlus(shipped).warnings(data) == "");
  CHECK(TwoCnnFuPlus(shipped).warnings({{plus_pair(), plus_pair()}, {}}) == "");
}

TEST_CASE("two_cnn_fu_plus: with nothing to go on from, what is meant for tuning trains anew") {
  FitContext context;
  context.warm_start = WarmStart{3, 1e-5};
  Index steps = 0;
  double highest = 0;
  context.record = [&](const TrainingRecord& record) {
    ++steps;
    highest = std::max(highest, record.learning_rate);
  };
  TwoCnnFuPlus method(small_options());
  CHECK(method.fit({mixed_pairs(), {}}, context).empty());
  CHECK(steps == 8);

  // With weights it takes the steps and the rate of the protocol.
  highest = 0;
  const std::string remarks = method.fit({{plus_pair()}, {}}, context);
  CHECK(steps == 11);
  CHECK(highest > 0);
  CHECK(highest <= 1e-5);
  CHECK(remarks.find(", tuned ") != std::string::npos);
}

TEST_CASE("two_cnn_fu_plus: the base alone is what `moves` off leaves") {
  PlusOptions options = small_options();
  options.model.moves = false;
  TwoCnnFuPlus method(options);
  method.restore(shifting_weights(1));
  const TrainingPair pair = plus_pair();
  CHECK(relative_gap(fuse(method, pair.input).fused.values, base_of(pair, options.model.inputs).values) == 0);
}

TEST_CASE("two_cnn_fu_plus: layers and inputs that the shipped weights are not for are refused") {
  PlusOptions options;
  options.model.inputs.kinds = {"candidates"};
  CHECK(message_of<ConfigError>([&] {
          TwoCnnFuPlus method(options);
        }).starts_with("model: expected what the shipped weights are for, or weights none: "));
}
