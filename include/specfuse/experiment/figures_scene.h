#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/experiment/figures.h"
#include "specfuse/experiment/report.h"

namespace specfuse {

/// How a fused cube differs from the reference: `error_map`, `sam_map_deg` and `band_psnr_db` of imaging/metrics.h.
struct Differences {
  Tensor error, sam_deg;
  std::vector<double> band_psnr_db;
};

/// Gathers the figures of one scene. It keeps pictures and maps, not cubes, so a run need not hold all its results.
class SceneFigures {
 public:
  /// Colours follow the reference where there is one, otherwise hsi. `unit` is that of the values, for the error map;
  /// may be empty.
  SceneFigures(const Cube& hsi, const Cube& msi, const std::optional<Cube>& reference, std::string unit = {});

  /// The result of one method; without `differences` only its picture. `label` must be unique and fit in a file name.
  void add(const std::string& label, const Cube& fused, const std::optional<Differences>& differences);

  /// Colour composites of inputs, results and reference; error and angle maps on common scales; PSNR of each band.
  std::vector<FigureGroup> groups() const;

 private:
  struct Result {
    std::string label;
    Differences differences;
  };
  FigureGroup maps(const std::string& name, Tensor Differences::*map) const;
  FigureGroup band_chart() const;

  std::string unit_;
  Stretch stretch_;
  std::vector<double> wavelength_nm_;
  FigureGroup composites_;
  std::vector<Result> results_;
};

/// The training of one method. Steps without a validation have NaN there.
struct LossCurve {
  std::string label;
  std::vector<double> step, loss, validation_loss;
};

/// One chart of all curves on a logarithmic axis; validation dashed.
FigureGroup loss_figures(const std::vector<LossCurve>& curves);

}  // namespace specfuse
