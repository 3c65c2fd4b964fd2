#include "io/hdf5_image.h"

#include <array>
#include <fstream>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Format signature of the superblock, which stands at 0, 512, 1024 and so on, doubling (HDF5 File Format
/// Specification 3.0, section II.A).
constexpr std::array<char, 8> kSignature = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
constexpr std::streamoff kFirstOffset = 512;

}  // namespace

bool is_hdf5(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, kSignature.size()> bytes{};
  for (std::streamoff at = 0; file.seekg(at) && file.read(bytes.data(), bytes.size());
       at = at > 0 ? 2 * at : kFirstOffset) {
    if (bytes == kSignature) return true;
  }
  return false;
}

Hdf5Image::Hdf5Image(const std::string& path, const CubeDataset& names) : file_(path), names_(names) {
  std::vector<Index> extents = file_.shape(names.values);
  if (extents.size() == 2) extents.push_back(1);
  if (extents.size() != 3) file_.read(names.values, 3);  // throws
  shape_ = {extents[0], extents[1], extents[2]};
  SPECFUSE_CHECK_AS(DataError, shape_.size() > 0, path, ": ", names.values, " is empty: its shape is ", shape_.text());
}

Cube Hdf5Image::read(const Rectangle& part) const {
  Cube cube = read_description(file_, names_);
  cube.values = file_.read_part(names_.values, {part.row, part.col}, {part.rows, part.cols});
  return cube;
}

}  // namespace specfuse
