#pragma once

#include <optional>
#include <string>

#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/training_data.h"

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
};

/// Reads /hsi, /msi and, where present, /reference, /srf, /wavelength_nm (of hsi and reference), /msi_wavelength_nm
/// and the attribute `ratio`, which otherwise follows from the sizes. Throws `DataError` for all that `read_scene`
/// refuses and for sizes that contradict each other or the ratio.
PairFile read_pair(const std::string& path, const NoData& no_data = {});

/// Writes the same; attributes of the file are those of hsi. Throws `Error` with the path and the reason.
void write_pair(const std::string& path, const PairFile& pair);

/// A pair as methods see it, for programs of others: the same file without a reference, and /psf [size, size].
void write_pair(const std::string& path, const Pair& pair);

/// What methods learn from, for programs of others: the same datasets for each pair in a group of its own, /train/0,
/// /train/1 ... and /validation/0 ..., each with its answer as `reference` and its own attribute `ratio`.
void write_training_data(const std::string& path, const TrainingData& data);

}  // namespace specfuse
