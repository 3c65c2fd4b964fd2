#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <csignal>

#include "methods/small_plus.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/threads.h"
#include "specfuse/methods/registry.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("two_cnn_fu_plus: learns from pairs of any bands and ratio, and then fuses others") {
  TwoCnnFuPlus method(small_options(400));
  std::vector<double> losses;
  FitContext context;
  context.record = [&](const TrainingRecord& record) { losses.push_back(record.loss); };
  method.fit({mixed_pairs(), {}}, context);
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
  const FusedCube made = fuse(method, other.input);
  CHECK(made.fused.values.shape() == other.target.values.shape());
  CHECK(made.fused.wavelength_nm == other.input.hsi.wavelength_nm);
  CHECK(made.fused.attributes == other.input.hsi.attributes);
  CHECK(all_finite(made.fused.values));
  REQUIRE(made.sigma);
  CHECK(all_finite(made.sigma->values));
  CHECK(made.width_95 > 1);
  CHECK(relative_gap(fuse(method, other.input).fused.values, made.fused.values) == 0);
  const TrainingPair learned = plus_pair();
  CHECK(error_of(fuse(method, learned.input).fused, learned) <
        error_of(base_of(learned, small_options().model.inputs), learned));
}

TEST_CASE("two_cnn_fu_plus: its intervals hold what they say where it was trained") {
  PlusOptions options = small_options();
  options.train.tile = 64;  // so that all of the image is looked at
  options.model.inputs.consistency = 0;
  TwoCnnFuPlus method(options);
  const TrainingPair pair = plus_pair();
  method.fit({{pair}, {}}, {});
  const FusedCube made = fuse(method, pair.input);
  double within = 0, within_95 = 0;
  for (Index i = 0; i < made.fused.values.size(); ++i) {
    const double off = std::abs(made.fused.values[i] - pair.target.values[i]), half = made.sigma->values[i];
    within += off <= half;
    within_95 += off <= made.width_95 * half;
  }
  CHECK(within / static_cast<double>(made.fused.values.size()) == doctest::Approx(0.68).epsilon(0.01));
  CHECK(within_95 / static_cast<double>(made.fused.values.size()) == doctest::Approx(0.95).epsilon(0.01));
}

TEST_CASE("two_cnn_fu_plus: the widths of its intervals come from networks that did not learn from the scene") {
  PlusOptions options = small_options(20);
  options.train.tile = 64;
  options.train.calibration = 0.3;
  options.model.inputs.consistency = 0;
  const std::vector<TrainingPair> pairs = mixed_pairs();
  TwoCnnFuPlus method(options);
  method.fit({pairs, {}}, {});

  options.train.steps = 6;
  options.train.calibration = 0;
  std::vector<double> of_68, of_95;
  const auto judge = [&](const std::vector<TrainingPair>& learned, const TrainingPair& pair) {
    TwoCnnFuPlus other(options);
    other.fit({learned, {}}, {});
    const FusedCube made = fuse(other, pair.input);
    const float own = other.checkpoint().tensors.at("intervals")[0];
    std::vector<double> ratios;
    for (Index i = 0; i < made.fused.values.size(); ++i) {
      ratios.push_back(own * std::abs(made.fused.values[i] - pair.target.values[i]) / made.sigma->values[i]);
    }
    std::sort(ratios.begin(), ratios.end());
    const auto last = static_cast<double>(ratios.size() - 1);
    of_68.push_back(ratios[static_cast<std::size_t>(0.68 * last)]);
    of_95.push_back(ratios[static_cast<std::size_t>(0.95 * last)]);
  };
  judge({pairs[1], pairs[2]}, pairs[0]);
  judge({pairs[0]}, pairs[1]);
  judge({pairs[0]}, pairs[2]);
  const Tensor widths = method.checkpoint().tensors.at("intervals");
  std::sort(of_68.begin(), of_68.end());
  std::sort(of_95.begin(), of_95.end());
  CHECK(widths[0] == doctest::Approx(of_68[1]).epsilon(1e-3));  // 0.75 of two steps
  CHECK(widths[1] == doctest::Approx(of_95[1]).epsilon(1e-3));
}

