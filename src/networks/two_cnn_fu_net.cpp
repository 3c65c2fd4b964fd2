#include "specfuse/networks/two_cnn_fu_net.h"

#include <cmath>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// What `depth` valid convolutions of `kernel` taps leave of `length`.
Index left_of(Index length, Index kernel, Index depth) { return length - depth * (kernel - 1); }

/// Convolutions with ReLU in turn; a skip convolution from the first map to the last, where there is one.
/// `apply(conv, x)` is the ReLU of a convolution.
template <class Conv, class Apply>
Variable run_convolutions(const std::vector<Conv>& convs, const std::vector<Conv>& skip, const Variable& x,
                          const Apply& apply) {
  const Variable first = apply(convs[0], x);
  Variable last = first;
  for (std::size_t i = 1; i < convs.size(); ++i) last = apply(convs[i], last);
  return skip.empty() ? last : add_relu(last, apply(skip[0], first));
}

Variable fc_relu(const Linear& fc, const Variable& x) { return linear_relu(x, fc.weight(), fc.bias()); }

template <class Layers>
void list(const std::string& prefix, const Layers& layers, const std::vector<std::string>& names,
          std::vector<Parameter>& all) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (auto& parameter : layers[i].parameters(concat(prefix, names[i], "."))) all.push_back(std::move(parameter));
  }
}

std::vector<std::string> conv_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back(concat("conv", i));
  return names;
}

/// Weights of convolutions in turn and, for "released", of their skip convolution; `taps` is the kernel's size along
/// one axis, of `axes`.
double conv_weights(Index inputs, Index maps, Index taps, Index depth, int axes, bool skip) {
  const auto m = static_cast<double>(maps), d = static_cast<double>(depth - 1);
  const double span = d * static_cast<double>(taps - 1) + 1;
  return m * (static_cast<double>(inputs) + d * m) * std::pow(static_cast<double>(taps), axes) +
         (skip ? m * m * std::pow(span, axes) : 0.0);
}

/// Throws before the first allocation where the network, its gradients and the optimiser's memory cannot fit.
void check_memory(const TwoCnnFuModel& model, Index bands, Index msi_bands, double hsi_features, double msi_features) {
  const bool released = model.preset == "released";
  double joint = hsi_features + msi_features, weights = 0;
  weights += conv_weights(1, model.hsi_maps, model.hsi_kernel, model.hsi_depth, 1, released);
  weights += conv_weights(msi_bands, model.msi_maps, model.msi_kernel, model.msi_depth, 2, released);
  if (released) {
    weights += hsi_features * static_cast<double>(model.hsi_fc) + msi_features * static_cast<double>(model.msi_fc);
    joint = static_cast<double>(model.hsi_fc + model.msi_fc);
  }
  const auto hidden = static_cast<double>(model.fusion_fc);
  weights +=
      joint * hidden + hidden * (released ? joint : hidden) + (released ? joint : hidden) * static_cast<double>(bands);
  const double bytes = 4 * sizeof(float) * weights;
  SPECFUSE_CHECK_AS(ConfigError, bytes <= memory_bytes(), "two_cnn_fu: ", weights,
                    " weights with their gradients and two moments take ", bytes / 1e9, " GB, more than the ",
                    memory_bytes() / 1e9, " GB of memory here");
}

}  // namespace

