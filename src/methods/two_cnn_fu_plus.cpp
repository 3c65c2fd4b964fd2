#include "specfuse/methods/two_cnn_fu_plus.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

#include "specfuse/autograd/estimate_loss.h"
#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/quantile.h"
#include "specfuse/methods/plus/guided.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/shared/spectra.h"
#include "specfuse/networks/layer_table.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

/// The file data/two_cnn_fu_plus.h5, put into the program by src/embed.py.
extern const unsigned char kPlusWeights[];
extern const std::size_t kPlusWeightsSize;

namespace {

/// The weights that come with the program, read once; see data/README.md for where they are from.
const Checkpoint& shipped_weights() {
  static const Checkpoint weights = read_checkpoint(std::span(kPlusWeights, kPlusWeightsSize));
  return weights;
}

const std::string kLayersPath = "model.layers", kCandidatesPath = "model.candidates", kWidths = "intervals";

/// Of a scene that is fused in parts, in coarse pixels: what a part sees beyond itself and where it passes over into
/// the next, and the least a candidate has to learn from.
constexpr Index kPartMargin = 4, kLeastPart = 24;
/// Images of all bands that memory is taken for at once, gaps between them included, measured: as large as the result
/// beside the candidates, and as large as a tile and what it sees.
constexpr double kWorkingImages = 42, kTileImages = 130;
/// Pixels that a tile sees beyond itself, on both sides together.
constexpr Index kTileMargin = 14;
/// Of fewer bands candidates take no less: they unmix into up to 40 materials.
constexpr Index kLeastBands = 40;

Rectangle whole_of(const PlusInputs& inputs) { return {0, 0, inputs.rows(), inputs.cols()}; }

/// The middle of an image, `side` pixels or what there is.
Rectangle middle_of(const PlusInputs& inputs, Index side) {
  const Index rows = std::min(side, inputs.rows()), cols = std::min(side, inputs.cols());
  return {(inputs.rows() - rows) / 2, (inputs.cols() - cols) / 2, rows, cols};
}

/// The training task of a network on the `parts` of examples.
TrainingTask task_of(const PlusNetwork& network, const std::vector<PlusExample>& examples,
                     const std::vector<Rectangle>& parts, const PlusTrainOptions& options) {
  TrainingTask task;
  task.parameters = network.parameters();
  task.loss = [&network, &examples, parts, options](Rng& rng, const RankShare& share) {
    const PlusBatch batch = draw_batch(examples, parts, options, share, rng);
    return estimate_loss(network.forward(Variable(batch.inputs)), batch.targets);
  };
  return task;
}

/// Trains a network from nothing on whole examples.
void train_network(const PlusNetwork& network, const std::vector<PlusExample>& examples,
                   const PlusTrainOptions& options, const FitContext& context) {
  initialize(network.parameters(), options, context.seed);
  std::vector<Rectangle> parts;
  for (const PlusExample& example : examples) parts.push_back(whole_of(example.inputs));
  train(task_of(network, examples, parts, options), options, context);
}

}  // namespace

void PlusModel::describe(FieldVisitor& fields) {
  inputs.describe(fields);
  fields("moves", moves, "Whether the network moves the base; `false` leaves the base, to compare with.");
  fields("layers", layers, "The network's layers, by name, on the inputs of every pixel and band.");
}

void PlusTuneOptions::describe(FieldVisitor& fields) {
  fields("steps", steps, Range{0, 1e6}, Label{"steps of fine-tuning"},
         "Steps of fine-tuning on the training image; 0: none, and the weights stay as they are.");
  fields("learning_rate", learning_rate, Range{1e-12, 1e3}, Label{"learning rate of fine-tuning"},
         "The highest rate of its schedule.");
  fields("validation_fraction", validation_fraction, Range{0.05, 0.9},
         "Part of the training image's rows, at its end, that decides between the tuned weights, those it started "
         "from, and the base alone.");
}

