#pragma once

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// One round of consistency with both inputs, X the fused image, R the response: X += up(hsi - degrade(X)), and then
/// X += (msi - X R') pinv(R)', so that the MSI is met exactly. Right where the inputs hold no noise: it is put into the
/// result. Throws `Error` where the response is missing or a size does not fit.
void make_consistent(const Pair& pair, Cube& fused);

}  // namespace specfuse