TwoCnnFuNet::TwoCnnFuNet(const TwoCnnFuModel& model, Index bands, Index msi_bands)
    : model_(model), bands_(bands), hsi_length_(left_of(bands, model.hsi_kernel, model.hsi_depth)),
      msi_side_(left_of(model.patch, model.msi_kernel, model.msi_depth)) {
  SPECFUSE_CHECK_AS(ConfigError, hsi_length_ >= 1, "two_cnn_fu: ", model.hsi_depth, " convolutions of hsi_kernel ",
                    model.hsi_kernel, " need at least ", bands - hsi_length_ + 1, " bands, got ", bands);
  SPECFUSE_CHECK_AS(ConfigError, msi_side_ >= 1, "two_cnn_fu: ", model.msi_depth, " convolutions of msi_kernel ",
                    model.msi_kernel, " need a patch of at least ", model.patch - msi_side_ + 1, ", got ", model.patch);
  SPECFUSE_CHECK_AS(ConfigError, model.patch % 2 == 1, "two_cnn_fu: expected an odd patch, got ", model.patch);
  const Index hsi_features = model.hsi_maps * hsi_length_, msi_features = model.msi_maps * msi_side_ * msi_side_;
  check_memory(model, bands, msi_bands, static_cast<double>(hsi_features), static_cast<double>(msi_features));

  for (Index i = 0; i < model.hsi_depth; ++i) {
    hsi_convs_.emplace_back(i == 0 ? 1 : model.hsi_maps, model.hsi_maps, model.hsi_kernel);
  }
  for (Index i = 0; i < model.msi_depth; ++i) {
    const Extent kernel{model.msi_kernel, model.msi_kernel};
    msi_convs_.emplace_back(i == 0 ? msi_bands : model.msi_maps, model.msi_maps, kernel);
  }
  if (model.preset == "released") {
    // One kernel as long as the convolutions after the first together.
    const Index hsi_span = (model.hsi_depth - 1) * (model.hsi_kernel - 1) + 1;
    const Index msi_span = (model.msi_depth - 1) * (model.msi_kernel - 1) + 1;
    hsi_skip_.emplace_back(model.hsi_maps, model.hsi_maps, hsi_span);
    msi_skip_.emplace_back(model.msi_maps, model.msi_maps, Extent{msi_span, msi_span});
    hsi_fc_.emplace_back(hsi_features, model.hsi_fc);
    msi_fc_.emplace_back(msi_features, model.msi_fc);
    const Index joint = model.hsi_fc + model.msi_fc;
    fusion_ = {Linear(joint, model.fusion_fc), Linear(model.fusion_fc, joint), Linear(joint, bands)};
  } else {
    fusion_ = {Linear(hsi_features + msi_features, model.fusion_fc), Linear(model.fusion_fc, model.fusion_fc),
               Linear(model.fusion_fc, bands)};
  }
}

std::vector<Parameter> TwoCnnFuNet::parameters() const {
  std::vector<Parameter> all;
  list("hsi.", hsi_convs_, conv_names(hsi_convs_.size()), all);
  list("hsi.", hsi_skip_, {"skip"}, all);
  list("hsi.", hsi_fc_, {"fc"}, all);
  list("msi.", msi_convs_, conv_names(msi_convs_.size()), all);
  list("msi.", msi_skip_, {"skip"}, all);
  list("msi.", msi_fc_, {"fc"}, all);
  list("fusion.", fusion_, {"fc1", "fc2", "out"}, all);
  return all;
}

Variable TwoCnnFuNet::hsi_branch(const Variable& spectra) const {
  const Index pixels = spectra.shape()[0];
  const Variable maps = run_convolutions(
      hsi_convs_, hsi_skip_, to_n16(reshape(spectra, {pixels, 1, bands_})),
      [](const Conv1d& conv, const Variable& x) { return conv1d_relu_n16(x, conv.weight(), conv.bias()); });
  const Variable features = reshape(from_n16(maps, pixels), {pixels, model_.hsi_maps * hsi_length_});
  return hsi_fc_.empty() ? features : fc_relu(hsi_fc_[0], features);
}

Variable TwoCnnFuNet::msi_branch(const Variable& windows) const {
  const Variable maps = run_convolutions(
      msi_convs_, msi_skip_, to_nhwc(windows),
      [](const Conv2d& conv, const Variable& x) { return conv2d_relu_nhwc(x, conv.weight(), conv.bias()); });
  if (msi_fc_.empty()) return patches_to_rows(from_nhwc(maps), msi_side_);
  // An FC over every patch of side msi_side is a convolution of that size over the maps.
  const Variable kernel = reshape(msi_fc_[0].weight(), {model_.msi_fc, model_.msi_maps, msi_side_, msi_side_});
  const Variable rows = conv2d_relu_nhwc(maps, kernel, msi_fc_[0].bias());
  return reshape(rows, {rows.value().size() / model_.msi_fc, model_.msi_fc});
}

Variable TwoCnnFuNet::forward(const Variable& spectra, const Variable& windows) const {
  SPECFUSE_CHECK(spectra.shape().rank() == 2 && spectra.shape()[1] == bands_, "two_cnn_fu: expected spectra [P, ",
                 bands_, "], got ", spectra.shape().text());
  const Variable joint = concat_columns(hsi_branch(spectra), msi_branch(windows));
  const Variable hidden = fc_relu(fusion_[1], fc_relu(fusion_[0], joint));
  return fusion_[2].forward(hsi_fc_.empty() ? hidden : add_relu(joint, hidden));
}

}  // namespace specfuse
