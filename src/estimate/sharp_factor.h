#pragma once

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// The factor [rows, cols, msi bands] by which the MSI under the PSF becomes `wanted` [coarse rows, cols, msi bands],
/// starting from one that is smooth. Of all such factors nearly the one with the least total variation over all bands
/// together, which costs less where the MSI has edges, and little where the factor changes slowly: an area that changed
/// as a whole keeps its outline, the shade of a cloud its slope. By the primal-dual method of Chambolle and Pock (2011,
/// algorithm 1); the total variation is Huber's, weighted anew now and then by what it has found (Candes, Wakin and
/// Boyd 2008).
Cube sharpen_factor(const Cube& msi, const Cube& wanted, const Degradation& degradation, const Cube& smooth);

}  // namespace specfuse
