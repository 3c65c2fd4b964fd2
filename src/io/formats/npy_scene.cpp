#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "io/reorder.h"
#include "io/stored_numbers.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"

namespace specfuse {
namespace {

/// "A simple file format for NumPy arrays", NumPy Enhancement Proposal 1: magic, version, length of the header, and
/// the header, a Python dictionary.
constexpr std::string_view kNpyMagic = "\x93NUMPY";
constexpr std::size_t kLongestHeader = 1 << 16;

struct Header {
  NumberType type;
  bool fortran = false;
  std::vector<Index> shape;
  std::size_t begin = 0;
};

bool is_npy(const std::string& path) { return begins_with(path, kNpyMagic); }

/// What stands behind a key of the header, up to the end.
std::string_view behind(std::string_view header, std::string_view key, const std::string& path) {
  const std::size_t at = header.find(key), colon = header.find(':', at);
  SPECFUSE_CHECK_AS(DataError, at != header.npos && colon != header.npos, path, ": expected ", key,
                    " in the header of the array");
  const std::size_t value = header.find_first_not_of(' ', colon + 1);
  return header.substr(std::min(value, header.size()));
}

Header parse_header(const std::string& bytes, const std::string& path) {
  const auto number = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])); };
  SPECFUSE_CHECK_AS(DataError, bytes.size() >= 12, path, ": expected a NumPy array, got ", bytes.size(), " bytes");
  const bool old = number(6) == 1;
  std::size_t length = number(8) + (number(9) << 8);
  if (!old) length += (number(10) << 16) + (number(11) << 24);
  Header header;
  const std::size_t start = old ? 10 : 12;
  header.begin = start + length;
  SPECFUSE_CHECK_AS(DataError, header.begin <= bytes.size(), path, ": cut off in the header of the array");
  const std::string_view text = std::string_view(bytes).substr(start, length);
  const std::string_view type = behind(text, "'descr'", path);
  SPECFUSE_CHECK_AS(DataError, type.size() > 4 && type[0] == '\'', path,
                    ": expected an array of integers or floats, got ", type.substr(0, 20));
  const char kind = type[2];
  const auto size = static_cast<std::size_t>(std::atoi(std::string(type.substr(3, 2)).c_str()));
  const bool swapped = (type[1] == '>') == (std::endian::native == std::endian::little);
  header.type = {kind, size, swapped && size > 1};
  const bool known = (kind == 'f' && (size == 4 || size == 8)) ||
                     ((kind == 'i' || kind == 'u') && std::has_single_bit(size) && size <= 8);
  SPECFUSE_CHECK_AS(DataError, known, path, ": expected an array of integers or of floats of 4 or 8 bytes, got ",
                    type.substr(1, type.find('\'', 1) - 1));
  header.fortran = behind(text, "'fortran_order'", path).starts_with("True");
  const std::string_view shape = behind(text, "'shape'", path);
  std::istringstream numbers{std::string(shape.substr(1, shape.find(')') - 1))};
  for (std::string part; std::getline(numbers, part, ',');) {
    if (part.find_first_of("0123456789") != part.npos) header.shape.push_back(std::atoll(part.c_str()));
  }
  SPECFUSE_CHECK_AS(DataError, header.shape.size() == 2 || header.shape.size() == 3, path,
                    ": expected an array of three dimensions, or two of one band, got ", header.shape.size());
  if (header.shape.size() == 2) header.shape.push_back(1);
  return header;
}

Cube read_npy(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0));
  std::string bytes(std::min<std::size_t>(size, kLongestHeader), '\0');
  SPECFUSE_CHECK_AS(DataError, file.seekg(0) && file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())),
                    "cannot read ", path, ": ", std::strerror(errno));
  const Header header = parse_header(bytes, path);
  std::size_t expected = header.type.bytes;
  for (const Index extent : header.shape) {
    const bool fits = extent >= 1 && static_cast<std::size_t>(extent) <= size / expected;
    SPECFUSE_CHECK_AS(DataError, fits, path, ": expected as many values as its shape says, got ", size, " bytes");
    expected *= static_cast<std::size_t>(extent);
  }
  SPECFUSE_CHECK_AS(DataError, expected == size - header.begin, path, ": expected ", expected, " bytes of values, got ",
                    size - header.begin);
  bytes.resize(expected);
  SPECFUSE_CHECK_AS(DataError,
                    file.seekg(static_cast<std::streamoff>(header.begin)) &&
                        file.read(bytes.data(), static_cast<std::streamsize>(expected)),
                    "cannot read ", path, ": ", std::strerror(errno));
  std::vector<Index> shape = header.shape;
  if (header.fortran) std::reverse(shape.begin(), shape.end());
  Cube cube;
  cube.values = Tensor::uninitialized({shape[0], shape[1], shape[2]});
  read_numbers(bytes.data(), header.type, cube.values.data(), cube.values.size());
  if (header.fortran) cube.values = in_order(cube.values, "bcr");
  return cube;
}

ImagePtr open_npy(const std::string& path, const std::string&) { return in_memory(read_npy(path)); }

}  // namespace

SceneFormat npy_scene_format() {
  return {"npy", "NumPy array of three dimensions, or two of one band (`.npy`)", is_npy, open_npy};
}

}  // namespace specfuse
