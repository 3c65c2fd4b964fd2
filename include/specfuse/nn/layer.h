#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/autograd/ops.h"
#include "specfuse/nn/parameter.h"

namespace specfuse {

class FieldVisitor;

/// The input or output of a layer for one output pixel.
struct Flow {
  enum class Kind {
    /// A vector: rows [P, channels].
    features,
    /// Maps along the spectrum: [P, channels, length].
    spectrum,
    /// Maps of the neighbourhood, length x length pixels. Neighbouring pixels share theirs: N tiles of T x T pixels are
    /// images [N, channels, T + length - 1, T + length - 1].
    image,
    /// Maps of a cube, for one of its pixels and bands: [N, rows, cols, bands, channels]. Rows, columns and bands are
    /// those of the pair, which a plan need not know; the length is 1.
    cube,
  };
  Kind kind = Kind::features;
  Index channels = 0, length = 1;

  /// Values in one.
  Index size() const;
  /// "20 x 118", "30 x 22 x 22", "32 of a cube" or "450".
  std::string text() const;
  bool operator==(const Flow&) const = default;
};

/// A parameter before it is made.
struct ParameterPlan {
  std::string name;
  Shape shape;
  Role role = Role::weight;
  bool starts_at_zero = false;
};

/// What `forward` of a layer is given: the value of the layer before, that of the layer `from` names (undefined where
/// it names none), and its own parameters in the order of the plan.
struct LayerInputs {
  Variable x, from;
  std::vector<Variable> parameters;
};

/// A layer that fits where it stands, before any memory is taken for it.
struct LayerPlan {
  std::string name, type;
  /// Its key path in the configuration, and the field there that decides how many parameters it has.
  std::string path, size_field;
  Flow in, out;
  std::vector<ParameterPlan> parameters;
  /// Floating-point operations of plain arithmetic for one pixel, in large tiles; of a cube for one pixel and band.
  double flops = 0;
  /// The halo on cubes: how far around a pixel its result depends on.
  Index reach = 0;
  std::function<Variable(const LayerInputs&)> forward;
  /// The place of the layer that `from` names among those before; -1: what the layers are given. None: no such field.
  std::optional<Index> from{};

  Index parameter_count() const;
};

/// Where a layer stands.
struct LayerSite {
  /// Its key path in the configuration, for messages, and its name in parameters.
  std::string path, name;
  Flow in;
  /// What the layer that `from` names makes.
  std::optional<Flow> from{};
  /// Units of a linear layer where its options give none.
  Index units = 0;

  /// Throws `ConfigError` with the key path, what was expected and got, unless `holds`.
  void expect(bool holds, const std::string& field, const std::string& expected, const std::string& got) const;
  /// The same of what the layer is given.
  void expect_kind(Flow::Kind kind) const;
  /// The same for layers that take anything except a cube.
  void expect_no_cube() const;
};

/// The options of a layer, of whatever type.
class LayerOptions {
 public:
  virtual ~LayerOptions() = default;
  virtual void describe(FieldVisitor& fields) = 0;
  /// Throws `ConfigError` naming the layer and the field where it does not fit its site.
  virtual LayerPlan plan(const LayerSite& site) const = 0;
  /// Which layer's value is wanted beside that of the one before, if any.
  virtual std::optional<std::string> from() const { return {}; }
  /// How often the layer is repeated, its name numbered from 1; none: once, without a number.
  virtual std::optional<Index> repeat() const { return {}; }
  virtual std::unique_ptr<LayerOptions> clone() const = 0;
};

/// What a type's options derive from: `class Conv1dLayer : public CloneableLayer<Conv1dLayer>`.
template <class Self>
class CloneableLayer : public LayerOptions {
 public:
  std::unique_ptr<LayerOptions> clone() const override {
    return std::make_unique<Self>(static_cast<const Self&>(*this));
  }
};

/// A type of layer: an entry of src/nn/layers.def and a file in src/nn/layers/.
struct LayerType {
  std::string name;
  /// One line for the documentation.
  std::string summary;
  std::unique_ptr<LayerOptions> (*default_options)();
};

template <class Options>
LayerType layer_type(const char* name, const char* summary) {
  return {name, summary, []() -> std::unique_ptr<LayerOptions> { return std::make_unique<Options>(); }};
}

/// Every type of layer.
const std::vector<LayerType>& layer_types();

/// The field that layers with a sum at their end have in common: "none" or "relu".
void describe_activation(FieldVisitor& fields, std::string& activation);
Activation activation_of(const std::string& name);

/// The middle of an earlier layer's value, as large as `like`.
Variable middle_like(const Variable& from, const Variable& like);

/// The values of each pixel of a spectrum, or of features, as a row [P, values].
Variable rows_of(const Variable& x);

/// "<name>.weight" [O, ...] and "<name>.bias" [O].
std::vector<ParameterPlan> weight_and_bias(const std::string& name, const Shape& weight, bool starts_at_zero = false);

}  // namespace specfuse
