#pragma once

#include <string>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// The values in the order rows, columns, bands, from the order that `axes` gives, such as "bcr".
Tensor in_order(const Tensor& values, const std::string& axes);

}  // namespace specfuse
