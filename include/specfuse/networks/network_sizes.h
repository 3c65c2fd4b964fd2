#pragma once

#include "specfuse/core/buffer.h"

namespace specfuse {

/// Bands of the images that a network is for.
struct NetworkSizes {
  Index bands = 0, msi_bands = 0;
};

}  // namespace specfuse
