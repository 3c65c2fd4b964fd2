#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "specfuse/imaging/common_grid.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/training_data.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/io/image_on_disk.h"

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
  /// Whether the reference lies on the grid of the msi, as its attribute `grid` then says ("msi"); otherwise on that of
  /// the hsi.
  bool reference_on_msi = false;
  /// By how many fine pixels, down and to the right, the pixels of the hsi lie beside whole ones of the msi.
  std::array<double, 2> beside{};
};

/// What a pair's file does not say.
struct PairSource {
  /// As that of `SceneSource`, of each image.
  NoData no_data{};
  /// As that of `SceneSource`, of the hsi and the reference.
  std::function<void(Cube& image)> describe_hsi{};
};

/// Two images of one place of which parts are read when they are wanted, brought together as `join_images` does.
class PairOnDisk {
 public:
  /// Of a pair file. Throws as `read_pair` does, except for what only the values tell.
  explicit PairOnDisk(const std::string& path, const PairSource& source = {});
  /// Of two images. Throws as `join_images`.
  PairOnDisk(std::unique_ptr<ImageOnDisk> hsi, std::unique_ptr<ImageOnDisk> msi, const std::string& source);

  /// Of the hsi, as far as it is used.
  Index rows() const { return grid_.hsi.rows; }
  Index cols() const { return grid_.hsi.cols; }
  Index bands() const { return hsi_->bands(); }
  Index msi_bands() const { return msi_->bands(); }
  Index ratio() const { return grid_.ratio; }
  bool has_reference() const { return reference_ != nullptr; }
  bool reference_on_msi() const { return reference_on_msi_; }
  const std::array<double, 2>& beside() const { return grid_.beside; }
  /// As stored; undefined where the file has none.
  const Tensor& srf() const { return srf_; }
  /// What is done to images on grids of their own.
  const std::string& grids() const { return grids_; }

  /// Parts with wavelengths and attributes, georeferences moved with them, in pixels of the pair. Without data in any
  /// pixel their values are 0. Throws `DataError` where a value is not finite.
  Cube read_hsi(const Rectangle& part) const;
  Cube read_msi(const Rectangle& part) const;
  Cube read_reference(const Rectangle& part) const;

 private:
  void join(const std::string& source);

  std::unique_ptr<ImageOnDisk> hsi_, msi_, reference_;
  CommonGrid grid_;
  bool reference_on_msi_ = false;
  std::string grids_;
  FileNotes hsi_notes_, msi_notes_;
  /// Of one image, for the other one that does not say it; of the hsi, for the msi where that is resampled.
  std::optional<AttributeValue> projection_, geotransform_;
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
PairFile read_pair(const std::string& path, const PairSource& source = {});

/// Writes the same; attributes of the file are those of hsi. Throws `Error` with the path and the reason.
void write_pair(const std::string& path, const PairFile& pair);

/// A pair as methods see it, for programs of others: the same file without a reference, and /psf [size, size].
void write_pair(const std::string& path, const Pair& pair);

/// What methods learn from, for programs of others: the same datasets for each pair in a group of its own, /train/0,
/// /train/1 ... and /validation/0 ..., each with its answer as `reference` and its own attribute `ratio`.
void write_training_data(const std::string& path, const TrainingData& data);

}  // namespace specfuse
