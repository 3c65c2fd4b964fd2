#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace specfuse {

/// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
/// The n-th number of a (seed, stream) depends on nothing else, so streams can be drawn in any order and on any
/// thread, and a generator is resumed by its position.
class Rng {
 public:
  /// Streams of one seed are independent of each other; name them by purpose with `stream_of`.
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  /// Uniform 32-bit integer.
  std::uint32_t next();
  /// Uniform in [0, 1), 24 bits.
  float uniform();
  /// Uniform in [low, high).
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  /// Uniform in 0 ... count - 1; count in 1 ... 2^32.
  std::int64_t below(std::int64_t count);
  /// Standard normal (Box-Muller on two 32-bit numbers, computed in double).
  float normal();

  /// How many 32-bit numbers have been drawn; `seek` continues from there.
  std::uint64_t position() const { return position_; }
  void seek(std::uint64_t position);

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t position_ = 0;
  std::uint64_t cached_block_ = ~std::uint64_t{0};
  std::array<std::uint32_t, 4> block_{};
};

/// 64-bit FNV-1a hash of a text: stream names, configuration hashes. Of a text in parts, each is given the
/// hash of those before it.
inline constexpr std::uint64_t kHashOfNothing = 0xCBF29CE484222325u;
std::uint64_t hash_of(const char* text, std::size_t length, std::uint64_t before = kHashOfNothing);

/// A hash as 16 hexadecimal digits.
std::string hex_digits(std::uint64_t hash);
std::string hex_hash(const void* bytes, std::size_t length);

/// A stream number from a purpose, such as `stream_of("noise.hsi")`.
template <class Text>
std::uint64_t stream_of(const Text& purpose) {
  const std::string_view view(purpose);
  return hash_of(view.data(), view.size());
}

}  // namespace specfuse