TEST_CASE("two_cnn_fu_plus: any number of threads, and inputs from the cache, give the same bits") {
  const TemporaryFolder folder;
  const auto run = [&](int count, const std::string& cache, const std::vector<std::string>& kinds) {
    const int before = threads();
    set_threads(count);
    PlusOptions options = small_options();
    options.cache = cache;
    options.model.inputs.kinds = kinds;
    TwoCnnFuPlus method(options);
    method.fit({mixed_pairs(), {}}, {});
    const Tensor fused = fuse(method, plus_pair().input).fused.values;
    set_threads(before);
    return fused;
  };
  const std::string cache = folder.file("cache/inner");
  const auto files = [&] { return std::distance(std::filesystem::directory_iterator(cache), {}); };
  const std::vector<std::string> all = small_options().model.inputs.kinds, few{"candidates", "noise"};
  const Tensor one = run(1, "", all), one_of_few = run(1, "", few);
  CHECK(relative_gap(run(3, "", all), one) == 0);
  CHECK(relative_gap(one_of_few, one) > 0);
  // The first that sees less makes the files for the one that sees more.
  CHECK(relative_gap(run(2, cache, few), one_of_few) == 0);
  CHECK(files() == 3);
  CHECK(relative_gap(run(2, cache, all), one) == 0);
  CHECK(relative_gap(run(2, cache, few), one_of_few) == 0);
  CHECK(files() == 3);
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
  const FusedCube expected = fuse(fitted, other), got = fuse(restored, other);
  CHECK(relative_gap(got.fused.values, expected.fused.values) == 0);
  CHECK(relative_gap(got.sigma->values, expected.sigma->values) == 0);
  CHECK(got.width_95 == expected.width_95);
  Checkpoint broken = fitted.checkpoint();
  broken.tensors.erase("intervals");
  CHECK_THROWS_WITH_AS(restored.restore(broken), doctest::Contains("no 'intervals'"), DataError);
  for (const auto& [narrow, wide] : {std::pair{0.0f, 1.0f}, {2.0f, 1.0f}, {1.0f, INFINITY}, {NAN, 1.0f}}) {
    broken.tensors["intervals"] = Tensor::from({2}, {narrow, wide});
    CHECK_THROWS_WITH_AS(restored.restore(broken), doctest::Contains("'intervals'"), DataError);
  }
}

TEST_CASE("two_cnn_fu_plus: the weights that come with it fuse pairs of any ratio and bands without a fit") {
  const std::unique_ptr<FusionMethod> method = make_method("two_cnn_fu_plus");
  CHECK(method->traits.is_ready());
  for (const PlusScene& scene : {PlusScene{10, 8, 9, 2, 2, 1}, {7, 7, 12, 1, 3, 2}, {6, 6, 9, 3, 5, 3}}) {
    const TrainingPair pair = plus_pair(scene);
    method->check({}, pair.input);
    const FusedCube made = fuse(*method, pair.input);
    CHECK(made.fused.values.shape() == pair.target.values.shape());
    CHECK(all_finite(made.fused.values));
    CHECK(all_finite(made.sigma->values));
    const std::unique_ptr<FusionMethod> bicubic = make_method("bicubic");
    CHECK(error_of(made.fused, pair) < 0.5 * error_of(fuse(*bicubic, pair.input).fused, pair));
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
  CHECK_THROWS_WITH_AS(fuse(untrained, pair), doctest::Contains("neither fitted nor restored"), Error);
  PlusOptions options = small_options();
  options.model.inputs.candidates.get("gsa").method = "none";
  CHECK(refusal(TwoCnnFuPlus(options)).starts_with("model.candidates.gsa.method: expected"));
}
