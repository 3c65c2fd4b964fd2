#include "specfuse/nn/layers.h"

namespace specfuse {

WeightedModule::WeightedModule(const Shape& weight)
    : weight_(Tensor(weight), true), bias_(Tensor(Shape{weight[0]}), true) {}

std::vector<Parameter> WeightedModule::parameters(const std::string& prefix) const {
  return {{prefix + "weight", weight_, false}, {prefix + "bias", bias_, true}};
}

}  // namespace specfuse
