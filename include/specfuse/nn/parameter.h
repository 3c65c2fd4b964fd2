#pragma once

#include <string>
#include <vector>

#include "specfuse/autograd/variable.h"

namespace specfuse {

/// What a trained value does in its layer: weights are drawn at the start and decay, biases start at 0, gains at 1.
enum class Role { weight, bias, gain };

/// A trained value of a network.
struct Parameter {
  /// Path in the network, such as "hsi.conv1.weight".
  std::string name;
  Variable value;
  Role role = Role::weight;
  /// Starts at 0, whatever its role.
  bool starts_at_zero = false;
};

}  // namespace specfuse
