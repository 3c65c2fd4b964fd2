#include "specfuse/networks/fusion_network.h"

#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

/// Side of the tiles that a validation image is fused in.
constexpr Index kValidationTile = 64;

std::vector<Variable> variables(const std::vector<Tensor>& tensors) { return {tensors.begin(), tensors.end()}; }

std::vector<TrainingPair> pairs_of(const std::vector<NetworkExample>& examples) {
  std::vector<TrainingPair> pairs;
  for (const NetworkExample& example : examples) pairs.push_back(example.pair);
  return pairs;
}

}  // namespace

FusionNetwork::FusionNetwork(NetworkDescription description, std::string path)
    : description_(std::move(description)), path_(std::move(path)) {}

void FusionNetwork::make(const NetworkSizes& sizes) {
  plan_ = plan(sizes);
  net_ = std::make_unique<BranchNetwork>(plan_);
}

void FusionNetwork::fit(const NetworkExamples& examples, const TrainOptions& options, const FitContext& context,
                        const std::function<void(Checkpoint&)>& describe) {
  if (!context.warm_start) {
    normalization_ = Normalization::of(pairs_of(examples.train));
    const TrainingPair& first = examples.train[0].pair;
    make({first.target.bands(), first.input.msi.bands()});
    initialize(net_->parameters(), options, context.seed);
  }
  std::vector<TileSource> sources;
  for (const auto& [pair, base] : examples.train) {
    const Rectangle whole{0, 0, pair.target.rows(), pair.target.cols()};
    TileSource& source =
        sources.emplace_back(network_scene(pair.input, base, plan_.feeds), plan_.feeds, normalization_, whole);
    source.target = normalization_.target.apply(pair.target.values);
    if (description_.output == "residual") add_scaled(source.target, source.base, -1.0f);
    if (!context.scratch.empty()) source.move_to_disk(context.scratch);
  }
  TrainingTask task;
  task.parameters = net_->parameters();
  task.loss = [&](Rng& rng, const RankShare& share) {
    const std::vector<TilePlace> places = random_places(sources, options.tile, options.tiles, rng);
    const TileBatch batch = cut_tiles({places.begin() + share.begin, places.begin() + share.end});
    return euclidean_loss(net_->forward(variables(batch.feeds)), batch.target);
  };
  if (!examples.validation.empty()) task.validation = [&] { return validation_loss(examples.validation); };
  task.describe = [&](Checkpoint& checkpoint) {
    normalization_.write(checkpoint);
    describe(checkpoint);
  };
  train(task, options, context);
}

double FusionNetwork::validation_loss(const std::vector<NetworkExample>& examples) const {
  double distance = 0;
  Index pixels = 0;
  for (const auto& [pair, base] : examples) {
    const Tensor fused = normalization_.target.apply(fuse(pair.input, base, kValidationTile).values);
    distance += squared_distance(fused, normalization_.target.apply(pair.target.values));
    pixels += pair.target.pixels();
  }
  return distance / (2.0 * static_cast<double>(pixels));
}

void FusionNetwork::check_bands(const NetworkSizes& sizes) const {
  const Index many = plan_.sizes.bands, few = plan_.sizes.msi_bands;
  SPECFUSE_CHECK_AS(ConfigError, !is_fitted() || (sizes.bands == many && sizes.msi_bands == few),
                    "network: trained on ", many, " HSI and ", few, " MSI bands, got ", sizes.bands, " and ",
                    sizes.msi_bands);
}

Cube FusionNetwork::fuse(const Pair& pair, const std::optional<Cube>& base, Index tile) const {
  SPECFUSE_CHECK(net_ != nullptr, "network: neither fitted nor restored");
  check_bands({pair.hsi.bands(), pair.msi.bands()});
  const Index many = plan_.sizes.bands;
  const NoGrad no_grad;
  const NetworkScene scene = network_scene(pair, base, plan_.feeds);
  Cube fused(pair.msi.rows(), pair.msi.cols(), many);
  fused.wavelength_nm = pair.hsi.wavelength_nm;
  fused.attributes = pair.hsi.attributes;
  for_each_tile(fused.rows(), fused.cols(), tile, [&](const Rectangle& part) {
    const TileSource source(scene, plan_.feeds, normalization_, part);
    const TileBatch batch = cut_tiles({{&source, {0, 0, part.rows, part.cols}}});
    Tensor out = in_layout(net_->forward(variables(batch.feeds)), Layout::plain).value();
    if (description_.output == "residual") add_scaled(out, source.base.reshape(out.shape()));
    normalization_.target.undo(out);
    for (Index i = 0; i < part.rows; ++i) {
      std::copy_n(out.data() + i * part.cols * many, part.cols * many, fused.pixel(part.row + i, part.col));
    }
  });
  join_tiles(tile, fused.values);
  return fused;
}

Checkpoint FusionNetwork::checkpoint() const {
  Checkpoint checkpoint;
  if (net_ == nullptr) return checkpoint;
  save_parameters(net_->parameters(), checkpoint);
  normalization_.write(checkpoint);
  return checkpoint;
}

void FusionNetwork::restore(const Checkpoint& checkpoint) {
  normalization_ = Normalization::read(checkpoint);
  make({normalization_.hsi.low.size(), normalization_.msi.low.size()});
  load_parameters(net_->parameters(), checkpoint);
}

}  // namespace specfuse
