#include "specfuse/nn/layer.h"

#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"

namespace specfuse {
namespace {

const char* words(Flow::Kind kind) {
  switch (kind) {
    case Flow::Kind::features:
      return "a vector of features";
    case Flow::Kind::spectrum:
      return "a spectrum (maps x length)";
    case Flow::Kind::image:
      return "an image (maps x side x side)";
    case Flow::Kind::cube:
      break;
  }
  return "maps of a cube";
}

}  // namespace

#define SPECFUSE_LAYER(name) LayerType name##_layer();
#include "nn/layers.def"
#undef SPECFUSE_LAYER

const std::vector<LayerType>& layer_types() {
  static const std::vector<LayerType> all = {
#define SPECFUSE_LAYER(name) name##_layer(),
#include "nn/layers.def"
#undef SPECFUSE_LAYER
  };
  return all;
}

Index Flow::size() const { return channels * (kind == Kind::image ? length * length : length); }

std::string Flow::text() const {
  if (kind == Kind::features) return std::to_string(channels);
  if (kind == Kind::cube) return concat(channels, " of a cube");
  return kind == Kind::spectrum ? concat(channels, " x ", length) : concat(channels, " x ", length, " x ", length);
}

Index LayerPlan::parameter_count() const {
  Index count = 0;
  for (const ParameterPlan& parameter : parameters) count += parameter.shape.size();
  return count;
}

void LayerSite::expect(bool holds, const std::string& field, const std::string& expected,
                       const std::string& got) const {
  SPECFUSE_CHECK_AS(ConfigError, holds, path, field.empty() ? "" : ".", field, ": ", name, ": expected ", expected,
                    ", got ", got);
}

void LayerSite::expect_kind(Flow::Kind kind) const {
  expect(in.kind == kind, "", concat(words(kind), " from the layer before"), words(in.kind));
}

void LayerSite::expect_no_cube() const {
  expect(in.kind != Flow::Kind::cube, "", "features, a spectrum or an image from the layer before", words(in.kind));
}

void describe_activation(FieldVisitor& fields, std::string& activation) {
  fields("activation", activation, Choices{"none", "relu"}, "What becomes of the sums.");
}

Activation activation_of(const std::string& name) { return name == "relu" ? Activation::relu : Activation::none; }

Variable middle_like(const Variable& from, const Variable& like) {
  const Index rank = like.shape().rank();
  return rank == 2 || rank == 5 ? from : crop_centre(from, {rank == 4 ? like.shape()[2] : 1, like.shape()[-1]});
}

Variable rows_of(const Variable& x) {
  const Shape& shape = x.shape();
  return shape.rank() == 2 ? x : reshape(x, {shape[0], shape[1] * shape[2]});
}

std::vector<ParameterPlan> weight_and_bias(const std::string& name, const Shape& weight, bool starts_at_zero) {
  return {{name + ".weight", weight, Role::weight, starts_at_zero}, {name + ".bias", {weight[0]}, Role::bias}};
}

}  // namespace specfuse
