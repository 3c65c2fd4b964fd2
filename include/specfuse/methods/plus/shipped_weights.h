#pragma once

#include "specfuse/io/checkpoint.h"

namespace specfuse {

/// The weights of two_cnn_fu_plus that come with the program; see data/README.md for where they are from.
Checkpoint shipped_plus_weights();

}  // namespace specfuse
