#include "specfuse/nn/layers.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

const std::string kInput = "input";

const LayerType* find_type(const std::string& name) {
  for (const LayerType& type : layer_types()) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

/// More values for one pixel than any network makes; below it, no size of a weight overflows.
constexpr Index kMostValues = 100'000'000;

/// Plans layers one after the other.
class LayerPlanner {
 public:
  explicit LayerPlanner(const LayersSite& site) : site_(site) {}

  void add(const std::string& key, const LayerDescription& description, bool last) {
    LayerSite at;
    at.path = concat(site_.path, ".", key);
    SPECFUSE_CHECK_AS(ConfigError, is_parameter_name(key) && key != kInput, at.path,
                      ": expected a name of letters, digits and '_' other than input, got \"", key, "\"");
    const std::optional<Index> repeat = description.options().repeat();
    for (Index i = 1; i <= repeat.value_or(1); ++i) {
      const std::string name = repeat ? concat(key, i) : key;
      SPECFUSE_CHECK_AS(ConfigError, find(name) == plans_.size(), at.path, ": expected a name of its own, got two of ",
                        name);
      add_one(name, description, last, at);
    }
  }

  std::vector<LayerPlan> plans() { return std::move(plans_); }

 private:
  std::size_t find(const std::string& name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    return static_cast<std::size_t>(found - names_.begin());
  }

  void add_one(const std::string& name, const LayerDescription& description, bool last, LayerSite at) {
    at.name = site_.prefix + name;
    at.in = plans_.empty() ? site_.in : plans_.back().out;
    at.units = last && site_.outputs > 0 ? site_.outputs : site_.in.size();
    const std::optional<std::string> source = description.options().from();
    std::optional<Index> place;
    if (source) {
      at.expect(*source == kInput || find(*source) < plans_.size(), "from",
                concat("one of input", names_.empty() ? "" : ", ", joined(names_)), concat("\"", *source, "\""));
      place = *source == kInput ? -1 : static_cast<Index>(find(*source));
      at.from = *place < 0 ? site_.in : plans_[static_cast<std::size_t>(*place)].out;
    }
    LayerPlan plan = description.options().plan(at);
    at.expect(plan.out.size() <= kMostValues, plan.size_field, concat("at most ", kMostValues, " values for a pixel"),
              plan.out.text());
    plan.name = at.name;
    plan.type = description.type();
    plan.path = at.path;
    plan.in = at.in;
    plan.from = place;
    plans_.push_back(std::move(plan));
    names_.push_back(name);
  }

  const LayersSite& site_;
  std::vector<LayerPlan> plans_;
  std::vector<std::string> names_;
};

}  // namespace

bool is_parameter_name(const std::string& text) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), plain);
}

LayerDescription::LayerDescription(const std::string& type) : type_(type) {
  const LayerType* const known = find_type(type);
  SPECFUSE_CHECK(known != nullptr, "layer: expected a type of layer, got ", type);
  options_ = known->default_options();
}

LayerDescription& LayerDescription::operator=(const LayerDescription& other) {
  type_ = other.type_;
  enabled_ = other.enabled_;
  options_ = other.options_ ? other.options_->clone() : nullptr;
  return *this;
}

void LayerDescription::describe(FieldVisitor& fields) {
  const std::string before = type_;
  Choices types{};
  for (const LayerType& known : layer_types()) types.texts.push_back(known.name);
  fields("type", type_, types, "What the layer does.");
  if (type_ != before) *this = LayerDescription(type_);
  fields("enabled", enabled_, Label{"presence"}, "Whether it is there; `false` leaves out a layer of the preset.");
  if (options_) options_->describe(fields);
}

std::vector<LayerPlan> plan_layers(const Layers& layers, const LayersSite& site) {
  LayerPlanner planner(site);
  std::vector<const std::pair<std::string, LayerDescription>*> there;
  for (const auto& item : layers.items) {
    if (item.second.enabled()) there.push_back(&item);
  }
  for (const auto* item : there) planner.add(item->first, item->second, item == there.back());
  return planner.plans();
}

Network::Network(std::vector<LayerPlan> plans) : plans_(std::move(plans)), last_reader_(plans_.size()) {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    const LayerPlan& plan = plans_[i];
    if (plan.from && *plan.from >= 0) last_reader_[static_cast<std::size_t>(*plan.from)] = i;
    auto& own = parameters_.emplace_back();
    for (const ParameterPlan& parameter : plan.parameters) own.emplace_back(Tensor(parameter.shape), true);
  }
}

Variable Network::forward(const Variable& x) const {
  std::vector<Variable> kept(plans_.size());
  Variable value = x;
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    const LayerPlan& plan = plans_[i];
    LayerInputs inputs{value, {}, parameters_[i]};
    if (plan.from && *plan.from < 0) inputs.from = x;
    if (plan.from && *plan.from >= 0) {
      const auto from = static_cast<std::size_t>(*plan.from);
      inputs.from = last_reader_[from] == i ? std::exchange(kept[from], {}) : kept[from];
    }
    value = plan.forward(inputs);
    if (last_reader_[i] > i) kept[i] = value;
  }
  return value;
}

std::vector<Parameter> Network::parameters() const {
  std::vector<Parameter> all;
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    for (std::size_t k = 0; k < parameters_[i].size(); ++k) {
      const ParameterPlan& plan = plans_[i].parameters[k];
      all.push_back({plan.name, parameters_[i][k], plan.role, plan.starts_at_zero});
    }
  }
  return all;
}

std::pair<std::string, LayerDescription> layer(const std::string& name, const std::string& type,
                                               const std::vector<FieldSetting>& settings) {
  LayerDescription description(type);
  set_fields(description.options(), settings);
  return {name, description};
}

}  // namespace specfuse
