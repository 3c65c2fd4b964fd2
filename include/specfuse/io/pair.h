#pragma once

#include <optional>
#include <string>

#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/training_data.h"
#include "specfuse/io/hdf5.h"

namespace specfuse {

/// What a pair file holds: two images of one place.
struct PairFile {
  /// [rows, cols, bands]
  Cube hsi;
  /// [rows * ratio, cols * ratio, msi bands]
  Cube msi;
  /// Edge of an hsi pixel in msi pixels, at least 2.
  Index ratio = 0;
  /// [rows * ratio, cols * ratio, bands]
  std::optional<Cube> reference;
  /// [msi bands, bands] as stored; undefined where the file has none.
  Tensor srf;
  /// What was done to images on grids of their own; see `bring_together`.
  std::string grids{};
};

/// A pair file of which parts are read when they are wanted. Its images lie on one grid.
class PairOnDisk {
 public:
  /// Throws as `read_pair` does, except for what only the values tell, and on a geotransform of /msi that does not lie
  /// on that of /hsi.
  explicit PairOnDisk(const std::string& path, const NoData& no_data = {});

  const std::string& path() const { return file_.path(); }
  /// Of the hsi.
  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  Index bands() const { return bands_; }
  Index msi_bands() const { return msi_bands_; }
  Index ratio() const { return ratio_; }
  bool has_reference() const { return file_.has("/reference"); }
  /// As stored; undefined where the file has none.
  const Tensor& srf() const { return srf_; }

  /// Parts with wavelengths and attributes, georeferences moved with them, in pixels of the image. Without data in any
  /// pixel their values are 0. Throws `DataError` where a value is not finite.
  Cube read_hsi(const Rectangle& part) const;
  Cube read_msi(const Rectangle& part) const;
  Cube read_reference(const Rectangle& part) const;

 private:
  Hdf5Reader file_;
  NoData no_data_;
  Index rows_ = 0, cols_ = 0, bands_ = 0, msi_bands_ = 0, ratio_ = 0;
  Tensor srf_;
};

/// Two images of one place as a pair. Where both have a geotransform they are cut to their common part and the msi is
/// resampled once, unless the grids meet (imaging/common_grid.h); else the sizes have to have one whole ratio. Throws
/// `DataError` naming `source` where neither is possible, and where both have a projection and it is not the same.
PairFile join_images(const Cube& hsi, const Cube& msi, const std::string& source);

/// Reads /hsi, /msi and, where present, /reference, /srf, /wavelength_nm (of hsi and reference), /msi_wavelength_nm
/// and the attribute `ratio`, and joins the images; a geotransform of the file is that of hsi. Throws `DataError` for
/// all that `read_scene` and `join_images` refuse, for sizes that contradict each other or the ratio, and for a
/// reference of images that had to be cut or resampled.
PairFile read_pair(const std::string& path, const NoData& no_data = {});

/// Writes the same; attributes of the file are those of hsi. Throws `Error` with the path and the reason.
void write_pair(const std::string& path, const PairFile& pair);

/// A pair as methods see it, for programs of others: the same file without a reference, and /psf [size, size].
void write_pair(const std::string& path, const Pair& pair);

/// What methods learn from, for programs of others: the same datasets for each pair in a group of its own, /train/0,
/// /train/1 ... and /validation/0 ..., each with its answer as `reference` and its own attribute `ratio`.
void write_training_data(const std::string& path, const TrainingData& data);

}  // namespace specfuse
