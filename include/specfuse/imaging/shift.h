#pragma once

#include <array>
#include <functional>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// What a sensor that points `shift` pixels further down and to the right sees of an image: interpolated by a sinc
/// under a Lanczos window of 64 pixels to each side, which keeps fine detail, the image continued by `boundary`.
Cube shift_image(const Cube& image, const std::array<double, 2>& shift, Boundary boundary);

/// How much further down and to the right a pixel is read; rows and columns may lie between pixels.
using ShiftAt = std::function<std::array<double, 2>(double row, double col)>;

/// The same with a shift that changes slowly over the image, and a window of `reach` pixels to each side.
Cube shift_image(const Cube& image, const ShiftAt& shift, Boundary boundary, Index reach);

/// How far around a pixel the first looks, in pixels.
Index shift_reach(const std::array<double, 2>& shift);

/// A PSF moved down and to the right in the same way, [size, size]; what lies beyond is cut off, and the sum is 1
/// again.
Tensor moved_psf(const Tensor& psf, const std::array<double, 2>& shift, Index size);

/// The least size of a PSF moved so far that keeps what is not negligible.
Index moved_psf_size(const Tensor& psf, const std::array<double, 2>& shift);

}  // namespace specfuse
