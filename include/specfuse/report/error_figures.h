#pragma once

#include <array>
#include <string>
#include <vector>

#include "specfuse/metrics/error_statistics.h"
#include "specfuse/report/figure.h"
#include "specfuse/results/figure_data.h"

namespace specfuse {

/// The errors of one method, and the place of its colour.
struct MethodErrors {
  std::string label;
  int colour = 0;
  ErrorStatistics statistics;
  /// PSNR of each band.
  std::vector<double> band_psnr_db;
};

/// How well the result of one method, degraded again, agrees with its inputs.
struct MethodAgreement {
  std::string label;
  int colour = 0;
  /// PSNR of every band of the HSI and of the MSI, as `MethodResult::input_psnr_db`.
  std::array<std::vector<double>, 2> psnr_db;
};

/// How good a method is, and how long it took to fit and fuse.
struct MethodCost {
  std::string label;
  int colour = 0;
  double seconds = 0, psnr_db = 0;
};

/// PSNR and error of each band with the response of the MSI behind them; how large the errors are; the spectral angle
/// by brightness. `scene` gives wavelengths, response and unit.
std::vector<FigureGroup> error_figures(const std::vector<MethodErrors>& methods, const FigureData& scene);

/// Consistency with both inputs by band; of at least one method.
FigureGroup agreement_figure(const std::vector<MethodAgreement>& methods, const FigureData& scene);

/// Time against PSNR, a point for each method.
FigureGroup cost_figure(const std::vector<MethodCost>& methods);

}  // namespace specfuse
