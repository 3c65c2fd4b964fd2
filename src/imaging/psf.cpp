#include "specfuse/imaging/psf.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include "imaging/csv.h"
#include "imaging/keys.h"
#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"

namespace specfuse {
namespace {

/// Weights that cancel each other beyond this leave nothing of the image but rounding errors.
constexpr double kLargestWeight = 1e4;

void require_ratio(Index ratio) {
  SPECFUSE_CHECK_AS(ConfigError, ratio >= 2, "psf: expected a ratio of at least 2, got ", ratio);
}

/// weight(d^2) at every pixel of a size x size square, d its distance from the centre, scaled to sum 1.
template <class Weight>
Tensor radial(Index size, Weight weight) {
  std::vector<double> weights;
  double total = 0;
  for (Index row = 0; row < size; ++row) {
    for (Index col = 0; col < size; ++col) {
      const double y = static_cast<double>(row) - 0.5 * static_cast<double>(size - 1);
      const double x = static_cast<double>(col) - 0.5 * static_cast<double>(size - 1);
      weights.push_back(weight(y * y + x * x));
      total += weights.back();
    }
  }
  Tensor psf(Shape{size, size});
  for (Index i = 0; i < psf.size(); ++i) psf[i] = static_cast<float>(weights[static_cast<std::size_t>(i)] / total);
  return psf;
}

/// Where `make_psf` cuts it off.
Index size_of_gaussian(Index ratio) { return ratio % 2 == 0 ? 2 * ratio : 2 * ratio - 1; }

Tensor gaussian_of(double fwhm, Index ratio, Index size) {
  SPECFUSE_CHECK_AS(ConfigError, std::isfinite(fwhm) && fwhm > 0, "psf: expected a positive fwhm, got ", fwhm);
  // Relative to the pixel nearest the centre, so that even a very narrow one has a weight above zero.
  const double nearest = ratio % 2 == 0 ? 0.5 : 0.0;
  return radial(size,
                [=](double squared) { return std::exp(-4 * std::numbers::ln2 * (squared - nearest) / (fwhm * fwhm)); });
}

/// The full width at half maximum of a profile, between whose values is a cubic.
double width_at_half(const std::vector<double>& profile) {
  constexpr Index kFine = 100;
  const Index places = (std::ssize(profile) + 1) * kFine;
  std::vector<double> fine;
  for (Index i = 0; i <= places; ++i) {
    const Index base = i / kFine - 1;
    const std::array<double, 4> weights = keys_weights(static_cast<double>(i % kFine) / kFine);
    double value = 0;
    for (Index k = 0; k < 4; ++k) {
      const Index at = base - 1 + k;
      if (at >= 0 && at < std::ssize(profile))
        value += weights[static_cast<std::size_t>(k)] * profile[static_cast<std::size_t>(at)];
    }
    fine.push_back(value);
  }
  const auto peak = std::max_element(fine.begin(), fine.end());
  const auto below = [half = *peak / 2](double value) { return value < half; };
  const auto right = std::find_if(peak, fine.end(), below);
  const auto left = std::find_if(std::make_reverse_iterator(peak), fine.rend(), below);
  return static_cast<double>(right - left.base()) / kFine;
}

}  // namespace

void PsfOptions::describe(FieldVisitor& fields) {
  fields("type", type, Choices{"gaussian", "box", "delta", "kernel"}, Label{"PSF"},
         "`gaussian`, cut off at twice the ratio; `box`, the block of fine pixels itself; `delta`, its middle; "
         "`kernel`, from `file` or `weights`.");
  fields("fwhm", fwhm, Range{0.1, 1000}, Label{"PSF FWHM", "fine pixels", "as the ratio"}, OnlyWith{"type=gaussian"},
         "Full width at half maximum in fine pixels; null: the ratio.");
  fields("file", file, OnlyWith{"type=kernel"}, "CSV of the weights, one row a line; found as data is.");
  fields("weights", weights, OnlyWith{"type=kernel"}, "The rows themselves.");
}

Tensor make_psf(const PsfOptions& options, Index ratio, const Tensor& kernel) {
  require_ratio(ratio);
  const auto flat = [](double) { return 1.0; };
  if (options.type == "gaussian")
    return gaussian_of(options.fwhm.value_or(static_cast<double>(ratio)), ratio, size_of_gaussian(ratio));
  if (options.type == "box") return radial(ratio, flat);
  if (options.type == "delta") return radial(ratio % 2 == 0 ? 2 : 1, flat);
  SPECFUSE_CHECK_AS(ConfigError, options.type == "kernel", "psf: expected type gaussian, box, delta or kernel, got ",
                    options.type);
  SPECFUSE_CHECK_AS(ConfigError, kernel.defined(), "psf: type kernel needs the kernel of a file");
  return normalized_psf(kernel, ratio);
}

Tensor gaussian_psf(const std::array<double, 2>& fwhm, Index ratio, Index size) {
  // Gaussians are products of one along each axis, so the one of two widths is made of those of each.
  std::array<std::vector<double>, 2> along;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const Tensor psf = gaussian_of(fwhm[axis], ratio, size > 0 ? size : size_of_gaussian(ratio));
    if (fwhm[0] == fwhm[1]) return psf;
    along[axis].resize(static_cast<std::size_t>(psf.dim(0)));
    for (Index i = 0; i < psf.size(); ++i) along[axis][static_cast<std::size_t>(i / psf.dim(1))] += double{psf[i]};
  }
  const Index side = std::ssize(along[0]);
  Tensor psf({side, side});
  for (Index i = 0; i < psf.size(); ++i) {
    psf[i] =
        static_cast<float>(along[0][static_cast<std::size_t>(i / side)] * along[1][static_cast<std::size_t>(i % side)]);
  }
  return psf;
}

