#include "specfuse/methods/two_cnn_fu.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/networks/tiles.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

void TwoCnnFu::check(const TrainingData& data, const Pair& pair) const {
  check_options(options_.train);
  const TwoCnnFuNet net(options_.model, pair.hsi.bands(), pair.msi.bands());
  for (const TrainingPair& example : data.train) {
    check_tile(options_.train.tile, example.input.msi.rows(), example.input.msi.cols());
  }
}

void TwoCnnFu::fit(const TrainingData& data, const FitContext& context) {
  TrainOptions options = options_.train;
  if (context.warm_start) {
    SPECFUSE_CHECK(net_ != nullptr, "two_cnn_fu: a warm start needs a fit before it");
    options.steps = context.warm_start->steps;
    options.learning_rate = context.warm_start->learning_rate;
  } else {
    normalization_ = Normalization::of(data.train);
    const TrainingPair& first = data.train[0];
    net_ = std::make_unique<TwoCnnFuNet>(options_.model, first.target.bands(), first.input.msi.bands());
    initialize(net_->parameters(), options, context.seed);
  }
  std::vector<TileSource> sources;
  for (const TrainingPair& example : data.train) sources.emplace_back(example, normalization_, receptive_radius());

  TrainingTask task;
  task.parameters = net_->parameters();
  task.loss = [&](Rng& rng) {
    const TileBatch batch = cut_tiles(random_places(sources, options.tile, options.tiles, rng));
    return euclidean_loss(net_->forward(Variable(batch.spectra), Variable(batch.windows)), batch.target);
  };
  if (!data.validation.empty()) task.validation = [&] { return validation_loss(data.validation); };
  task.describe = [&](Checkpoint& checkpoint) { normalization_.write(checkpoint); };
  train(task, options, context);
}

double TwoCnnFu::validation_loss(const std::vector<TrainingPair>& examples) const {
  double distance = 0;
  Index pixels = 0;
  for (const TrainingPair& example : examples) {
    const Tensor fused = normalization_.target.apply(fuse(example.input).values);
    distance += squared_distance(fused, normalization_.target.apply(example.target.values));
    pixels += example.target.pixels();
  }
  return distance / (2.0 * static_cast<double>(pixels));
}

Cube TwoCnnFu::fuse(const Pair& pair) const {
  SPECFUSE_CHECK(net_ != nullptr, "two_cnn_fu: neither fitted nor restored");
  const Index many = normalization_.hsi.low.size(), few = normalization_.msi.low.size();
  SPECFUSE_CHECK_AS(ConfigError, pair.hsi.bands() == many && pair.msi.bands() == few, "two_cnn_fu: trained on ", many,
                    " HSI and ", few, " MSI bands, got ", pair.hsi.bands(), " and ", pair.msi.bands());
  const NoGrad no_grad;
  Cube fused(pair.msi.rows(), pair.msi.cols(), pair.hsi.bands());
  fused.wavelength_nm = pair.hsi.wavelength_nm;
  fused.attributes = pair.hsi.attributes;
  const Tensor msi = normalization_.msi.apply(pair.msi.values);
  for (Index row = 0; row < fused.rows(); row += options_.fuse_tile) {
    for (Index col = 0; col < fused.cols(); col += options_.fuse_tile) {
      SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while fusing");
      const Rectangle part{row, col, std::min(options_.fuse_tile, fused.rows() - row),
                           std::min(options_.fuse_tile, fused.cols() - col)};
      const Tensor spectra = normalization_.hsi.apply(upsample_cubic(pair.hsi, pair.degradation.ratio, part).values);
      const Tensor planes = planes_with_margin(msi, part, receptive_radius());
      const Variable windows(planes.reshape({1, planes.dim(0), planes.dim(1), planes.dim(2)}));
      Tensor out = net_->forward(Variable(spectra.reshape({part.rows * part.cols, fused.bands()})), windows).value();
      normalization_.target.undo(out);
      for (Index i = 0; i < part.rows; ++i) {
        std::copy_n(out.data() + i * part.cols * fused.bands(), part.cols * fused.bands(), fused.pixel(row + i, col));
      }
    }
  }
  return fused;
}

Checkpoint TwoCnnFu::checkpoint() const {
  Checkpoint checkpoint;
  if (net_ != nullptr) {
    save_parameters(net_->parameters(), checkpoint);
    normalization_.write(checkpoint);
  }
  return checkpoint;
}

void TwoCnnFu::restore(const Checkpoint& checkpoint) {
  normalization_ = Normalization::read(checkpoint);
  net_ = std::make_unique<TwoCnnFuNet>(options_.model, normalization_.hsi.low.size(), normalization_.msi.low.size());
  load_parameters(net_->parameters(), checkpoint);
}

}  // namespace specfuse
