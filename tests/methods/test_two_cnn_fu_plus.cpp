#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <csignal>

#include "methods/plus_example.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/threads.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/two_cnn_fu_plus.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/random.h"
#include "support/temporary_folder.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// Quick candidates and few maps, trained from nothing for a few steps.
PlusOptions small_options(Index steps = 8) {
  PlusOptions options;
  options.weights = "none";
  options.model.inputs = quick_inputs();
  options.model.layers = {
      {layer("first", "conv1d", {{"maps", 8}, {"kernel", 3}, {"activation", "relu"}}),
       layer("across", "conv2d", {{"maps", 8}, {"kernel", 3}, {"activation", "relu"}}),
       layer("add", "residual", {{"from", "first"}}),
       layer("out", "conv1d", {{"maps", 2}, {"kernel", 1}, {"activation", "none"}, {"zero_init", true}})}};
  options.train.steps = steps;
  options.train.tile = 6;
  options.train.bands = 6;
  options.train.tiles = 2;
  options.train.log_every = 1;
  return options;
}

/// Pairs of different bands, ratios and responses.
std::vector<TrainingPair> mixed_pairs() {
  return {plus_pair(), plus_pair({5, 5, 7, 1, 3, 2}), plus_pair({6, 7, 12, 3, 2, 3})};
}

double error_of(const Cube& fused, const TrainingPair& pair) {
  return squared_distance(fused.values, pair.target.values);
}

/// The base as it would leave the method without a network.
Cube base_of(const TrainingPair& pair, const PlusInputOptions& options, std::uint64_t seed = 0) {
  Cube fused = pair.target;
  fused.values = PlusInputs(pair.input, options, seed).base().clone();
  for (Index round = 0; round < options.consistency; ++round) {
    make_consistent(pair.input, noise_of(pair.input), fused);
  }
  keep_non_negative(fused, pair.input.hsi);
  return fused;
}

/// Weights for the small network that nothing was learned for: they move the base by `first` e everywhere.
Checkpoint shifting_weights(float first) {
  TwoCnnFuPlus method(small_options(0));
  method.fit({mixed_pairs(), {}}, {});
  Checkpoint checkpoint = method.checkpoint();
  fill(checkpoint.tensors.at("model/out.bias"), first);
  return checkpoint;
}

}  // namespace

TEST_CASE("two_cnn_fu_plus: learns from pairs of any bands and ratio, and then fuses others") {
  TwoCnnFuPlus method(small_options(400));
  std::vector<double> losses;
  FitContext context;
  context.record = [&](const TrainingRecord& record) { losses.push_back(record.loss); };
  CHECK_FALSE(method.is_ready());
  CHECK(method.suits_any_pair());
  CHECK(method.learns());
  method.fit({mixed_pairs(), {}}, context);
  CHECK(method.is_ready());
  REQUIRE(losses.size() == 400);
  const auto mean = [&](std::size_t first) {
    double sum = 0;
    for (std::size_t i = first; i < first + 20; ++i) sum += losses[i] / 20;
    return sum;
  };
  CHECK(mean(380) < 0.85 * mean(0));
  TrainingPair other = plus_pair({5, 6, 10, 2, 5, 7});
  other.input.hsi.wavelength_nm.assign(10, 500);
  other.input.hsi.attributes["sensor"] = "made up";
  const FusedWithSigma made = method.fuse_with_sigma(other.input);
  CHECK(made.fused.values.shape() == other.target.values.shape());
  CHECK(made.fused.wavelength_nm == other.input.hsi.wavelength_nm);
  CHECK(made.fused.attributes == other.input.hsi.attributes);
  CHECK(all_finite(made.fused.values));
  REQUIRE(made.sigma);
  CHECK(all_finite(made.sigma->values));
  CHECK(made.width_95 > 1);
  CHECK(relative_gap(method.fuse(other.input).values, made.fused.values) == 0);
  const TrainingPair learned = plus_pair();
  CHECK(error_of(method.fuse(learned.input), learned) <
        error_of(base_of(learned, small_options().model.inputs), learned));
}

