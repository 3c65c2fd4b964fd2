#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/report/figure_data.h"
#include "specfuse/report/figures.h"
#include "specfuse/report/report.h"

namespace specfuse {

/// How a fused cube differs from the reference: `error_map`, `sam_map_deg` and `band_psnr_db` of imaging/metrics.h.
struct Differences {
  Tensor error, sam_deg;
  std::vector<double> band_psnr_db;
};

/// The square part with the strongest edges of a fine image, about a quarter of its shorter side, of whole coarse
/// pixels; none of an image that is too small to enlarge.
std::optional<Rectangle> detail_of(const Cube& msi, Index ratio);

/// The brightest and the median pixel of the reference (without one: of the MSI), and with a reference the pixel
/// away from them that cubic up-sampling of the HSI misses most.
std::vector<SamplePixel> sample_pixels(const Cube& hsi, const Cube& msi, const std::optional<Cube>& reference);

/// Gathers the figures of one scene. It keeps pictures and maps, not cubes, so a run need not hold all its results.
class SceneFigures {
 public:
  /// Colours follow the reference where there is one, otherwise hsi. `unit` is that of the values, for the error map;
  /// may be empty.
  SceneFigures(const Cube& hsi, const Cube& msi, const std::optional<Cube>& reference, std::string unit = {});

  /// The result of one method; without `differences` only its picture. `label` must be unique and fit in a file name.
  void add(const std::string& label, const Cube& fused, const std::optional<Differences>& differences);

  /// Natural and false colour composites of inputs, results and reference, and a part of them enlarged; error and angle
  /// maps on common scales; PSNR of each band; spectra of a few pixels.
  std::vector<FigureGroup> groups() const;

  /// The numbers in them, but for parts and response.
  FigureData data() const;

 private:
  struct Result {
    FigureData::Spectra spectra;
    std::optional<Differences> differences;
  };
  /// A cube in each kind of picture.
  void add_pictures(const std::string& name, const std::string& caption, const Cube& cube, const Stretch& natural,
                    const std::optional<Stretch>& false_colour);
  FigureGroup spectrum_charts() const;
  /// Where the common scale of a map ends.
  float end_of(Tensor Differences::*map) const;
  FigureGroup maps(const std::string& name, Tensor Differences::*map) const;
  FigureGroup band_chart() const;
  /// What only a reference allows.
  void add_comparisons(std::vector<FigureGroup>& groups) const;

  std::string unit_;
  Index fine_rows_;
  /// Without spectra and ends of scales, which follow from the results.
  FigureData data_;
  /// Of the reference, or of the HSI where there is none.
  FigureData::Spectra truth_;
  FigureGroup composites_, false_colours_, details_;
  std::vector<Result> results_;
};

/// One chart of all curves on a logarithmic axis; validation dashed.
FigureGroup loss_figures(const std::vector<LossCurve>& curves);

}  // namespace specfuse
