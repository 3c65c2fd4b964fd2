#include "specfuse/networks/tiles.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/msi_detail.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

bool wants(const std::vector<Feed>& feeds, Input input) {
  return std::any_of(feeds.begin(), feeds.end(), [&](const Feed& feed) { return feed.input == input; });
}

/// An image of which only the rectangle `there` is held, in `values` [there.rows, there.cols, bands].
struct HeldPart {
  const Tensor& values;
  Rectangle there;
  Index rows, cols;
};

/// Writes planes [bands, part.rows + 2 radius, part.cols + 2 radius], mirrored beyond the image.
void write_planes(const HeldPart& image, const Rectangle& part, Index radius, float* to) {
  const Index bands = image.values.dim(2);
  for (Index band = 0; band < bands; ++band) {
    for (Index row = part.row - radius; row < part.row + part.rows + radius; ++row) {
      const Index inside = position_within(row, image.rows, Boundary::symmetric) - image.there.row;
      const float* from = image.values.data() + inside * image.there.cols * bands + band;
      for (Index col = part.col - radius; col < part.col + part.cols + radius; ++col) {
        *to++ = from[(position_within(col, image.cols, Boundary::symmetric) - image.there.col) * bands];
      }
    }
  }
}

/// planes [bands, ...] scaled band by band, in place.
void scale_planes(const BandScale& scale, Index bands, Index pixels, float* planes) {
  parallel_for(bands, [&](Index band) {
    float* plane = planes + band * pixels;
    for (Index i = 0; i < pixels; ++i) plane[i] = (plane[i] - scale.low[band]) / scale.span[band];
  });
}

/// What surrounds the pixels of a part, as planes with a margin.
Tensor surroundings(const NetworkScene& scene, const Feed& feed, const Normalization& normalization,
                    const Rectangle& part) {
  const Cube &msi = scene.pair.msi, &hsi = scene.pair.hsi;
  const Index radius = feed.patch / 2, rows = part.rows + 2 * radius, cols = part.cols + 2 * radius;
  const bool stacked = feed.input == Input::stack;
  Tensor planes = Tensor::uninitialized({msi.bands() + (stacked ? hsi.bands() : 0), rows, cols});
  const Rectangle whole{0, 0, msi.rows(), msi.cols()};
  write_planes({msi.values, whole, msi.rows(), msi.cols()}, part, radius, planes.data());
  scale_planes(normalization.msi, msi.bands(), rows * cols, planes.data());
  if (!stacked) return planes;
  const Rectangle there = with_margin(part, radius, msi);
  const Tensor fine = upsample_cubic(hsi, scene.pair.degradation, there).values;
  float* const behind = planes.data() + msi.bands() * rows * cols;
  write_planes({fine, there, msi.rows(), msi.cols()}, part, radius, behind);
  scale_planes(normalization.hsi, hsi.bands(), rows * cols, behind);
  return planes;
}

/// The MSI of each pixel and its detail, scaled: [rows, cols, 2 x msi bands].
Tensor pixel_and_detail(const NetworkScene& scene, const Normalization& normalization, const Rectangle& part) {
  const Cube msi = crop(scene.pair.msi, part), detail = crop(*scene.detail, part);
  const BandScale& scale = normalization.msi;
  const Index bands = msi.bands();
  Tensor values = Tensor::uninitialized({part.rows, part.cols, 2 * bands});
  for (Index p = 0; p < msi.pixels(); ++p) {
    for (Index b = 0; b < bands; ++b) {
      values[p * 2 * bands + b] = (msi.values[p * bands + b] - scale.low[b]) / scale.span[b];
      values[(p * 2 + 1) * bands + b] = detail.values[p * bands + b] / scale.span[b];
    }
  }
  return values;
}

/// What a feed takes from the pixels of a part, scaled.
Tensor image_of(const NetworkScene& scene, const Feed& feed, const Normalization& normalization,
                const Rectangle& part) {
  switch (feed.input) {
    case Input::msi:
    case Input::stack:
      return surroundings(scene, feed, normalization, part);
    case Input::pixel:
      return pixel_and_detail(scene, normalization, part);
    case Input::base:
      return normalization.target.apply(crop(*scene.base, part).values);
    case Input::spectrum:
      break;
  }
  return normalization.hsi.apply(upsample_cubic(scene.pair.hsi, scene.pair.degradation, part).values);
}

/// Copies the rows of a part of image [rows, cols, values] to `to`, one after the other.
void copy_part(const Tensor& image, const Rectangle& part, float* to) {
  const Index cols = image.dim(1), values = image.dim(2);
  for (Index row = 0; row < part.rows; ++row) {
    std::copy_n(image.data() + ((part.row + row) * cols + part.col) * values, part.cols * values,
                to + row * part.cols * values);
  }
}

/// Copies the window of a part and its margin out of planes.
void copy_window(const Tensor& planes, const Rectangle& window, float* to) {
  const Index rows = planes.dim(1), cols = planes.dim(2);
  for (Index plane = 0; plane < planes.dim(0); ++plane) {
    for (Index row = 0; row < window.rows; ++row, to += window.cols) {
      std::copy_n(planes.data() + (plane * rows + window.row + row) * cols + window.col, window.cols, to);
    }
  }
}

