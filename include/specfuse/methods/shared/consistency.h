#pragma once

#include "specfuse/imaging/degrade.h"
#include "specfuse/methods/shared/signal_subspace.h"

namespace specfuse {

/// One round of consistency with both inputs, X the fused image, R the response: X += up(hsi - degrade(X)), and then
/// X += (msi - X R') pinv(R)', so that the MSI is met exactly. Right where the inputs hold no noise: it is put into the
/// result. Throws `Error` where the response is missing or a size does not fit.
void make_consistent(const Pair& pair, Cube& fused);

/// What such a round adds, for HSI and MSI each: [rows, cols, bands]. Throw as it does.
Cube hsi_misfit(const Pair& pair, const Cube& fused);
Cube msi_misfit(const Pair& pair, const Cube& fused);

/// The same with as much of each residual as stands out of the noise: band b of the HSI's times 1 - noise_b^2 / mean
/// square, at least 0, and that of the MSI through the Wiener filter of its second moments against the noise. As above
/// where there is no noise, and nothing is done where the residual is all noise. Throws as above, and where the noise
/// has another number of bands.
void make_consistent(const Pair& pair, const PairNoise& noise, Cube& fused);

/// `rounds` of the same where errors of the size `expected` [rows, cols, bands], above 0, are left: what is missing of
/// the HSI goes where they are large, X += expected x up(missing / degrade(expected)), so that a bright pixel among
/// dark ones does not leave its error to them. Throws as above, and where `expected` has another shape than X.
void make_consistent(const Pair& pair, const PairNoise& noise, const Tensor& expected, Index rounds, Cube& fused);

/// What stands out of the noise in hsi - degrade(X): [coarse rows, coarse cols, bands]. Throws as above.
Cube missing_of_hsi(const Pair& pair, const PairNoise& noise, const Cube& fused);

}  // namespace specfuse
