#pragma once

#include <string>
#include <vector>

#include "specfuse/estimate/estimate.h"

namespace specfuse {

/// What was decided of one thing, and why.
struct Decision {
  std::string what, decided, why;
};

/// What is used of each part of the sensors that was tested or estimated.
std::vector<Decision> decisions_of(const Estimate& estimate);

}  // namespace specfuse
