#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "specfuse/io/file.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

/// Reads an HDF5 file, in one thread at a time. Every failure is a `DataError` of one line: file, dataset, and the
/// library's own reason. External links, external storage and virtual datasets are refused: a scene is one file.
class Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::string& path);
  /// From the bytes of such a file; errors call it `name`.
  Hdf5Reader(std::span<const unsigned char> bytes, const std::string& name);
  ~Hdf5Reader();
  Hdf5Reader(const Hdf5Reader&) = delete;
  Hdf5Reader& operator=(const Hdf5Reader&) = delete;

  const std::string& path() const { return path_; }
  /// Of the whole file, in bytes.
  std::uint64_t size() const { return size_; }
  /// Full names of all datasets, such as "/model/hsi.conv1.weight", sorted. Links are not followed.
  std::vector<std::string> datasets() const;
  /// Whether a link of this name is there, be it to a dataset or not.
  bool has(const std::string& name) const;

  std::vector<Index> shape(const std::string& dataset) const;
  /// A dataset of any integer or float type, converted to float32; at most five dimensions, none empty, and no more
  /// than the machine's memory. Values may be NaN.
  Tensor read(const std::string& dataset) const;
  /// The same, with the number of dimensions that is expected.
  Tensor read(const std::string& dataset, int rank) const;
  /// A part of a dataset of three dimensions: [row, row + rows) of the first, [col, col + cols) of the second, and all
  /// of the third; of one of two dimensions as if it had a third of length 1.
  Tensor read_part(const std::string& dataset, const std::array<Index, 2>& first,
                   const std::array<Index, 2>& count) const;
  /// Any part: of each dimension `count` from `first` on.
  Tensor read_block(const std::string& dataset, const std::vector<Index>& first, const std::vector<Index>& count) const;
  /// The fill value of a dataset, where its file has one.
  std::optional<double> fill_value(const std::string& dataset) const;
  /// A dataset of one dimension, or of others of length 1 beside it, in double precision.
  std::vector<double> read_doubles(const std::string& dataset) const;

  /// Attributes of a dataset or group ("/" for the file itself) that hold one text each; others are passed over.
  std::map<std::string, std::string> texts(const std::string& object) const;
  /// Attributes of one dimension at most that hold numbers; others are passed over.
  std::map<std::string, std::vector<double>> numbers(const std::string& object) const;
  /// Attributes that hold one unsigned integer each; others are passed over.
  std::map<std::string, std::uint64_t> integers(const std::string& object) const;
  /// A numeric attribute of one value; none where there is no attribute of this name.
  std::optional<double> number(const std::string& object, const std::string& attribute) const;

 private:
  std::string path_;
  std::uint64_t size_;
  std::int64_t file_;
};

/// Writes an HDF5 file, in one thread at a time: it appears under its name only when whole. Every failure is an `Error`
/// of one line with the path and the reason; then neither file nor temporary is left.
class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::string& path);
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  /// A float32 dataset under its full name, creating groups on the way. The values are not copied: they must not change
  /// before `finish`.
  void write(const std::string& dataset, const Tensor& values);
  void write(const std::string& dataset, const std::vector<double>& values);
  /// As many integers of 16 bits, not copied either; read again, they are floats.
  void write(const std::string& dataset, const Shape& shape, const std::shared_ptr<const std::int16_t[]>& values);
  /// An image [rows, cols, bands] as a float32 dataset in chunks of some pixels with all bands, shuffled and deflated:
  /// about half the size. The values are free to change afterwards.
  void write_packed(const std::string& dataset, const Tensor& image);
  /// Room for such an image [rows, cols, bands], whose parts are written one after the other.
  void create_packed(const std::string& dataset, const Shape& image);
  /// Rows and columns of its chunks.
  static std::array<Index, 2> chunk_of(const Shape& image);
  /// Writes a part [rows, cols, bands] from this pixel on. It begins at the corner of a chunk, and ends at one or at
  /// the end of the image. The values go to disk at once, and no memory is held for them.
  void write_part(const std::string& dataset, Index row, Index col, const Tensor& part);
  void create_group(const std::string& group);
  /// One value as an attribute of an object that has been written; "/" is the file itself.
  void attribute(const std::string& object, const std::string& name, const std::string& text);
  void attribute(const std::string& object, const std::string& name, double number);
  void attribute(const std::string& object, const std::string& name, std::uint64_t number);
  void attribute(const std::string& object, const std::string& name, const std::vector<double>& numbers);
  /// Makes the file appear under its name. Nothing is written after it.
  void finish();

 private:
  /// The values of a dataset and where they belong in the file; none where they have been written already.
  struct Part {
    std::uint64_t offset;
    std::shared_ptr<const void> values;
    std::size_t bytes;
  };

  AtomicFile target_;
  /// Descriptor of a file in memory with all but the values, and the library's handle of it.
  int frame_;
  std::int64_t file_ = -1;
  std::vector<Part> parts_;
  /// What there is room for, to be packed.
  std::map<std::string, Shape> packed_;
};

}  // namespace specfuse
