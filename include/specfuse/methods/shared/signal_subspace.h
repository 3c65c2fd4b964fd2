#pragma once

#include <vector>

#include "specfuse/imaging/degrade.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// float32 rounds to this part of a value.
constexpr double kRounding = 6e-8;

/// Standard deviations of the noise of each band of an HSI, in its units: the residual of the band's regression on all
/// others, or on its six neighbours where pixels are few (Bioucas-Dias and Nascimento 2008, "Hyperspectral subspace
/// identification"). Never 0: at least what float32 rounds. Throws `Error` where values are not finite.
std::vector<double> hsi_noise(const Cube& hsi);

/// Standard deviations of the noise of a pair, one for each band.
struct PairNoise {
  std::vector<double> hsi, msi;
};

/// How much noise the images of a pair can hold. What both show alike is none: of the residual degrade(msi) - R hsi, R
/// the response, the mean square is msi_m^2 sum(psf^2) + sum_b R_mb^2 hsi_b^2 for MSI band m, and each term is at most
/// all of it. That bounds the MSI's noise, as does what differs from pixel to pixel in it (Immerkaer 1996), and scales
/// `hsi_noise` down, all bands alike, where it claims more. Nor is noise what neighbouring coarse pixels have in common
/// in the residual of a band's regression: the scene passed the PSF, the noise did not. Throws `Error` where the
/// response is missing or a size does not fit.
PairNoise noise_of(const Pair& pair);

/// The directions in which an HSI stands out of its noise: orthonormal columns [bands, dimension] for spectra divided
/// by `noise` [bands]. Principal directions of more than twice the noise's deviation, and at least three.
Matrix signal_directions(const Cube& hsi, const std::vector<double>& noise);

/// Projects each spectrum of `fused`, less the mean of the HSI and divided by the noise, on the signal directions of
/// the HSI: what is left stands out of the noise of the HSI. Throws `Error` where bands differ.
void project_on_signal(const Cube& hsi, Cube& fused);

}  // namespace specfuse
