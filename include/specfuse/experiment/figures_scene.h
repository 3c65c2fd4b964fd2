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

/// A pixel of the fine images whose spectrum is shown.
struct SamplePixel {
  std::string name;
  Index row = 0, col = 0;
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

  /// The part that is enlarged, in fine pixels; none of images too small for it.
  const std::optional<Rectangle>& detail() const { return detail_; }
  /// The pixels whose spectra are shown.
  const std::vector<SamplePixel>& samples() const { return samples_; }

 private:
  struct Result {
    std::string label;
    std::optional<Differences> differences;
    /// At each sample.
    std::vector<std::vector<double>> spectra;
  };
  /// A cube in each kind of picture.
  void add_pictures(const std::string& name, const std::string& caption, const Cube& cube, const Stretch& natural,
                    const std::optional<Stretch>& false_colour);
  FigureGroup spectrum_charts() const;
  FigureGroup maps(const std::string& name, Tensor Differences::*map) const;
  FigureGroup band_chart() const;
  /// What only a reference allows.
  void add_comparisons(std::vector<FigureGroup>& groups) const;

  std::string unit_;
  Stretch stretch_;
  std::optional<Stretch> false_stretch_;
  std::vector<double> wavelength_nm_;
  Index fine_rows_;
  std::optional<Rectangle> detail_;
  std::vector<SamplePixel> samples_;
  /// Of the reference, or of the HSI where there is none.
  Result truth_;
  FigureGroup composites_, false_colours_, details_;
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
