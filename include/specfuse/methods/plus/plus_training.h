#pragma once

#include <vector>

#include "specfuse/methods/plus/plus_network.h"
#include "specfuse/networks/training.h"

namespace specfuse {

/// What the network sees of a pair, and what it should have made of it: (truth - base) / e, [rows, cols, bands].
struct PlusExample {
  PlusInputs inputs;
  Tensor target;
};

/// `truth` [rows, cols, bands].
PlusExample plus_example(PlusInputs inputs, const Cube& truth);

/// Leaves it in files of a folder; see `copy_on_disk`.
void move_to_disk(PlusExample& example, const std::string& folder);

struct PlusTrainOptions : TrainOptions {
  PlusTrainOptions();
  /// Bands of a training block, whose other sides are `tile` pixels.
  Index bands = 48;
  /// Steps of each network that the intervals are measured with, as a part of `steps`; 0: measured without.
  double calibration = 0.35;
  bool operator==(const PlusTrainOptions&) const = default;
  void describe(FieldVisitor& fields);
};

/// Blocks of training examples: inputs [N, rows, cols, bands, channels] and targets [N, rows, cols, bands].
struct PlusBatch {
  Tensor inputs, targets;
};

/// A share of `options.tiles` blocks of the `parts` of examples, all drawn: example, place, flips and turns. Their
/// sides are those of the options, cut to what every part has.
PlusBatch draw_batch(const std::vector<PlusExample>& examples, const std::vector<Rectangle>& parts,
                     const PlusTrainOptions& options, const RankShare& share, Rng& rng);

/// Root mean square of (values - truth) / e over a part of an example; `values` [part.rows, part.cols, bands].
double misses(const Tensor& values, const PlusExample& example, const Rectangle& part);

/// Half widths, in predicted sizes of error, that hold 68 % and 95 % of the errors.
struct Widths {
  float of_68 = 0, of_95 = 0;
};

/// Of what a network made of a part of an example.
Widths widths_of(const Refined& refined, const PlusExample& example, const Rectangle& part);

}  // namespace specfuse