Tensor normalized_psf(const Tensor& kernel, Index ratio) {
  const Shape& shape = kernel.shape();
  SPECFUSE_CHECK_AS(ConfigError, shape.rank() == 2 && shape[0] == shape[1] && shape[0] >= 1,
                    "psf: expected a square kernel, got ", shape.text());
  SPECFUSE_CHECK_AS(ConfigError, (shape[0] - ratio) % 2 == 0, "psf: expected a kernel of ",
                    ratio % 2 == 0 ? "even" : "odd", " size, as the ratio ", ratio, ", got ", shape.text());
  double total = 0;
  for (Index i = 0; i < kernel.size(); ++i) total += double{kernel[i]};
  SPECFUSE_CHECK_AS(ConfigError, std::isfinite(total) && total > 0,
                    "psf: expected a finite kernel with a positive sum, got a sum of ", total);
  Tensor psf(shape);
  for (Index i = 0; i < kernel.size(); ++i) {
    const double weight = double{kernel[i]} / total;
    SPECFUSE_CHECK_AS(ConfigError, std::abs(weight) <= kLargestWeight, "psf: expected weights of at most ",
                      kLargestWeight, " times their sum, got ", kernel[i], " in a sum of ", total);
    psf[i] = static_cast<float>(weight);
  }
  return psf;
}

Tensor parse_kernel_csv(const std::string& text, const std::string& source) {
  const std::vector<CsvLine> lines = split_csv(text, source);
  SPECFUSE_CHECK_AS(DataError, !lines.empty(), source, ": expected rows of numbers, got none");
  std::vector<float> values;
  for (const CsvLine& line : lines) {
    require_width(line, lines.front(), source);
    for (const std::string& field : line.fields) {
      values.push_back(static_cast<float>(csv_number(field, source, line.number)));
    }
  }
  return Tensor::from({std::ssize(lines), std::ssize(lines.front().fields)}, values);
}

std::array<double, 2> psf_centre(const Tensor& psf) {
  std::array<double, 2> centre{};
  if (!psf.defined()) return centre;
  const double middle = static_cast<double>(psf.dim(0) - 1) / 2;
  for (Index i = 0; i < psf.size(); ++i) {
    centre[0] += double{psf[i]} * (static_cast<double>(i / psf.dim(1)) - middle);
    centre[1] += double{psf[i]} * (static_cast<double>(i % psf.dim(1)) - middle);
  }
  return centre;
}

std::array<double, 2> psf_widths(const Tensor& psf) {
  const Index size = psf.dim(0);
  std::array<double, 2> widths{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    std::vector<double> profile(static_cast<std::size_t>(size));
    for (Index i = 0; i < psf.size(); ++i)
      profile[static_cast<std::size_t>(axis == 0 ? i / size : i % size)] += double{psf[i]};
    widths[axis] = width_at_half(profile);
  }
  return widths;
}

Index psf_reach(const Tensor& psf) { return (psf.dim(0) + 1) / 2; }

}  // namespace specfuse
