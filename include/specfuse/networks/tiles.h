#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "specfuse/core/rng.h"
#include "specfuse/networks/normalization.h"
#include "specfuse/networks/plan.h"

namespace specfuse {

/// What tiles are cut from: a pair, the base estimate of its fused image where the network wants one, and the detail of
/// its MSI beyond the HSI's resolution where it wants that.
struct NetworkScene {
  Pair pair;
  std::optional<Cube> base{}, detail{};
};

/// A scene with what these feeds want of it. `base` is undefined where there is none.
NetworkScene network_scene(const Pair& pair, const std::optional<Cube>& base, const std::vector<Feed>& feeds);

/// The scaled images of a part of a scene that a network is fed with, ready to be cut into tiles.
struct TileSource {
  Index rows = 0, cols = 0;
  std::vector<Feed> feeds;
  /// For each feed [rows, cols, values], or planes [values, rows + patch - 1, cols + patch - 1] of neighbourhoods.
  std::vector<Tensor> images;
  /// The base estimate, and what the network is to make [rows, cols, bands]; undefined where there is none.
  Tensor base, target;

  /// Of the pixels of `part`; neighbourhoods reach beyond it, and are mirrored beyond the image.
  TileSource(const NetworkScene& scene, const std::vector<Feed>& feeds, const Normalization& normalization,
             const Rectangle& part);
  /// Leaves all values in files of a folder; see `copy_on_disk`.
  void move_to_disk(const std::string& folder);
};

/// Tiles of equal size: P = N * rows * cols pixels, those of each tile in row-major order, tile after tile.
struct TileBatch {
  /// For each feed [P, values], or windows [N, values, rows + patch - 1, cols + patch - 1].
  std::vector<Tensor> feeds;
  /// [P, bands]; undefined where the source has none.
  Tensor target;
};

/// Where a tile is cut: its source and its rectangle there.
struct TilePlace {
  const TileSource* source;
  Rectangle part;
};

/// Cuts tiles. Throws `Error` where the rectangles differ in size or reach outside.
TileBatch cut_tiles(const std::vector<TilePlace>& places);

/// Calls `visit` for the tiles of side x side pixels, or what there is of one, of an image of rows x cols, and shows
/// progress; ranks share out the rows of tiles. Throws `Interrupted` when the user asked to stop.
void for_each_tile(Index rows, Index cols, Index side, const std::function<void(const Rectangle& tile)>& visit);

/// Brings an image [rows, cols, values] together whose tiles lie with the ranks.
void join_tiles(Index side, Tensor& image);

/// Throws `ConfigError` where a training tile is larger than the image it is to be cut from.
void check_tile(Index side, Index rows, Index cols);

/// `count` tiles of side x side, anywhere in the sources, every place equally likely. Throws as `check_tile`.
std::vector<TilePlace> random_places(const std::vector<TileSource>& sources, Index side, Index count, Rng& rng);

}  // namespace specfuse
