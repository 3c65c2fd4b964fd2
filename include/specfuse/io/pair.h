#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "specfuse/imaging/image.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/training_data.h"
#include "specfuse/io/open_beside.h"

namespace specfuse {

/// Two images of one place, as a pair uses them.
struct PairImages {
  /// [rows, cols, bands]
  ImagePtr hsi;
  /// [rows * ratio, cols * ratio, msi bands]
  ImagePtr msi;
  /// Edge of an hsi pixel in msi pixels, at least 2.
  Index ratio = 0;
  /// [rows * ratio, cols * ratio, bands]; null: there is none.
  ImagePtr reference{};
  /// [msi bands, bands] as stored; undefined where the file has none.
  Tensor srf{};
  /// What was done to bring the msi onto the projection of the hsi, and what is done to images on grids of their own
  /// (see `grid_text`).
  std::string grids{};
  /// Whether the reference lies on the grid of the msi, by its attribute `grid` ("msi"); otherwise on that of
  /// the hsi.
  bool reference_on_msi = false;
  /// By how many fine pixels, down and to the right, the pixels of the hsi lie beside whole ones of the msi.
  std::array<double, 2> beside{};
};

/// What is missing in a pair's file.
struct PairSource {
  /// As that of `SceneSource`, of each image.
  NoData no_data{};
  /// As that of `SceneSource`, of the hsi and the reference.
  std::function<void(Cube& image)> describe_hsi{};
  /// How the msi is turned, and a reference on its grid; see `oriented`.
  std::string orientation{};
};

/// Two images of one place as a pair. Where both have a geotransform they are cut to their common part and the msi is
/// resampled once, unless the grids meet (imaging/common_grid.h); else the sizes have to have one whole ratio. Throws
/// `DataError` naming `source` where neither is possible, and where both have a projection and it is not the same.
PairImages join_images(ImagePtr hsi, BesideImage msi, const std::string& source);

/// Opens /hsi, /msi and, where present, /reference, /srf, /wavelength_nm (of hsi and reference), /msi_wavelength_nm
/// and the attribute `ratio`, and joins the images; a geotransform of the file is that of hsi. Throws `DataError` for
/// all that `open_image` and `join_images` refuse, for sizes that contradict each other or the ratio, and for a
/// reference of images that have to be cut or resampled.
PairImages open_pair(const std::string& path, const PairSource& source = {});

/// Writes what `open_pair` opens, with /psf [size, size] where it is known; attributes of the file are those of hsi.
/// Null: without a reference. Throws `Error` with the path and the reason.
void write_pair(const std::string& path, const Pair& pair, const Cube* reference = nullptr);

/// What methods learn from, for programs of others: the same datasets for each pair in a group of its own, /train/0,
/// /train/1 ... and /validation/0 ..., each with its answer as `reference` and its own attribute `ratio`.
void write_training_data(const std::string& path, const TrainingData& data);

}  // namespace specfuse
