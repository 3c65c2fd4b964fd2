#include "specfuse/methods/two_cnn_fu.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/networks/layer_table.h"
#include "specfuse/networks/tile_memory.h"

namespace specfuse {
namespace {

const std::string kName = "two_cnn_fu", kPath = "model", kBaseFolder = "base/", kBaseSeed = "base_seed";

/// Any other method; one that trains a network of its own would need options of its own.
std::unique_ptr<FusionMethod> make_base(const std::string& name) {
  if (name == "none") return nullptr;
  const auto suits = [](const MethodType& type) { return type.name != kName; };
  return make_part(name, suits, concat(kPath, ".base: expected one of none, "));
}

}  // namespace

void TwoCnnFuOptions::describe(FieldVisitor& fields) {
  fields("model", model, "The network.");
  fields("train", train, "How it is trained.");
  fields("fuse_tile", fuse_tile, Range{1, 4096},
         "Side of the tiles a scene is fused in: memory against speed; the result is the same.");
}

TwoCnnFu::TwoCnnFu(const TwoCnnFuOptions& options)
    : options_(options), network_(options.model, kPath), base_(make_base(options.model.base)) {
  if (base_) learned_from = base_->learned_from;
}

NetworkOutline TwoCnnFu::network(const NetworkSizes& sizes) const {
  const Index of_base = base_ ? base_->network(sizes).receptive_radius : 0;
  const NetworkPlan plan = network_.plan(sizes);
  return {std::max(plan.receptive_radius(), of_base), layer_table(plan)};
}

void TwoCnnFu::check(const TrainingData& data, const Pair& pair) const {
  network_.check_bands({pair.hsi.bands(), pair.msi.bands()});
  if (!data.train.empty()) check_ranks(options_.train);
  const NetworkPlan plan = network_.plan({pair.hsi.bands(), pair.msi.bands()});
  const Tiles training{options_.train.tile, data.train.empty() ? 0 : options_.train.tiles};
  check_tile_memory(plan, training, std::min(options_.fuse_tile, std::max(pair.msi.rows(), pair.msi.cols())));
  for (const TrainingPair& example : data.train) {
    check_tile(options_.train.tile, example.input.msi.rows(), example.input.msi.cols());
    const Cube& hsi = example.input.hsi;
    const Index ratio = example.input.degradation.ratio;
    SPECFUSE_CHECK_AS(ConfigError, hsi.pixels() > 1, "two_cnn_fu: expected at least two coarse pixels to learn from, ",
                      "as one has no contrast, got a training image of ", example.target.size_text(), " and ratio ",
                      ratio, "; under protocol wald a scene has to have ", ratio * ratio, " x ", 2 * ratio * ratio,
                      " pixels at least");
  }
  if (base_) base_->check(data, pair);
}

std::string TwoCnnFu::warnings(const TrainingData& data) const {
  if (data.train.empty()) return {};
  Index pixels = 0;
  for (const TrainingPair& example : data.train) pixels += example.target.pixels();
  const TrainingPair& first = data.train.front();
  const Index parameters = network_.plan({first.target.bands(), first.input.msi.bands()}).parameter_count();
  if (10 * pixels >= parameters) return {};
  return concat("learns ", parameters, " parameters from ", pixels,
                " pixels, fewer than a tenth: it may know these by heart and fail on any others");
}

void TwoCnnFu::fit_base(const TrainingData& data, std::uint64_t seed) {
  if (!base_) return;
  FitContext plain;
  plain.seed = base_seed_ = seed;
  base_->fit(data, plain);
}

std::string TwoCnnFu::fit(const TrainingData& data, const FitContext& context) {
  TrainOptions options = options_.train;
  if (context.warm_start) {
    SPECFUSE_CHECK(network_.is_fitted(), "two_cnn_fu: a warm start needs a fit before it");
    options.steps = context.warm_start->steps;
    options.learning_rate = context.warm_start->learning_rate;
  }
  fit_base(data, context.seed);
  NetworkExamples examples;
  const auto example = [&](const TrainingPair& pair) {
    if (!base_) return NetworkExample{pair};
    return NetworkExample{pair, on_disk(fuse(*base_, pair.input).fused, context.scratch)};
  };
  for (const TrainingPair& pair : data.train) examples.train.push_back(example(pair));
  for (const TrainingPair& pair : data.validation) examples.validation.push_back(example(pair));
  network_.fit(examples, options, context, [this](Checkpoint& checkpoint) { describe_base(checkpoint); });
  return {};
}

Fuser TwoCnnFu::fuser(const PairParts& pair) const {
  SPECFUSE_CHECK(network_.is_fitted(), "two_cnn_fu: neither fitted nor restored");
  const NetworkSizes sizes{pair.bands(), pair.msi_bands()};
  network_.check_bands(sizes);
  const std::optional<Fuser> base = base_ ? std::optional(base_->fuser(pair)) : std::nullopt;
  Fuser fuser = local_fuser(pair, [this, base](const KnownPair& part) -> FusedCube {
    const std::optional<Cube> estimate = base ? std::optional(base->fuse(part).fused) : std::nullopt;
    return {network_.fuse(part, estimate, options_.fuse_tile)};
  });
  const Index ratio = pair.degradation().ratio;
  const NetworkPlan plan = network_.plan(sizes);
  const Index reach = (plan.receptive_radius() + ratio - 1) / ratio;
  fuser.halo += reach;
  if (base) {
    fuser.whole = base->whole || base->blend > 0;
    fuser.halo = std::max(fuser.halo, base->halo + reach);
    fuser.bytes_per_pixel += base->bytes_per_pixel;
    fuser.bytes_at_least = base->bytes_at_least;
  }
  // What goes into a tile, what comes out, and what the kernels lay out anew.
  fuser.bytes_at_least += 4 * fusing_bytes(plan, {options_.fuse_tile, 1});
  return fuser;
}

void TwoCnnFu::describe_base(Checkpoint& checkpoint) const {
  if (!base_) return;
  if (!base_->traits.learns) checkpoint.state[kBaseSeed] = base_seed_;
  for (const auto& [name, tensor] : base_->checkpoint().tensors) checkpoint.tensors[kBaseFolder + name] = tensor;
}

Checkpoint TwoCnnFu::checkpoint() const {
  Checkpoint checkpoint = network_.checkpoint();
  if (network_.is_fitted()) describe_base(checkpoint);
  return checkpoint;
}

void TwoCnnFu::restore(const Checkpoint& checkpoint) {
  network_.restore(checkpoint);
  if (!base_) return;
  if (!base_->traits.learns) {
    const auto seed = checkpoint.state.find(kBaseSeed);
    SPECFUSE_CHECK_AS(DataError, seed != checkpoint.state.end(), "two_cnn_fu: the checkpoint has no state '", kBaseSeed,
                      "'");
    return fit_base({}, seed->second);
  }
  base_->restore({checkpoint.tensors_in(kBaseFolder), {}, {}});
}

MethodType two_cnn_fu_method() {
  return method_type<TwoCnnFu, TwoCnnFuOptions>(
      "two_cnn_fu", "Two-CNN-Fu", "the two-branch network, or any other that its description makes of the same parts",
      {{.author = "Yang, Jingxiang and Zhao, Yong-Qiang and Chan, Jonathan Cheung-Wai",
        .title = "Hyperspectral and multispectral image fusion via deep two-branches convolutional neural network",
        .journal = "Remote Sensing",
        .year = 2018,
        .volume = "10",
        .number = "5",
        .pages = "800",
        .doi = "10.3390/rs10050800"}},
      {.learns = true, .has_checkpoints = true, .shares_work = true, .writes_checkpoints = true});
}

}  // namespace specfuse
