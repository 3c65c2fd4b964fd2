#pragma once

#include <string>
#include <vector>

#include "specfuse/report/line_chart.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// `Series::stroke` of what is known of each band of an MSI: they are a few, and no line leads from one to the next.
inline constexpr double kBandStroke = 0.3;

/// One value a band against the wavelength, or against the band, counted from 1, where wavelengths are unknown: broken
/// where bands are missing, sorted where detectors overlap.
Series band_series(const std::vector<double>& wavelength_nm, const std::vector<double>& values);

/// What stands at the axis of such series.
std::string band_axis(const std::vector<double>& wavelength_nm);

/// The rows of a spectral response [msi bands, bands] as such series, without what no band responds to; named by
/// `names`, or "MSI band 1" and so on where there are none.
std::vector<Series> response_series(const Tensor& srf, const std::vector<double>& wavelength_nm,
                                    const std::vector<std::string>& names);

}  // namespace specfuse
