#include "io/stored_numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

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

auto conversion_of(const NumberType& type) {
  if (type.kind == 'f') return type.bytes == 4 ? convert<float> : convert<double>;
  const bool sign = type.kind == 'i';
  if (type.bytes == 1) return sign ? convert<std::int8_t> : convert<std::uint8_t>;
  if (type.bytes == 2) return sign ? convert<std::int16_t> : convert<std::uint16_t>;
  if (type.bytes == 4) return sign ? convert<std::int32_t> : convert<std::uint32_t>;
  return sign ? convert<std::int64_t> : convert<std::uint64_t>;
}

}  // namespace

void read_numbers(const void* from, const NumberType& type, float* to, Index count) {
  conversion_of(type)(static_cast<const char*>(from), type.swapped, to, count);
}

}  // namespace specfuse
