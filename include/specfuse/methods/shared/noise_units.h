#pragma once

#include "specfuse/methods/shared/signal_subspace.h"

namespace specfuse {

/// Noise of the same deviation in all bands of an image, at these signal to noise ratios in dB over all bands together;
/// at least what float32 rounds.
PairNoise white_noise(const Pair& pair, double hsi_snr_db, double msi_snr_db);

/// Two independent noises together.
PairNoise both(const PairNoise& a, const PairNoise& b);

/// The pair with each band divided by its noise, and with the response between the divided bands: what white noise of
/// deviation 1 suits. Throws `Error` where the response is missing or a size does not fit.
Pair in_units_of(const PairNoise& noise, const Pair& pair);

/// Takes an image [rows, cols, HSI bands] back to the units of the pair.
void leave_units_of(const PairNoise& noise, Cube& fused);

}  // namespace specfuse
