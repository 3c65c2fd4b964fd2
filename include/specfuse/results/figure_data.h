#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// How a cube becomes a colour picture: the band shown in red, green and blue, and the values shown as none and full.
struct Stretch {
  std::array<Index, 3> bands{};
  std::array<float, 3> low{}, high{};
};

/// A pixel of the scene whose spectrum is shown, in fine pixels.
struct SamplePixel {
  std::string name;
  Index row = 0, col = 0;
};

/// The training of one method. Steps without a validation have NaN there.
struct LossCurve {
  std::string label;
  std::vector<double> step, loss, validation_loss;
};

/// The numbers that the figures of a scene show.
struct FigureData {
  /// Of the bands of HSI and results; empty where unknown.
  std::vector<double> wavelength_nm;
  /// Sizes such as "25 x 25 x 198"; that of the reference is empty without one.
  std::string hsi_size, msi_size, reference_size;
  /// Colours of everything with all bands, and of the MSI.
  Stretch natural, msi_natural;
  std::optional<Stretch> false_colour, msi_false_colour;
  /// What the file says of its scene, its sensor, and the unit of its values; empty where it says nothing.
  std::string scene, sensor, unit;
  /// The part shown closer, in fine pixels of the scene.
  std::optional<Rectangle> detail;
  /// Where spectra are shown, and whose: one spectrum at each sample; the reference (or the HSI) first.
  std::vector<SamplePixel> samples;
  struct Spectra {
    std::string label;
    std::vector<std::vector<double>> at;
  };
  std::vector<Spectra> spectra;
  /// Upper ends of the colour scales of the maps, whose lower end is 0; none where there is no such map.
  std::optional<double> error_end, sam_end_deg;
  /// The same of the maps against the HSI and the MSI.
  std::array<std::optional<double>, 2> input_ends{};
  /// Upper end of the scale of differences to the best method, which goes as far below 0, and that method.
  std::optional<double> difference_end;
  std::string best;
  /// Parts marked in the picture of the scene, in its pixels.
  std::vector<std::pair<std::string, Rectangle>> parts;
  /// Of the HSI, on the pixels of the MSI.
  Tensor psf;
  /// Spectral response [msi bands, bands]; undefined where unknown.
  Tensor response;
  /// Of the bands of the MSI; empty where they have none.
  std::vector<std::string> msi_names;
};

}  // namespace specfuse
