#pragma once

#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"
#include "specfuse/report/figure.h"

namespace specfuse {

/// A part of a scene that is marked in its picture; of one pixel: a point.
struct Mark {
  std::string name;
  Rectangle part;
};

/// A picture of the whole scene, one pixel per pixel, with the parts drawn on it and named.
FigureGroup overview_figure(const Picture& scene, const std::vector<Mark>& marks);

/// The spectral response [msi bands, bands] against wavelength in nm, or against the band where unknown. `names` are
/// those of the bands of the MSI; none: they are counted.
FigureGroup response_figure(const Tensor& srf, const std::vector<double>& wavelength_nm,
                            const std::vector<std::string>& names = {});

/// How far both images disagree in each coarse pixel, in units of noise [rows, cols].
FigureGroup disagreement_figure(const Tensor& noise_units);

/// What the rows of a response sum to: "1", or "0.5 to 1".
std::string row_sums_text(const Tensor& srf);

}  // namespace specfuse
