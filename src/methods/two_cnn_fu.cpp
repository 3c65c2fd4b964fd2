#include "specfuse/methods/two_cnn_fu.h"

#include <algorithm>

#include "specfuse/core/error.h"
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
  std::string known = "none";
  for (const MethodType& method : method_types()) {
    if (method.name == kName || method.name == kExternal) continue;
    if (method.name == name) return method.default_options()->make();
    known += ", " + method.name;
  }
  throw ConfigError(concat(kPath, ".base: expected one of ", known, ", got \"", name, "\""));
}

}  // namespace

TwoCnnFu::TwoCnnFu(const TwoCnnFuOptions& options)
    : options_(options), network_(options.model, kPath), base_(make_base(options.model.base)) {
  if (base_) learned_from = base_->learned_from;
}

Index TwoCnnFu::receptive_radius(const NetworkSizes& sizes) const {
  const Index of_base = base_ ? base_->receptive_radius(sizes) : 0;
  return std::max(specfuse::receptive_radius(options_.model, sizes, kPath), of_base);
}

std::string TwoCnnFu::model_text(const Pair& pair) const {
  return layer_table(network_.plan({pair.hsi.bands(), pair.msi.bands()}));
}

void TwoCnnFu::check(const TrainingData& data, const Pair& pair) const {
  check_options(options_.train);
  network_.check_bands(pair);
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

std::string TwoCnnFu::doubts(const TrainingData& data) const {
  if (data.train.empty()) return {};
  Index pixels = 0;
  for (const TrainingPair& example : data.train) pixels += example.target.pixels();
  const TrainingPair& first = data.train.front();
  const Index parameters = network_.plan({first.target.bands(), first.input.msi.bands()}).parameter_count();
  if (10 * pixels >= parameters) return {};
  return concat("learns ", parameters, " parameters from ", pixels,
                " pixels, fewer than a tenth: it may know these by heart and fail on any others");
}

std::optional<Cube> TwoCnnFu::base_of(const Pair& pair) const {
  return base_ ? std::optional(base_->fuse(pair)) : std::nullopt;
}

void TwoCnnFu::fit_base(const TrainingData& data, std::uint64_t seed) {
  if (!base_) return;
  FitContext plain;
  plain.seed = base_seed_ = seed;
  base_->fit(data, plain);
}

void TwoCnnFu::fit(const TrainingData& data, const FitContext& context) {
  TrainOptions options = options_.train;
  if (context.warm_start) {
    SPECFUSE_CHECK(network_.is_fitted(), "two_cnn_fu: a warm start needs a fit before it");
    options.steps = context.warm_start->steps;
    options.learning_rate = context.warm_start->learning_rate;
  }
  fit_base(data, context.seed);
  NetworkExamples examples;
  const auto example = [&](const TrainingPair& pair) {
    std::optional<Cube> base = base_of(pair.input);
    if (base) base = on_disk(*base, context.scratch);
    return NetworkExample{pair, base};
  };
  for (const TrainingPair& pair : data.train) examples.train.push_back(example(pair));
  for (const TrainingPair& pair : data.validation) examples.validation.push_back(example(pair));
  network_.fit(examples, options, context, [this](Checkpoint& checkpoint) { describe_base(checkpoint); });
}

Cube TwoCnnFu::fuse(const Pair& pair) const {
  SPECFUSE_CHECK(network_.is_fitted(), "two_cnn_fu: neither fitted nor restored");
  return network_.fuse(pair, base_of(pair), options_.fuse_tile);
}

std::optional<PartFusion> TwoCnnFu::by_parts(const PairParts& pair) const {
  SPECFUSE_CHECK(network_.is_fitted(), "two_cnn_fu: neither fitted nor restored");
  std::optional<PartFusion> of_base;
  if (base_) {
    of_base = base_->by_parts(pair);
    if (!of_base || of_base->overlap > 0) return {};
  }
  const NetworkSizes sizes{pair.bands(), pair.msi_bands()};
  const Index ratio = pair.degradation().ratio;
  PartFusion fusion = local_fusion(pair, [this, of_base](const Pair& part) -> FusedWithSigma {
    const std::optional<Cube> base = of_base ? std::optional(of_base->fuse(part).fused) : std::nullopt;
    return {network_.fuse(part, base, options_.fuse_tile)};
  });
  const Index reach = (specfuse::receptive_radius(options_.model, sizes, kPath) + ratio - 1) / ratio;
  fusion.margin += reach;
  if (of_base) {
    fusion.margin = std::max(fusion.margin, of_base->margin + reach);
    fusion.bytes_per_pixel += of_base->bytes_per_pixel;
    fusion.bytes_at_least = of_base->bytes_at_least;
  }
  // What goes into a tile, what comes out, and what the kernels lay out anew.
  fusion.bytes_at_least += 4 * fusing_bytes(network_.plan(sizes), {options_.fuse_tile, 1});
  return fusion;
}

void TwoCnnFu::describe_base(Checkpoint& checkpoint) const {
  if (!base_) return;
  if (!base_->learns()) checkpoint.state[kBaseSeed] = base_seed_;
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
  if (!base_->learns()) {
    const auto seed = checkpoint.state.find(kBaseSeed);
    SPECFUSE_CHECK_AS(DataError, seed != checkpoint.state.end(), "two_cnn_fu: the checkpoint has no state '", kBaseSeed,
                      "'");
    return fit_base({}, seed->second);
  }
  Checkpoint of_base;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (name.starts_with(kBaseFolder)) of_base.tensors[name.substr(kBaseFolder.size())] = tensor;
  }
  base_->restore(of_base);
}

MethodType two_cnn_fu_method() {
  return method_type<TwoCnnFu, TwoCnnFuOptions>(
      "two_cnn_fu", "the two-branch network, or any other that its description makes of the same parts",
      {{.author = "Yang, Jingxiang and Zhao, Yong-Qiang and Chan, Jonathan Cheung-Wai",
        .title = "Hyperspectral and multispectral image fusion via deep two-branches convolutional neural network",
        .journal = "Remote Sensing",
        .year = 2018,
        .volume = "10",
        .number = "5",
        .pages = "800",
        .doi = "10.3390/rs10050800"}});
}

}  // namespace specfuse
