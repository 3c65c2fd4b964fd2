#pragma once

#include <array>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// What a sensor that points `shift` pixels further down and to the right sees of an image: interpolated by a sinc
/// under a Lanczos window of 64 pixels to each side, which keeps fine detail, the image continued by `boundary`.
Cube shift_image(const Cube& image, const std::array<double, 2>& shift, Boundary boundary);

/// How far around a pixel that looks, in pixels.
Index shift_reach(const std::array<double, 2>& shift);

/// A PSF moved down and to the right in the same way, [size, size]; what lies beyond is cut off, and the sum is 1
/// again.
Tensor moved_psf(const Tensor& psf, const std::array<double, 2>& shift, Index size);

/// The least size of a PSF moved so far that keeps what is not negligible.
Index moved_psf_size(const Tensor& psf, const std::array<double, 2>& shift);

}  // namespace specfuse
