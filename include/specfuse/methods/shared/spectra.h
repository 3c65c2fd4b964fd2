#pragma once

#include <vector>

#include "specfuse/imaging/degrade.h"
#include "specfuse/kernels/matrix.h"

namespace specfuse {

/// Spectra as matrices: what the methods that unmix or work in a subspace have in common.

/// The spectra of pixels [first, first + count) as rows [count, bands].
Matrix spectra_of(const Cube& cube, Index first, Index count);

/// An orthonormal basis [bands, dimension] of the subspace that holds most of the energy of the spectra: eigenvectors
/// of their second moments, strongest first. Throws `Error` unless 1 <= dimension <= bands.
Matrix signal_subspace(const Cube& cube, Index dimension);

/// Values [rows, cols, bands] as an image of which nothing else is known.
Cube as_cube(const Tensor& values);

/// The spectrum of every pixel times `matrix` [bands, new bands], wavelengths dropped. Throws `Error` where sizes
/// differ.
Cube transform_spectra(const Cube& cube, const Matrix& matrix);

/// Multiplies each band by its factor. Throws `Error` where there is not one for each.
void scale_bands(Cube& cube, const std::vector<float>& factors);

/// y += x matrix for the spectra of every pixel: x [..., matrix.rows], y [..., matrix.cols]. Throws `Error` where sizes
/// differ.
void add_product(const Tensor& x, const Matrix& matrix, Tensor& y);

/// sum over pixels of x x' [bands, bands], in double.
Matrix second_moments(const Cube& cube);

/// Throws `ConfigError` naming the method where the response of the MSI is unknown, `Error` where it or the sizes of
/// the images do not fit.
void check_pair_with_srf(const Pair& pair, const char* method);

/// The mean of the HSI's absolute values, 1 where it is 0: methods divide by it so that their parameters have no unit.
float intensity_of(const Cube& hsi);

}  // namespace specfuse