void PlusOptions::specify(MethodTraits& traits) const {
  traits.trained = weights == "shipped";
  traits.tunes = tune.steps > 0;
  bool guided = model.inputs.guided > 0;
  for (const auto& [name, candidate] : model.inputs.candidates.items) {
    if (!candidate.enabled) continue;
    if (!candidate.from) traits.made_of.push_back(candidate.method);
    guided = guided || candidate.guided > 0;
  }
  if (guided) traits.made_of.push_back(kGuide);
}

void PlusOptions::describe(FieldVisitor& fields) {
  fields("weights", weights, Choices{"shipped", "none"},
         "`shipped`: those that come with the program. `none`: trained from nothing on what the protocol gives.");
  fields("model", model, "What the network sees, and its layers.");
  fields("train", train, "How it is trained from nothing.");
  fields("tune", tune, "What is done on the pair itself, one scale down, from weights that are there.");
  fields("fuse_tile", refine.tile, Range{1, 4096},
         "Side of the parts a scene is fused in: memory against speed; the result is the same.");
  fields("flips", refine.flips, Label{"mean over flips"},
         "Whether the result is the mean over the image and its flips: a little better, in four times the time.");
  fields("cache", cache,
         "Folder where what the network sees of each pair is kept, for this run and for others; empty: nowhere.");
}

TwoCnnFuPlus::TwoCnnFuPlus(const PlusOptions& options)
    : options_(options), network_(options.model.layers, options.model.inputs.channels(), kLayersPath) {
  if (options_.weights != "shipped") return;
  try {
    restore(shipped_weights());
    learned_from = load_learned_from(shipped_weights());
  } catch (const DataError& problem) {
    throw ConfigError(concat("model: expected what the shipped weights are for, or weights none: ", problem.what()));
  }
}

void TwoCnnFuPlus::check(const TrainingData& data, const Pair& pair) const {
  if (!data.empty() && (!ready_ || options_.tune.steps > 0)) check_ranks(options_.train);
  check_candidates(options_.model.inputs.candidates, kCandidatesPath, pair);
}

std::string TwoCnnFuPlus::warnings(const TrainingData& data) const {
  if (ready_ && options_.tune.steps == 0) {
    if (options_.train != PlusTrainOptions()) return "has its weights and tune.steps 0: nothing in train is used";
    if (options_.tune != PlusTuneOptions()) return "has tune.steps 0: nothing else in tune is used";
    // One image every protocol has; several were given to be learned from.
    return data.train.size() > 1 ? "has its weights and tune.steps 0: it learns from none of the training images" : "";
  }
  if (ready_) return "";
  if (options_.tune.steps > 0) return "has no weights to go on from: nothing in tune is used";
  return data.validation.empty() ? "" : "takes the weights of its last step: what is kept for validation is not used";
}

PlusInputs TwoCnnFuPlus::inputs_of(const KnownPair& pair) const {
  const PlusInputOptions& options = options_.model.inputs;
  if (options_.cache.empty()) return PlusInputs(pair, options, seed_);
  PlusInputOptions all = options;  // so that one file serves networks that see more and less
  all.kinds = PlusInputOptions().kinds;
  const std::string file = concat(options_.cache, "/", PlusInputs::key(pair, all, seed_), ".h5");
  const bool kept = first_rank_says(std::filesystem::exists(file));
  PlusInputs inputs = kept ? PlusInputs(file) : PlusInputs(pair, all, seed_);
  if (!kept && this_rank() == 0) {
    std::filesystem::create_directories(options_.cache);
    inputs.write(file);
  }
  inputs.keep_only(options);
  return inputs;
}

