#include "specfuse/optim/optimizer.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

Optimizer::Optimizer(std::vector<Parameter> parameters, const std::vector<std::string>& memories)
    : parameters_(std::move(parameters)) {
  for (const std::string& name : memories) {
    std::vector<Tensor>& zeros = memories_.emplace_back(name, std::vector<Tensor>()).second;
    for (const Parameter& parameter : parameters_) zeros.emplace_back(parameter.value.shape());
  }
}

void Optimizer::clear_grads() {
  for (Parameter& parameter : parameters_) parameter.value.clear_grad();
}

std::map<std::string, Tensor> Optimizer::memory() const {
  std::map<std::string, Tensor> all;
  for (const auto& [name, tensors] : memories_) {
    for (std::size_t i = 0; i < tensors.size(); ++i) all[concat(name, "/", parameters_[i].name)] = tensors[i];
  }
  return all;
}

void Optimizer::restore(const std::map<std::string, Tensor>& memory, std::uint64_t steps) {
  for (auto& [name, ours] : this->memory()) {
    const auto theirs = memory.find(name);
    SPECFUSE_CHECK_AS(DataError, theirs != memory.end(), "optimizer: no '", name, "' to continue from");
    SPECFUSE_CHECK_AS(DataError, theirs->second.shape() == ours.shape(), "optimizer: expected '", name, "' of shape ",
                      ours.shape().text(), ", got ", theirs->second.shape().text());
    SPECFUSE_CHECK_AS(DataError, all_finite(theirs->second), "optimizer: expected finite values in '", name, "'");
    Tensor to = ours;
    std::copy_n(theirs->second.data(), to.size(), to.data());
  }
  steps_ = steps;
}

void Sgd::step(double learning_rate) {
  const ProfileSpan span("Sgd step");
  ++steps_;
  const float momentum = static_cast<float>(options_.momentum);
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const Parameter& parameter = parameters_[p];
    if (!parameter.value.grad().defined()) continue;
    const float rate = static_cast<float>(learning_rate * (parameter.role == Role::bias ? options_.bias_rate : 1.0));
    const float decay = static_cast<float>(parameter.role == Role::weight ? options_.weight_decay : 0.0);
    float *w = parameters_[p].value.value().data(), *v = memories_[0].second[p].data();
    const float* g = parameter.value.grad().data();
    for_each_element(parameter.value.grad().size(), [=](Index i) {
      v[i] = momentum * v[i] + rate * (g[i] + decay * w[i]);
      w[i] -= v[i];
    });
  }
}

void AdamW::step(double learning_rate) {
  const ProfileSpan span("AdamW step");
  ++steps_;
  const double t = static_cast<double>(steps_);
  const float b1 = static_cast<float>(options_.beta1), b2 = static_cast<float>(options_.beta2);
  const float rate = static_cast<float>(learning_rate / (1.0 - std::pow(options_.beta1, t)));
  const float unbias = static_cast<float>(1.0 / (1.0 - std::pow(options_.beta2, t)));
  const float epsilon = static_cast<float>(options_.epsilon);
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const Parameter& parameter = parameters_[p];
    if (!parameter.value.grad().defined()) continue;
    const float keep =
        static_cast<float>(1.0 - learning_rate * (parameter.role == Role::weight ? options_.weight_decay : 0.0));
    float *w = parameters_[p].value.value().data(), *m = memories_[0].second[p].data(),
          *v = memories_[1].second[p].data();
    const float* g = parameter.value.grad().data();
    for_each_element(parameter.value.grad().size(), [=](Index i) {
      m[i] = b1 * m[i] + (1.0f - b1) * g[i];
      v[i] = b2 * v[i] + (1.0f - b2) * g[i] * g[i];
      w[i] = keep * w[i] - rate * m[i] / (std::sqrt(v[i] * unbias) + epsilon);
    });
  }
}

double clip_gradient_norm(const std::vector<Parameter>& parameters, double limit) {
  double squares = 0;
  for (const Parameter& parameter : parameters) {
    const Tensor& grad = parameter.value.grad();
    if (grad.defined()) squares += dot(grad, grad);
  }
  const double norm = std::sqrt(squares);
  for (const Parameter& parameter : parameters) {
    if (norm > limit && parameter.value.grad().defined()) {
      scale(parameter.value.grad_to_add(), static_cast<float>(limit / norm));
    }
  }
  return norm;
}

}  // namespace specfuse
