#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "specfuse/report/figure.h"
#include "specfuse/results/figure_data.h"

namespace specfuse {

/// How a fused cube differs from the reference: `error_map` and `sam_map_deg` of metrics/metrics.h.
struct Differences {
  Tensor error, sam_deg;
};

/// The fine pixel of the scene at which the shown images begin.
struct PixelPlace {
  Index row = 0, col = 0;
};

/// What a method is called in files, where it is unique, and what people are shown.
struct MethodName {
  std::string label, title;
  MethodName(const char* both) : label(both), title(both) {}
  MethodName(const std::string& both) : label(both), title(both) {}
  MethodName(std::string in_files, std::string shown) : label(std::move(in_files)), title(std::move(shown)) {}
};

/// Gathers the figures of one scene. It keeps pictures and maps, not cubes, so a run need not hold all its results.
class SceneFigures {
 public:
  /// Colours and the unit, an attribute, follow the reference where there is one, otherwise hsi. Rows and columns are
  /// written as those of the scene, in which the images begin at `place`.
  SceneFigures(const Cube& hsi, const Cube& msi, const std::optional<Cube>& reference, PixelPlace place = {});

  /// The result of one method; without `differences` only its picture. `expected` [rows, cols] is what the method
  /// expects `differences->error` to be, where it does. `against_inputs` are maps of what the result, degraded again,
  /// differs from the HSI and from the MSI, where they are known. The label must fit in a file name.
  void add(const MethodName& method, const Cube& fused, const std::optional<Differences>& differences,
           const Tensor& expected = {}, const std::array<Tensor, 2>& against_inputs = {});

  /// Natural and false colour composites of inputs, results and reference, and a part of them enlarged; error and angle
  /// maps on common scales, expected errors beside the true ones; differences to the result of least error; spectra of
  /// a few pixels.
  std::vector<FigureGroup> groups() const;

  /// The part shown closer, in pixels of the shown images.
  const std::optional<Rectangle>& detail() const { return data_.detail; }
  /// The numbers in them, except parts, response and the names of its bands.
  FigureData data() const;

 private:
  struct Result {
    MethodName method;
    FigureData::Spectra spectra;
    std::optional<Differences> differences;
    Tensor expected;
    std::array<Tensor, 2> against_inputs;
  };
  /// A cube in each kind of picture.
  void add_pictures(const std::string& name, const std::string& caption, const Cube& cube, const Stretch& natural,
                    const std::optional<Stretch>& false_colour);
  FigureGroup spectrum_charts() const;
  bool has_differences() const;
  bool has_expected() const;
  /// Where the common scale of a map ends.
  float end_of(Tensor Differences::*map) const;
  FigureGroup error_maps() const;
  FigureGroup angle_maps() const;
  /// Of one input.
  bool has_input_maps(std::size_t input) const;
  float end_of_input(std::size_t input) const;
  FigureGroup input_maps(std::size_t input) const;
  /// Which result has the least mean squared error, and the error of each minus that of one.
  std::size_t best() const;
  std::vector<Tensor> differences_to(std::size_t best) const;
  FigureGroup difference_maps() const;
  Rectangle in_scene(const Rectangle& part) const;
  std::string unit_text() const;
  PixelPlace place_;
  Index fine_rows_;
  /// Without spectra and ends of scales, which follow from the results; in pixels of the shown images.
  FigureData data_;
  /// Of the reference, or of the HSI where there is none.
  FigureData::Spectra truth_;
  FigureGroup composites_, false_colours_, details_;
  std::vector<Result> results_;
};

}  // namespace specfuse
