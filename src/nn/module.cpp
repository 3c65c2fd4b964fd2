#include "specfuse/nn/module.h"

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"

namespace specfuse {

Variable Sequential::forward(const Variable& x) const {
  Variable result = x;
  for (const auto& module : modules_) result = module->forward(result);
  return result;
}

std::vector<Parameter> Sequential::parameters(const std::string& prefix) const {
  std::vector<Parameter> all;
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    for (auto& parameter : modules_[i]->parameters(concat(prefix, i, "."))) all.push_back(std::move(parameter));
  }
  return all;
}

Variable ReLU::forward(const Variable& x) const { return relu(x); }

}  // namespace specfuse
