#include "specfuse/methods/plus/shipped_weights.h"

#include <cstddef>
#include <span>

namespace specfuse {

/// The file data/two_cnn_fu_plus.h5, put into the program by src/embed.py.
extern const unsigned char kPlusWeights[];
extern const std::size_t kPlusWeightsSize;

Checkpoint shipped_plus_weights() { return read_checkpoint(std::span(kPlusWeights, kPlusWeightsSize)); }

}  // namespace specfuse