/// One tile that is all of its source shares its tensors.
TileBatch whole_source(const TileSource& source) {
  TileBatch batch;
  const Index pixels = source.rows * source.cols;
  for (std::size_t i = 0; i < source.feeds.size(); ++i) {
    const Tensor& image = source.images[i];
    batch.feeds.push_back(source.feeds[i].is_image() ? image.reshape({1, image.dim(0), image.dim(1), image.dim(2)})
                                                     : image.reshape({pixels, image.dim(2)}));
  }
  if (source.target.defined()) batch.target = source.target.reshape({pixels, source.target.dim(2)});
  return batch;
}

}  // namespace

NetworkScene network_scene(const Pair& pair, const std::optional<Cube>& base, const std::vector<Feed>& feeds) {
  NetworkScene scene{pair, base};
  if (wants(feeds, Input::pixel)) scene.detail = msi_detail(pair);
  return scene;
}

TileSource::TileSource(const NetworkScene& scene, const std::vector<Feed>& wanted, const Normalization& normalization,
                       const Rectangle& part)
    : rows(part.rows), cols(part.cols), feeds(wanted) {
  if (scene.base) base = normalization.target.apply(crop(*scene.base, part).values);
  for (const Feed& feed : feeds) images.push_back(image_of(scene, feed, normalization, part));
}

void TileSource::move_to_disk(const std::string& folder) {
  for (Tensor& image : images) image = image.on_disk(folder);
  base = base.on_disk(folder);
  target = target.on_disk(folder);
}

TileBatch cut_tiles(const std::vector<TilePlace>& places) {
  SPECFUSE_CHECK(!places.empty(), "cut_tiles: expected at least one tile");
  const TileSource& first = *places[0].source;
  const Rectangle& like = places[0].part;
  if (places.size() == 1 && like == Rectangle{0, 0, first.rows, first.cols}) return whole_source(first);
  const Index count = static_cast<Index>(places.size()), pixels = like.rows * like.cols;
  TileBatch batch;
  for (std::size_t f = 0; f < first.feeds.size(); ++f) {
    const Tensor& image = first.images[f];
    const Index margin = first.feeds[f].patch - 1;
    batch.feeds.push_back(first.feeds[f].is_image()
                              ? Tensor::uninitialized({count, image.dim(0), like.rows + margin, like.cols + margin})
                              : Tensor::uninitialized({count * pixels, image.dim(2)}));
  }
  if (first.target.defined()) batch.target = Tensor::uninitialized({count * pixels, first.target.dim(2)});
  parallel_for(count, [&](Index i) {
    const auto& [source, part] = places[static_cast<std::size_t>(i)];
    SPECFUSE_CHECK(part.rows == like.rows && part.cols == like.cols && part.row >= 0 && part.col >= 0 &&
                       part.row + part.rows <= source->rows && part.col + part.cols <= source->cols,
                   "cut_tiles: expected ", like.rows, " x ", like.cols, " pixels inside ", source->rows, " x ",
                   source->cols, ", got ", part.text());
    for (std::size_t f = 0; f < batch.feeds.size(); ++f) {
      const Index margin = source->feeds[f].patch - 1;
      float* const to = batch.feeds[f].data() + i * (batch.feeds[f].size() / count);
      if (source->feeds[f].is_image()) {
        copy_window(source->images[f], {part.row, part.col, part.rows + margin, part.cols + margin}, to);
      } else {
        copy_part(source->images[f], part, to);
      }
    }
    if (batch.target.defined()) {
      copy_part(source->target, part, batch.target.data() + i * (batch.target.size() / count));
    }
  });
  return batch;
}

void for_each_tile(Index rows, Index cols, Index side, const std::function<void(const Rectangle& tile)>& visit) {
  const auto tiles_along = [&](Index extent) { return (extent + side - 1) / side; };
  const RankShare share = share_of_rank(tiles_along(rows), this_rank());
  Progress progress((share.end - share.begin) * tiles_along(cols), "tiles");
  for (Index row = share.begin * side; row < std::min(share.end * side, rows); row += side) {
    for (Index col = 0; col < cols; col += side) {
      SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while fusing");
      visit({row, col, std::min(side, rows - row), std::min(side, cols - col)});
      progress.tick();
    }
  }
}

void join_tiles(Index side, Tensor& image) {
  join_shares((image.dim(0) + side - 1) / side, side * image.dim(1) * image.dim(2), image.data(), image.size());
}

void check_tile(Index side, Index rows, Index cols) {
  SPECFUSE_CHECK_AS(ConfigError, side <= rows && side <= cols, "train.tile: expected at most ", std::min(rows, cols),
                    ", the smaller side of the training image, got ", side);
}

std::vector<TilePlace> random_places(const std::vector<TileSource>& sources, Index side, Index count, Rng& rng) {
  Index all = 0;
  for (const TileSource& source : sources) {
    check_tile(side, source.rows, source.cols);
    all += (source.rows - side + 1) * (source.cols - side + 1);
  }
  std::vector<TilePlace> places;
  for (Index i = 0; i < count; ++i) {
    Index choice = rng.below(all);
    for (const TileSource& source : sources) {
      const Index across = source.cols - side + 1, here = (source.rows - side + 1) * across;
      if (choice < here) {
        places.push_back({&source, {choice / across, choice % across, side, side}});
        break;
      }
      choice -= here;
    }
  }
  return places;
}

}  // namespace specfuse
