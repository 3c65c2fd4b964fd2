#pragma once

#include <functional>
#include <string>
#include <vector>

#include "specfuse/core/rng.h"
#include "specfuse/io/checkpoint.h"
#include "specfuse/networks/fit_context.h"
#include "specfuse/nn/parameter.h"
#include "specfuse/ranks/ranks.h"

namespace specfuse {

class FieldVisitor;

/// How a network is trained.
struct TrainOptions {
  /// "sgd" (Caffe's momentum rule) or "adamw".
  std::string optimizer = "adamw";
  double learning_rate = 3e-4;
  /// "constant", "cosine" or "one_cycle", over `steps`.
  std::string schedule = "one_cycle";
  Index steps = 2000;
  /// Output pixels on a side of a tile, and tiles in a batch.
  Index tile = 8, tiles = 8;
  /// On weights, not on biases.
  double weight_decay = 0.05;
  /// For "sgd": momentum, and the rate of biases as a multiple of the rate of weights.
  double momentum = 0.9, bias_rate = 2.0;
  /// The norm of all gradients together is limited to this; 0: no limit.
  double clip_norm = 1.0;
  /// Initial weights: "he", or "gaussian" with these standard deviations. Biases start at 0.
  std::string init = "he";
  double conv_deviation = 0.001, fc_deviation = 0.01;
  /// Steps between checkpoints, between validations (where there is validation data) and between log lines; 0: never.
  Index checkpoint_every = 200, validate_every = 100, log_every = 10;

  bool operator==(const TrainOptions&) const = default;
  void describe(FieldVisitor& fields);
};

/// Throws `ConfigError` where there are fewer tiles than ranks to share them out.
void check_ranks(const TrainOptions& options);

/// What a training loop needs of a network and its data.
struct TrainingTask {
  std::vector<Parameter> parameters;
  /// Mean loss over a share of the tiles of a batch, all of which are drawn with this generator.
  std::function<Variable(Rng&, const RankShare&)> loss;
  /// Loss on validation data; empty where there is none.
  std::function<double()> validation;
  /// What a checkpoint holds beside parameters and optimiser; may be empty.
  std::function<void(Checkpoint&)> describe;
};

/// Sets weights by the options, biases to zero and gains to one, drawn from the seed and the parameter's name.
void initialize(const std::vector<Parameter>& parameters, const TrainOptions& options, std::uint64_t seed);

/// Takes options.steps steps from the initial parameters, or from the checkpoint where the context resumes. Ranks
/// share out the tiles of each batch, and add up their gradients while the backward pass goes on.
/// With validation data the parameters of the best validation loss stay, otherwise the last. Checkpoints hold all
/// that is needed to go on. Throws `Error` where the loss, a gradient or a parameter is not finite, naming it, the
/// step and the last good checkpoint, and `Interrupted`, after writing a checkpoint, when the user asked to stop.
void train(const TrainingTask& task, const TrainOptions& options, const FitContext& context);

/// Parameters under "model/<name>", and back. `load_parameters` throws `DataError` naming what is missing or of
/// another shape.
void save_parameters(const std::vector<Parameter>& parameters, Checkpoint& checkpoint);
void load_parameters(const std::vector<Parameter>& parameters, const Checkpoint& checkpoint);

}  // namespace specfuse