std::string TwoCnnFuPlus::fit(const TrainingData& data, const FitContext& context) {
  seed_ = context.seed;
  if (!ready_) {
    train_anew(data.train, context);
    return {};
  }
  PlusTuneOptions how = options_.tune;
  if (context.warm_start) {
    how.steps = context.warm_start->steps;
    how.learning_rate = context.warm_start->learning_rate;
  }
  if (how.steps == 0) return {};
  FitContext tuning = context;
  // Of several images none has the checkpoint to itself.
  if (data.train.size() > 1) tuning.checkpoint_path.clear();
  std::string remarks = "no training image to tune on: weights as they are";
  for (const TrainingPair& pair : data.train) remarks = tune(pair, how, tuning);
  return remarks;
}

void TwoCnnFuPlus::train_anew(const std::vector<TrainingPair>& pairs, const FitContext& context) {
  SPECFUSE_CHECK_AS(ConfigError, !pairs.empty(), "weights: expected shipped, or pairs to learn from");
  std::vector<PlusExample> examples;
  Progress progress(context.label, static_cast<Index>(pairs.size()), "training pairs");
  for (const TrainingPair& pair : pairs) {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while preparing training pairs");
    examples.push_back(plus_example(inputs_of(pair.input), pair.target));
    if (!context.scratch.empty()) move_to_disk(examples.back(), context.scratch);
    progress.update(static_cast<Index>(examples.size()), "");
  }
  train_network(network_, examples, options_.train, context);
  calibrate(examples, context);
  ready_ = true;
}

/// Sets the widths so that the intervals have their nominal coverage in three examples of four. Errors on what a
/// network learned from are smaller than those on a new scene: each half is judged by a network that learned from the
/// other.
void TwoCnnFuPlus::calibrate(const std::vector<PlusExample>& examples, const FitContext& context) {
  std::vector<float> of_68, of_95;
  const auto add_widths = [&](const PlusNetwork& network, const PlusExample& example) {
    const Rectangle part = middle_of(example.inputs, options_.train.tile);
    const Widths widths = widths_of(network.refine(example.inputs, part, options_.refine), example, part);
    of_68.push_back(widths.of_68);
    of_95.push_back(widths.of_95);
  };
  PlusTrainOptions options = options_.train;
  options.steps = std::llround(options.calibration * static_cast<double>(options.steps));
  constexpr double kHeld = 0.75;  // a new sensor differs more from these than they do among themselves
  if (options.steps == 0 || examples.size() < 2) {
    for (const PlusExample& example : examples) add_widths(network_, example);
  } else {
    const auto middle = examples.begin() + static_cast<std::ptrdiff_t>(examples.size() / 2);
    const std::vector<PlusExample> halves[] = {{examples.begin(), middle}, {middle, examples.end()}};
    for (const int half : {0, 1}) {
      const PlusNetwork other(options_.model.layers, options_.model.inputs.channels(), kLayersPath);
      FitContext alone;
      alone.seed = context.seed;
      if (!context.label.empty()) alone.label = concat(context.label, " intervals ", half + 1, "/2");
      train_network(other, halves[1 - half], options, alone);
      for (const PlusExample& example : halves[half]) add_widths(other, example);
    }
  }
  width_68_ = quantile(of_68, kHeld);
  width_95_ = quantile(of_95, kHeld);
}

