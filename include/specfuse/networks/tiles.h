#pragma once

#include <vector>

#include "specfuse/core/rng.h"
#include "specfuse/networks/normalization.h"

namespace specfuse {

/// Scaled images of one pair, ready to be cut into tiles.
struct TileSource {
  /// Up-sampled HSI and target [rows, cols, bands]; the target is undefined when fusing.
  Tensor spectra, target;
  /// MSI [msi bands, rows + 2 radius, cols + 2 radius], mirrored beyond its edges.
  Tensor msi;
  Index rows = 0, cols = 0, radius = 0;

  /// `radius` is half the patch of the network.
  TileSource(const TrainingPair& example, const Normalization& normalization, Index radius);
};

/// Tiles of equal size: P = N * rows * cols pixels, those of each tile in row-major order, tile after tile.
struct TileBatch {
  /// [P, bands]; the target is undefined where the source has none.
  Tensor spectra, target;
  /// [N, msi bands, rows + 2 radius, cols + 2 radius]
  Tensor windows;
};

/// Where a tile is cut: its source and its rectangle there.
struct TilePlace {
  const TileSource* source;
  Rectangle part;
};

/// Cuts tiles. Throws `Error` where the rectangles differ in size or reach outside.
TileBatch cut_tiles(const std::vector<TilePlace>& places);

/// Throws `ConfigError` where a training tile is larger than the image it is to be cut from.
void check_tile(Index side, Index rows, Index cols);

/// `count` tiles of side x side, anywhere in the sources, every place equally likely. Throws as `check_tile`.
std::vector<TilePlace> random_places(const std::vector<TileSource>& sources, Index side, Index count, Rng& rng);

/// An MSI [rows, cols, bands] as planes with a mirrored margin: [bands, part.rows + 2 radius, part.cols + 2 radius]
/// around a part of it.
Tensor planes_with_margin(const Tensor& image, const Rectangle& part, Index radius);

}  // namespace specfuse
