#pragma once

#include <cstdint>

#include "specfuse/imaging/cube.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// Endmember spectra [count, bands] found by vertex component analysis (Nascimento and Dias 2005, "Vertex component
/// analysis: a fast algorithm to unmix hyperspectral data", algorithm 1): pixels at the corners of the simplex that the
/// data fill, after projection on the signal subspace. The directions tried are drawn from the seed. Pixels that are
/// zero are never corners. Throws `Error` unless 1 <= count <= min(bands, pixels).
Matrix vca(const Cube& cube, Index count, std::uint64_t seed);

}  // namespace specfuse
