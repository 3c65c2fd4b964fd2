#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/tensor/tensor.h"

namespace specfuse {

class FieldVisitor;

/// The point spread function of a coarse pixel.
struct PsfOptions {
  /// gaussian: cut off at 2 * ratio fine pixels (even ratio) or 2 * ratio - 1 (odd). box: the ratio x ratio block
  /// itself. delta: its middle pixel, or the mean of its four middle pixels where ratio is even. kernel: from `file`.
  std::string type = "gaussian";
  /// Full width at half maximum in fine pixels, of a Gaussian only; none: the ratio.
  std::optional<double> fwhm;
  /// Of a kernel only: CSV text of the weights, one row a line, or the rows themselves.
  std::string file;
  std::vector<std::vector<double>> weights;

  void describe(FieldVisitor& fields);
};

/// The weights [size, size] of the fine pixels that a coarse pixel sums, centred on its ratio x ratio block: size and
/// ratio are both even or both odd, the sum is 1. `kernel` holds the weights of that type, and is
/// read for it only. Throws `ConfigError` on an unknown type, a missing kernel or a ratio below 2.
Tensor make_psf(const PsfOptions& options, Index ratio, const Tensor& kernel = {});

/// A Gaussian of these full widths at half maximum in fine pixels, down and across, cut off as `make_psf` does, or at
/// another size [size, size].
Tensor gaussian_psf(const std::array<double, 2>& fwhm, Index ratio, Index size = 0);

/// A measured kernel scaled to sum 1, laid over the image as it stands (not turned round). Throws `ConfigError` unless
/// it is square, of even size where ratio is even and odd where it is odd, and finite with a positive sum.
Tensor normalized_psf(const Tensor& kernel, Index ratio);

/// The numbers of a comma-separated text, one row a line: [lines, numbers per line]. Throws `DataError` naming
/// `source` and the line where a number is malformed or missing.
Tensor parse_kernel_csv(const std::string& text, const std::string& source);

/// The mean place of the weights from the middle, in fine pixels down and to the right; none of an undefined PSF.
std::array<double, 2> psf_centre(const Tensor& psf);

/// Full widths at half maximum of its profiles down and across, each summed over the other axis, in fine pixels.
std::array<double, 2> psf_widths(const Tensor& psf);

/// How far the PSF reaches from the centre of its block in fine pixels: half its size, rounded up.
Index psf_reach(const Tensor& psf);

}  // namespace specfuse
