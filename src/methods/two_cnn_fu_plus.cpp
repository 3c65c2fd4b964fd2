#include "specfuse/methods/two_cnn_fu_plus.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "specfuse/autograd/estimate_loss.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/methods/plus/shipped_weights.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/networks/layer_table.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

const std::string kLayersPath = "model.layers", kCandidatesPath = "model.candidates", kWidths = "intervals";

Rectangle whole_of(const PlusExample& example) { return {0, 0, example.inputs.rows(), example.inputs.cols()}; }

/// The training task of a network on the `parts` of examples.
TrainingTask task_of(const PlusNetwork& network, const std::vector<PlusExample>& examples,
                     const std::vector<Rectangle>& parts, const PlusTrainOptions& options) {
  TrainingTask task;
  task.parameters = network.parameters();
  task.loss = [&network, &examples, parts, options](Rng& rng) {
    const PlusBatch batch = draw_batch(examples, parts, options, rng);
    return estimate_loss(network.forward(Variable(batch.inputs)), batch.targets);
  };
  return task;
}

/// Root mean square of (values - truth) / e over a part.
double misses(const Tensor& values, const PlusExample& example, const Rectangle& part) {
  const Index bands = example.inputs.bands();
  double sum = 0;
  for (Index r = part.row; r < part.row + part.rows; ++r) {
    for (Index i = (r * example.inputs.cols() + part.col) * bands, k = 0; k < part.cols * bands; ++k) {
      const float moved =
          (values[i + k] - example.inputs.base()[i + k]) / example.inputs.scale()[static_cast<std::size_t>(k % bands)];
      const double off = moved - example.target[i + k];
      sum += off * off;
    }
  }
  return std::sqrt(sum / static_cast<double>(part.rows * part.cols * bands));
}

/// The value below which `part` of the values lie.
float quantile(std::vector<float>& values, double part) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

void PlusOptions::describe(FieldVisitor& fields) {
  fields("weights", weights, Choices{"shipped", "none"},
         "`shipped`: those that come with the program, tuned on the training image where that helps. `none`: trained "
         "from nothing on what the protocol gives.");
  fields("model", model, "What the network sees, and its layers.");
  fields("train", train, "How it is trained from nothing.");
  fields("tune", tune, "What is done on the pair itself, one scale down, from weights that are there.");
  fields("fuse_tile", refine.tile, Range{1, 4096},
         "Side of the parts a scene is fused in: memory against speed; the result is the same.");
  fields("flips", refine.flips, "Whether the result is the mean over the image and its flips.");
  fields("cache", cache,
         "Folder where what the network sees of training pairs is kept, for this run and for others; empty: nowhere.");
}

TwoCnnFuPlus::TwoCnnFuPlus(const PlusOptions& options)
    : options_(options), network_(options.model.layers, options.model.inputs.channels(), kLayersPath) {
  if (options_.weights == "shipped") restore(shipped_plus_weights());
}

void TwoCnnFuPlus::check(const TrainingData&, const Pair& pair) const {
  check_candidates(options_.model.inputs.candidates, kCandidatesPath, pair);
}

PlusExample TwoCnnFuPlus::example_of(const TrainingPair& pair) const {
  const PlusInputOptions& options = options_.model.inputs;
  if (options_.cache.empty()) return plus_example(PlusInputs(pair.input, options, seed_), pair.target);
  const std::string file = concat(options_.cache, "/", PlusInputs::key(pair.input, options, seed_), ".h5");
  if (!std::filesystem::exists(file)) {
    std::filesystem::create_directories(options_.cache);
    PlusInputs(pair.input, options, seed_).write(file);
  }
  return plus_example(PlusInputs(file), pair.target);
}

void TwoCnnFuPlus::fit(const TrainingData& data, const FitContext& context) {
  seed_ = context.seed;
  if (!is_ready() && !context.warm_start) return train_anew(data.train, context);
  FitContext tuning = context;
  // Of several images none has the checkpoint to itself.
  if (data.train.size() > 1) tuning.checkpoint_path.clear();
  for (const TrainingPair& pair : data.train) tune(pair, tuning);
}

void TwoCnnFuPlus::train_anew(const std::vector<TrainingPair>& pairs, const FitContext& context) {
  SPECFUSE_CHECK_AS(ConfigError, !pairs.empty(), "weights: expected shipped, or pairs to learn from");
  initialize(network_.parameters(), options_.train, context.seed);
  std::vector<PlusExample> examples;
  std::vector<Rectangle> parts;
  Progress progress(context.label, static_cast<Index>(pairs.size()), "training pairs");
  for (const TrainingPair& pair : pairs) {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while preparing training pairs");
    examples.push_back(example_of(pair));
    parts.push_back(whole_of(examples.back()));
    progress.update(static_cast<Index>(examples.size()), "");
  }
  train(task_of(network_, examples, parts, options_.train), options_.train, context);
  calibrate(examples);
  ready_ = true;
}

