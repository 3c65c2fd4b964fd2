#include "specfuse/networks/tiles.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/upsample.h"

namespace specfuse {
namespace {

/// Copies the rows of a part of image [rows, cols, bands] to `to`, one after the other.
void copy_part(const Tensor& image, const Rectangle& part, float* to) {
  const Index cols = image.dim(1), bands = image.dim(2);
  for (Index row = 0; row < part.rows; ++row) {
    std::copy_n(image.data() + ((part.row + row) * cols + part.col) * bands, part.cols * bands,
                to + row * part.cols * bands);
  }
}

/// Copies the window around a part out of planes with a margin.
void copy_window(const TileSource& source, const Rectangle& part, float* to) {
  const Index height = part.rows + 2 * source.radius, width = part.cols + 2 * source.radius;
  const Index plane_rows = source.msi.dim(1), plane_cols = source.msi.dim(2);
  for (Index band = 0; band < source.msi.dim(0); ++band) {
    for (Index row = 0; row < height; ++row, to += width) {
      std::copy_n(source.msi.data() + (band * plane_rows + part.row + row) * plane_cols + part.col, width, to);
    }
  }
}

}  // namespace

Tensor planes_with_margin(const Tensor& image, const Rectangle& part, Index radius) {
  const Index rows = image.dim(0), cols = image.dim(1), bands = image.dim(2);
  Tensor planes = Tensor::uninitialized({bands, part.rows + 2 * radius, part.cols + 2 * radius});
  float* to = planes.data();
  for (Index band = 0; band < bands; ++band) {
    for (Index row = part.row - radius; row < part.row + part.rows + radius; ++row) {
      const float* from = image.data() + position_within(row, rows, Boundary::symmetric) * cols * bands + band;
      for (Index col = part.col - radius; col < part.col + part.cols + radius; ++col) {
        *to++ = from[position_within(col, cols, Boundary::symmetric) * bands];
      }
    }
  }
  return planes;
}

TileSource::TileSource(const TrainingPair& example, const Normalization& normalization, Index patch_radius)
    : rows(example.input.msi.rows()), cols(example.input.msi.cols()), radius(patch_radius) {
  spectra = normalization.hsi.apply(upsample_cubic(example.input.hsi, example.input.degradation.ratio).values);
  target = normalization.target.apply(example.target.values);
  msi = planes_with_margin(normalization.msi.apply(example.input.msi.values), {0, 0, rows, cols}, radius);
}

TileBatch cut_tiles(const std::vector<TilePlace>& places) {
  SPECFUSE_CHECK(!places.empty(), "cut_tiles: expected at least one tile");
  const TileSource& first = *places[0].source;
  const Rectangle& like = places[0].part;
  const Index count = static_cast<Index>(places.size()), pixels = like.rows * like.cols;
  const Index bands = first.spectra.dim(2), msi_bands = first.msi.dim(0);
  TileBatch batch;
  batch.spectra = Tensor::uninitialized({count * pixels, bands});
  batch.target = Tensor::uninitialized({count * pixels, bands});
  batch.windows = Tensor::uninitialized({count, msi_bands, like.rows + 2 * first.radius, like.cols + 2 * first.radius});
  const Index window = batch.windows.size() / count;
  parallel_for(count, [&](Index i) {
    const auto& [source, part] = places[static_cast<std::size_t>(i)];
    SPECFUSE_CHECK(part.rows == like.rows && part.cols == like.cols && part.row >= 0 && part.col >= 0 &&
                       part.row + part.rows <= source->rows && part.col + part.cols <= source->cols,
                   "cut_tiles: expected ", like.rows, " x ", like.cols, " pixels inside ", source->rows, " x ",
                   source->cols, ", got ", part.text());
    copy_part(source->spectra, part, batch.spectra.data() + i * pixels * bands);
    copy_part(source->target, part, batch.target.data() + i * pixels * bands);
    copy_window(*source, part, batch.windows.data() + i * window);
  });
  return batch;
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
