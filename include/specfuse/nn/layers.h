#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/core/set_fields.h"
#include "specfuse/nn/layer.h"

namespace specfuse {

/// One layer as data: its type, and the options of that type beside it.
class LayerDescription {
 public:
  LayerDescription() = default;
  /// Throws `Error` where there is no such type.
  explicit LayerDescription(const std::string& type);
  LayerDescription(const LayerDescription& other) { *this = other; }
  LayerDescription& operator=(const LayerDescription& other);

  const std::string& type() const { return type_; }
  const LayerOptions& options() const { return *options_; }
  LayerOptions& options() { return *options_; }
  /// Whether it is there: what a preset or a base experiment has can be left out.
  bool enabled() const { return enabled_; }
  void describe(FieldVisitor& fields);

 private:
  std::string type_;
  bool enabled_ = true;
  std::unique_ptr<LayerOptions> options_;
};

/// Whether a text can be the name of a layer or a branch, and so part of a parameter's: letters, digits and '_'.
bool is_parameter_name(const std::string& text);

/// Layers in turn, by name.
using Layers = Named<LayerDescription>;

/// Where layers in turn stand: the key path of the configuration, what their parameters' names start with, what flows
/// in, and what the last linear layer makes by default (0: it has no default).
struct LayersSite {
  std::string path, prefix;
  Flow in;
  Index outputs = 0;
};

/// Throws `ConfigError` naming the layer and the field where one does not fit.
std::vector<LayerPlan> plan_layers(const Layers& layers, const LayersSite& site);

/// Layers with their parameters, all zero until `initialize`.
class Network {
 public:
  Network() = default;
  explicit Network(std::vector<LayerPlan> plans);
  /// What the last layer makes; x itself without layers.
  Variable forward(const Variable& x) const;
  /// Handles, in the order of the layers.
  std::vector<Parameter> parameters() const;

 private:
  std::vector<LayerPlan> plans_;
  std::vector<std::vector<Variable>> parameters_;
  /// The last layer that has what each layer makes beside its own input; that is kept until then. 0 where none has.
  std::vector<std::size_t> last_reader_;
};

/// A layer of this name and type, such as layer("conv", "conv1d", {{"maps", 20}, {"kernel", 45}}): for descriptions in
/// C++. Throws `Error` where there is no such type or field.
std::pair<std::string, LayerDescription> layer(const std::string& name, const std::string& type,
                                               const std::vector<FieldSetting>& settings = {});

}  // namespace specfuse