TEST_CASE("two_cnn_fu_plus: its intervals hold what they say where it was trained") {
  PlusOptions options = small_options();
  options.model.inputs.consistency = 0;
  TwoCnnFuPlus method(options);
  const TrainingPair pair = plus_pair();
  method.fit({{pair}, {}}, {});
  const FusedWithSigma made = method.fuse_with_sigma(pair.input);
  double within = 0, within_95 = 0;
  for (Index i = 0; i < made.fused.values.size(); ++i) {
    const double off = std::abs(made.fused.values[i] - pair.target.values[i]), half = made.sigma->values[i];
    within += off <= half;
    within_95 += off <= made.width_95 * half;
  }
  CHECK(within / static_cast<double>(made.fused.values.size()) == doctest::Approx(0.68).epsilon(0.01));
  CHECK(within_95 / static_cast<double>(made.fused.values.size()) == doctest::Approx(0.95).epsilon(0.01));
}

TEST_CASE("two_cnn_fu_plus: any number of threads, and inputs from the cache, give the same bits") {
  const TemporaryFolder folder;
  const auto run = [&](int count, const std::string& cache) {
    const int before = threads();
    set_threads(count);
    PlusOptions options = small_options();
    options.cache = cache;
    TwoCnnFuPlus method(options);
    method.fit({mixed_pairs(), {}}, {});
    const Tensor fused = method.fuse(plus_pair().input).values;
    set_threads(before);
    return fused;
  };
  const std::string cache = folder.file("cache/inner");
  const Tensor one = run(1, ""), three = run(3, ""), written = run(2, cache), read = run(2, cache);
  CHECK(relative_gap(three, one) == 0);
  CHECK(relative_gap(written, one) == 0);
  CHECK(relative_gap(read, one) == 0);
  Index files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(cache)) ++files;
  CHECK(files == 3);
}

TEST_CASE("two_cnn_fu_plus: goes on after an interruption to the same bits, from nothing and when it is tuned") {
  const Checkpoint given = shifting_weights(0);
  for (const bool tuned : {false, true}) {
    const TemporaryFolder folder;
    PlusOptions options = small_options();
    options.tune.steps = tuned ? 8 : 0;
    FitContext context;
    const auto fit = [&] {
      TwoCnnFuPlus method(options);
      if (tuned) method.restore(given);
      method.fit({{plus_pair()}, {}}, context);
      return method.checkpoint();
    };
    const Checkpoint expected = fit();
    context.checkpoint_path = folder.file("state.h5");
    context.resume = true;
    catch_interrupts();
    int steps = 0;
    context.record = [&](const TrainingRecord&) {
      if (++steps == 5) std::raise(SIGINT);
    };
    CHECK_THROWS_WITH_AS(fit(), doctest::Contains("interrupted at step 5 of 8"), Interrupted);
    clear_interrupt();
    const Checkpoint got = fit();
    CHECK(steps == 8);
    CHECK(got.state == expected.state);
    for (const auto& [key, tensor] : expected.tensors) {
      const std::string& name = key;  // not every compiler lets the macro take `key`
      INFO(name);
      CHECK(relative_gap(got.tensors.at(name), tensor) == 0);
    }
  }
}

TEST_CASE("two_cnn_fu_plus: fuses to the same bits from its checkpoint, random candidates too") {
  PlusOptions options = small_options();
  options.model.inputs.candidates.get("csu") = {.method = "csu"};
  TwoCnnFuPlus fitted(options), restored(options);
  FitContext context;
  context.seed = 3;
  fitted.fit({{plus_pair()}, {}}, context);
  restored.restore(fitted.checkpoint());
  const Pair other = plus_pair({5, 5, 7, 2, 3, 2}).input;
  const FusedWithSigma expected = fitted.fuse_with_sigma(other), got = restored.fuse_with_sigma(other);
  CHECK(relative_gap(got.fused.values, expected.fused.values) == 0);
  CHECK(relative_gap(got.sigma->values, expected.sigma->values) == 0);
  CHECK(got.width_95 == expected.width_95);
  Checkpoint broken = fitted.checkpoint();
  broken.tensors.erase("intervals");
  CHECK_THROWS_WITH_AS(restored.restore(broken), doctest::Contains("two widths of intervals"), DataError);
}

