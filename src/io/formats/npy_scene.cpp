#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>

#include "io/reorder.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/io/scene.h"

namespace specfuse {
namespace {

/// "A simple file format for NumPy arrays", NumPy Enhancement Proposal 1: magic, version, length of the header, and
/// the header, a Python dictionary.
constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLongestHeader = 1 << 16;

struct Header {
  char order = '<', kind = 'f';
  std::size_t bytes = 0;
  bool fortran = false;
  std::vector<Index> shape;
  std::size_t begin = 0;
};

bool recognises(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, kMagic.size()> bytes{};
  return file.read(bytes.data(), bytes.size()) && std::equal(bytes.begin(), bytes.end(), kMagic.begin());
}

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
  header.order = type[1];
  header.kind = type[2];
  header.bytes = static_cast<std::size_t>(std::atoi(std::string(type.substr(3, 2)).c_str()));
  const bool known =
      (header.kind == 'f' && (header.bytes == 4 || header.bytes == 8)) ||
      ((header.kind == 'i' || header.kind == 'u') && std::has_single_bit(header.bytes) && header.bytes <= 8);
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

template <class Number>
void convert(const char* from, bool swapped, float* to, Index count) {
  parallel_ranges(count, 1 << 16, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      std::array<char, sizeof(Number)> bytes;
      std::memcpy(bytes.data(), from + i * static_cast<Index>(sizeof(Number)), sizeof(Number));
      if (swapped) std::reverse(bytes.begin(), bytes.end());
      to[i] = static_cast<float>(std::bit_cast<Number>(bytes));
    }
  });
}

using Conversion = void (*)(const char*, bool, float*, Index);

Conversion conversion_of(const Header& header) {
  if (header.kind == 'f') return header.bytes == 4 ? convert<float> : convert<double>;
  const bool sign = header.kind == 'i';
  if (header.bytes == 1) return sign ? convert<std::int8_t> : convert<std::uint8_t>;
  if (header.bytes == 2) return sign ? convert<std::int16_t> : convert<std::uint16_t>;
  if (header.bytes == 4) return sign ? convert<std::int32_t> : convert<std::uint32_t>;
  return sign ? convert<std::int64_t> : convert<std::uint64_t>;
}

Cube read(const std::string& path, const std::string&) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0));
  std::string bytes(std::min<std::size_t>(size, kLongestHeader), '\0');
  SPECFUSE_CHECK_AS(DataError, file.seekg(0) && file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())),
                    "cannot read ", path, ": ", std::strerror(errno));
  const Header header = parse_header(bytes, path);
  std::size_t expected = header.bytes;
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
  const bool swapped = (header.order == '>') == (std::endian::native == std::endian::little);
  conversion_of(header)(bytes.data(), swapped && header.bytes > 1, cube.values.data(), cube.values.size());
  if (header.fortran) cube.values = in_order(cube.values, "bcr");
  return cube;
}

}  // namespace

SceneFormat npy_scene_format() {
  return {"npy", "NumPy array of three dimensions, or two of one band (`.npy`)", recognises, read};
}

}  // namespace specfuse
