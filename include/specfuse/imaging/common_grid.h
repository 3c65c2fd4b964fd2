#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "specfuse/imaging/image.h"

namespace specfuse {

/// Where fine pixels lie among the pixels of an MSI, down and to the right: the first begins at `begin`, each is `size`
/// of them wide.
struct FineGrid {
  std::array<double, 2> begin{}, size{1, 1};
  Index rows = 0, cols = 0;
};

/// How the pixels of an HSI and an MSI with georeferences of their own lie to each other.
struct CommonGrid {
  /// Edge of an HSI pixel in fine pixels, at least 2: the whole number nearest to what it is in MSI pixels.
  Index ratio = 0;
  /// The HSI pixels that the MSI covers wholly.
  Rectangle hsi;
  /// `ratio` x `ratio` pixels for each of them.
  FineGrid fine;
  /// Where the fine pixels are pixels of the MSI, or as wide as these; empty where they are not.
  Rectangle msi{};
  /// By how many MSI pixels, down and to the right, the HSI's pixels then lie beside whole ones of the MSI, half of one
  /// at most: the PSF is to be moved by it.
  std::array<double, 2> beside{};
  /// Whether that is all of both images.
  bool is_all = false;

  bool meets() const { return msi.rows > 0; }
};

/// Where an image lies, and how large it is.
struct GridPlace {
  /// As `kGeotransformAttribute`.
  std::vector<double> geotransform;
  Index rows = 0, cols = 0;
};

/// The common part and the fine pixels in it, by the geotransforms of both; their projections are taken to be one.
/// Throws `DataError` naming `source` where a geotransform is missing or turned, one is mirrored against the other, an
/// HSI pixel is less than 1.5 MSI pixels wide or of different ratios on the two axes, or they have no HSI pixel in
/// common.
CommonGrid common_grid(const GridPlace& hsi, const GridPlace& msi, const std::string& source);

/// The means of an image over the pixels of another grid of nearly the same size. Along each axis its running sum is
/// known at the edges of its pixels; between them it is taken as the polynomial through the six nearest, so that sums
/// are kept, polynomials up to the fourth degree are met exactly, wider pixels are true means and narrower ones
/// interpolated. (Of this kind is the remapping of Colella and Woodward 1984, section 1, with limits on the slopes.)
/// The image goes on beyond its edges with its last pixel. A pixel that is made from any without data has none, and is
/// filled in from around.
Cube resample(const Cube& image, const FineGrid& grid);

/// The pixels, of an image of rows x cols, that the values of a grid are made from.
Rectangle seen_by(const FineGrid& grid, Index rows, Index cols);

/// What has to be done to bring both together, as in "MSI resampled from 3.6 m to 3.75 m, ratio 8, rows 0-78, cols 0-58
/// of the HSI"; empty where nothing has. Of the MSI its attributes are looked at.
std::string grid_text(const CommonGrid& grid, const Cube& msi);

/// Cuts both images to the common grid, and resamples the MSI unless it meets.
void bring_together(const CommonGrid& grid, ImagePtr& hsi, ImagePtr& msi);

}  // namespace specfuse