TEST_CASE("two_cnn_fu_plus: the weights that come with it fuse pairs of any ratio and bands without a fit") {
  const std::unique_ptr<FusionMethod> method = make_method("two_cnn_fu_plus");
  CHECK(method->is_ready());
  for (const PlusScene& scene : {PlusScene{10, 8, 9, 2, 2, 1}, {7, 7, 12, 1, 3, 2}, {6, 6, 9, 3, 5, 3}}) {
    const TrainingPair pair = plus_pair(scene);
    method->check({}, pair.input);
    const FusedWithSigma made = method->fuse_with_sigma(pair.input);
    CHECK(made.fused.values.shape() == pair.target.values.shape());
    CHECK(all_finite(made.fused.values));
    CHECK(all_finite(made.sigma->values));
    const std::unique_ptr<FusionMethod> bicubic = make_method("bicubic");
    CHECK(error_of(made.fused, pair) < 0.5 * error_of(bicubic->fuse(pair.input), pair));
  }
}

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
    method->fit({{pair}, {}}, {});
    return method;
  };
  const Cube base = base_of(pair, options.model.inputs);

  // Nothing but the base is left of bad weights, before a step and after one.
  for (const Index steps : {0, 1}) {
    const auto bad = tuned(shifting_weights(50), steps);
    CHECK(doctest::String(bad->remarks().c_str()) ==
          doctest::Contains(steps == 0 ? "misses on rows 0-15, cols 0-11 of the training image in units of e: base "
                                       : "misses on rows 11-15, cols 0-11 of the training image in units of e: base "));
    CHECK(bad->remarks().ends_with("; chosen: base"));
    CHECK((bad->remarks().find(", tuned ") != std::string::npos) == (steps == 1));
    CHECK(relative_gap(bad->fuse(pair.input).values, base.values) == 0);
    // What was decided lasts as long as the weights.
    TwoCnnFuPlus restored(options);
    restored.restore(bad->checkpoint());
    CHECK(relative_gap(restored.fuse(pair.input).values, base.values) == 0);
    CHECK(relative_gap(bad->checkpoint().tensors.at("model/out.bias"), Tensor::from({2}, {50, 50})) == 0);
  }

  const auto good = tuned(shifting_weights(1), 0);
  CHECK(good->remarks().ends_with("; chosen: weights as they are"));
  CHECK(error_of(good->fuse(pair.input), pair) < 0.5 * error_of(base, pair));

  const auto better = tuned(shifting_weights(0), 60);
  CHECK(better->remarks().ends_with("; chosen: tuned"));
  CHECK(error_of(better->fuse(pair.input), pair) < 0.8 * error_of(base, pair));

  // Steps that make it worse are taken back.
  const auto worse = tuned(shifting_weights(1), 3);
  CHECK(worse->remarks().ends_with("; chosen: weights as they are"));
  CHECK(relative_gap(worse->fuse(pair.input).values, good->fuse(pair.input).values) == 0);
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
    method.fit({mixed_pairs(), {}}, context);
    CHECK(steps == 15);
    return method.remarks();
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
    method.fit({{pair}, {}}, {});
    CHECK(method.remarks() ==
          concat("the training image of ", pair.target.size_text(), " is too small to tune on: weights as they are"));
    CHECK(relative_gap(method.checkpoint().tensors.at("model/out.bias"), given.tensors.at("model/out.bias")) == 0);
  }
}

TEST_CASE("two_cnn_fu_plus: what it cannot do is refused before it begins") {
  const Pair pair = plus_pair().input;
  const auto refusal = [&](const TwoCnnFuPlus& method) {
    return message_of<ConfigError>([&] { method.check({}, pair); });
  };
  TwoCnnFuPlus untrained(small_options());
  // A checkpoint may be restored before it fuses.
  CHECK(refusal(untrained) == "nothing was thrown");
  CHECK(message_of<ConfigError>([&] { untrained.fit({}, {}); }) == "weights: expected shipped, or pairs to learn from");
  CHECK_THROWS_WITH_AS(untrained.fuse(pair), doctest::Contains("neither fitted nor restored"), Error);
  PlusOptions options = small_options();
  options.model.inputs.candidates.get("gsa").method = "none";
  CHECK(refusal(TwoCnnFuPlus(options)).starts_with("model.candidates.gsa.method: expected"));
}