/// Tunes the weights on the training image except its end, which then decides between them, the weights as they were,
/// and the base.
std::string TwoCnnFuPlus::tune(const TrainingPair& pair, const PlusTuneOptions& how, const FitContext& context) {
  try {
    check_candidates(options_.model.inputs.candidates, kCandidatesPath, pair.input);
  } catch (const ConfigError&) {
    return concat("the training image of ", pair.target.size_text(), " is too small to tune on: weights as they are");
  }
  moves_ = true;
  const std::vector<PlusExample> examples{plus_example(inputs_of(pair.input), pair.target)};
  const PlusExample& example = examples.front();
  Rectangle learned = whole_of(example.inputs), judged = learned;
  const auto wanted = std::llround(how.validation_fraction * static_cast<double>(judged.rows));
  judged.rows = std::clamp<Index>(wanted, 1, judged.rows - 1);
  judged.row = learned.rows = learned.rows - judged.rows;
  const auto miss = [&] {
    return misses(network_.refine(example.inputs, judged, options_.refine).fused, example, judged);
  };
  const double of_base = misses(crop(as_cube(example.inputs.base()), judged).values, example, judged),
               of_given = miss();

  Checkpoint given;
  save_parameters(network_.parameters(), given);
  for (auto& [name, tensor] : given.tensors) tensor = tensor.clone();
  PlusTrainOptions options = options_.train;
  options.steps = how.steps;
  options.learning_rate = how.learning_rate;
  train(task_of(network_, examples, {learned}, options), options, context);
  const double of_tuned = miss();

  std::string choice = "tuned";
  if (of_tuned >= std::min(of_base, of_given)) {
    load_parameters(network_.parameters(), given);
    moves_ = of_given <= of_base;
    choice = moves_ ? "weights as they are" : "base";
  }
  return concat("misses on ", judged.text(), " of the training image in units of e: base ", of_base,
                ", weights as they are ", of_given, ", tuned ", of_tuned, "; chosen: ", choice);
}

FusedCube TwoCnnFuPlus::fused(const KnownPair& pair) const {
  FusedCube result;
  Cube& fused = result.fused;
  fused.wavelength_nm = pair.hsi.wavelength_nm;
  fused.attributes = pair.hsi.attributes;
  Cube sigma = fused;
  {
    const PlusInputs inputs = inputs_of(pair);
    const Refined refined = network_.refine(inputs, whole_of(inputs), options_.refine);
    fused.values = moves_ && options_.model.moves ? refined.fused : inputs.base().clone();
    sigma.values = refined.error;
  }
  scale(sigma.values, width_68_);
  result.sigma = sigma;
  result.width_95 = width_95_ / width_68_;
  make_consistent(pair, pair.noise(), sigma.values, options_.model.inputs.consistency, fused);
  keep_non_negative(fused, pair.hsi);
  return result;
}

/// Its candidates learn from all that they see: every part is a scene of its own, with neighbours that saw some of the
/// same.
Fuser TwoCnnFuPlus::fuser(const PairParts& pair) const {
  SPECFUSE_CHECK(ready_, "two_cnn_fu_plus: neither fitted nor restored");
  const auto images = static_cast<double>(options_.model.inputs.candidates.items.size()) + kWorkingImages;
  const double image = static_cast<double>(sizeof(float)) * static_cast<double>(std::max(pair.bands(), kLeastBands));
  const double tile = std::pow(static_cast<double>(options_.refine.tile + kTileMargin), 2);
  return {.fuse = [this](const KnownPair& part) { return fused(part); },
          .halo = kPartMargin,
          .blend = kPartMargin,
          .bytes_per_pixel = images * image,
          .bytes_at_least = kTileImages * image * tile,
          .least_side = kLeastPart};
}

NetworkOutline TwoCnnFuPlus::network(const NetworkSizes&) const { return {.layers = layer_table(network_.plans())}; }

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
  const Tensor& widths = checkpoint.tensor(kWidths);
  SPECFUSE_CHECK_AS(DataError, widths.size() == 2 && widths[0] > 0 && widths[1] >= widths[0],
                    "checkpoint: expected two widths in '", kWidths,
                    "', above 0 and the second no less than the first");
  width_68_ = widths[0];
  width_95_ = widths[1];
  const auto moves = checkpoint.state.find("moves");
  moves_ = moves == checkpoint.state.end() || moves->second != 0;
  const auto seed = checkpoint.state.find("seed");
  if (seed != checkpoint.state.end()) seed_ = seed->second;
  ready_ = true;
}

MethodType two_cnn_fu_plus_method() {
  return method_type<TwoCnnFuPlus, PlusOptions>(
      "two_cnn_fu_plus", "Two-CNN-Fu+",
      "one pre-trained network for every sensor refines what the classic methods agree on", {},
      {.learns = true, .has_checkpoints = true, .suits_any_pair = true, .shares_work = true});
}

}  // namespace specfuse