/// Sets the widths so that the intervals hold what they say on the mean of the examples.
void TwoCnnFuPlus::calibrate(const std::vector<PlusExample>& examples) {
  double sum_68 = 0, sum_95 = 0;
  for (const PlusExample& example : examples) {
    const Refined refined = network_.refine(example.inputs, options_.refine);
    std::vector<float> ratios(static_cast<std::size_t>(example.target.size()));
    const std::vector<float>& scale = example.inputs.scale();
    for_each_element(example.target.size(), [&](Index i) {
      const float truth =
          example.inputs.base()[i] + scale[static_cast<std::size_t>(i) % scale.size()] * example.target[i];
      ratios[static_cast<std::size_t>(i)] = std::abs(refined.fused[i] - truth) / refined.error[i];
    });
    sum_68 += quantile(ratios, 0.68);
    sum_95 += quantile(ratios, 0.95);
  }
  width_68_ = static_cast<float>(sum_68 / static_cast<double>(examples.size()));
  width_95_ = static_cast<float>(sum_95 / static_cast<double>(examples.size()));
}

/// Decides on the end of the training image between the base, the weights as they are, and weights tuned on its rest.
void TwoCnnFuPlus::tune(const TrainingPair& pair, const FitContext& context) {
  try {
    check_candidates(options_.model.inputs.candidates, kCandidatesPath, pair.input);
  } catch (const ConfigError&) {
    remarks_ =
        concat("the training image of ", pair.target.size_text(), " is too small to tune on: weights as they are");
    return;
  }
  const std::vector<PlusExample> examples{example_of(pair)};
  const PlusExample& example = examples.front();
  const Rectangle whole = whole_of(example);
  Rectangle learned = whole, judged = whole;
  if (options_.tune.steps > 0) {
    const auto wanted = std::llround(options_.tune.validation_fraction * static_cast<double>(whole.rows));
    judged.rows = std::clamp<Index>(wanted, 1, whole.rows - 1);
    judged.row = learned.rows = whole.rows - judged.rows;
  }
  const auto miss = [&] { return misses(network_.refine(example.inputs, options_.refine).fused, example, judged); };

  const double of_base = misses(example.inputs.base(), example, judged), of_given = miss();
  double best = std::min(of_base, of_given);
  std::string said = concat("base ", of_base, ", weights as they are ", of_given);
  std::string choice = of_given <= of_base ? "weights as they are" : "base";
  if (options_.tune.steps > 0) {
    Checkpoint given;
    save_parameters(network_.parameters(), given);
    for (auto& [name, tensor] : given.tensors) tensor = tensor.clone();
    PlusTrainOptions options = options_.train;
    options.steps = options_.tune.steps;
    options.learning_rate = options_.tune.learning_rate;
    train(task_of(network_, examples, {learned}, options), options, context);
    const double of_tuned = miss();
    said += concat(", tuned ", of_tuned);
    if (of_tuned < best) {
      choice = "tuned";
      best = of_tuned;
    } else {
      load_parameters(network_.parameters(), given);
    }
  }
  moves_ = choice != "base";
  remarks_ = concat("misses on ", judged.text(), " of the training image in units of e: ", said, "; chosen: ", choice);
}

FusedWithSigma TwoCnnFuPlus::fuse_with_sigma(const Pair& pair) const {
  SPECFUSE_CHECK(is_ready(), "two_cnn_fu_plus: neither fitted nor restored");
  FusedWithSigma result;
  Cube& fused = result.fused;
  fused.wavelength_nm = pair.hsi.wavelength_nm;
  fused.attributes = pair.hsi.attributes;
  Cube sigma = fused;
  {
    const PlusInputs inputs(pair, options_.model.inputs, seed_);
    const Refined refined = network_.refine(inputs, options_.refine);
    fused.values = moves_ ? refined.fused : inputs.base().clone();
    sigma.values = refined.error;
  }
  scale(sigma.values, width_68_);
  result.sigma = sigma;
  result.width_95 = width_95_ / width_68_;
  const PairNoise noise = noise_of(pair);
  for (Index round = 0; round < options_.model.inputs.consistency; ++round) make_consistent(pair, noise, fused);
  keep_non_negative(fused, pair.hsi);
  return result;
}

std::string TwoCnnFuPlus::model_text(const Pair&) const { return layer_table(network_.plans()); }

Checkpoint TwoCnnFuPlus::checkpoint() const {
  Checkpoint checkpoint;
  save_parameters(network_.parameters(), checkpoint);
  checkpoint.tensors[kWidths] = Tensor::from({2}, {width_68_, width_95_});
  checkpoint.state["moves"] = moves_ ? 1 : 0;
  checkpoint.state["seed"] = seed_;
  return checkpoint;
}

void TwoCnnFuPlus::restore(const Checkpoint& checkpoint) {
  load_parameters(network_.parameters(), checkpoint);
  const auto widths = checkpoint.tensors.find(kWidths);
  SPECFUSE_CHECK_AS(DataError, widths != checkpoint.tensors.end() && widths->second.size() == 2,
                    "two_cnn_fu_plus: expected two widths of intervals in the checkpoint");
  width_68_ = widths->second[0];
  width_95_ = widths->second[1];
  const auto moves = checkpoint.state.find("moves");
  moves_ = moves == checkpoint.state.end() || moves->second != 0;
  const auto seed = checkpoint.state.find("seed");
  if (seed != checkpoint.state.end()) seed_ = seed->second;
  ready_ = true;
}

MethodType two_cnn_fu_plus_method() {
  return method_type<TwoCnnFuPlus, PlusOptions>(
      "two_cnn_fu_plus", "one pre-trained network for every sensor refines what the classic methods agree on", "");
}

}  // namespace specfuse
