#include "specfuse/core/rng.h"

#include <cmath>
#include <cstdio>
#include <numbers>

namespace specfuse {
namespace {

using Word = std::uint32_t;

std::array<Word, 4> philox(std::array<Word, 4> counter, std::array<Word, 2> key) {
  constexpr std::uint64_t kMultiply0 = 0xD2511F53, kMultiply1 = 0xCD9E8D57;
  constexpr Word kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiply0 * counter[0], product1 = kMultiply1 * counter[2];
    counter = {static_cast<Word>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<Word>(product1),
               static_cast<Word>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<Word>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

}  // namespace

std::uint32_t Rng::next() {
  const std::uint64_t block = position_ / 4;
  if (block != cached_block_) {
    block_ = philox({static_cast<Word>(block), static_cast<Word>(block >> 32), static_cast<Word>(stream_),
                     static_cast<Word>(stream_ >> 32)},
                    {static_cast<Word>(seed_), static_cast<Word>(seed_ >> 32)});
    cached_block_ = block;
  }
  return block_[position_++ % 4];
}

float Rng::uniform() { return static_cast<float>(next() >> 8) * 0x1p-24f; }

std::int64_t Rng::below(std::int64_t count) {
  return static_cast<std::int64_t>((std::uint64_t{next()} * static_cast<std::uint64_t>(count)) >> 32);
}

float Rng::normal() {
  const double radius = std::sqrt(-2.0 * std::log((next() + 0.5) * 0x1p-32));
  const double angle = 2.0 * std::numbers::pi * (next() * 0x1p-32);
  return static_cast<float>(radius * std::cos(angle));
}

void Rng::seek(std::uint64_t position) { position_ = position; }

std::uint64_t hash_of(const char* text, std::size_t length, std::uint64_t before) {
  std::uint64_t hash = before;
  for (std::size_t i = 0; i < length; ++i) hash = (hash ^ static_cast<unsigned char>(text[i])) * 0x100000001B3u;
  return hash;
}

std::string hex_digits(std::uint64_t hash) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

std::string hex_hash(const void* bytes, std::size_t length) {
  return hex_digits(hash_of(static_cast<const char*>(bytes), length));
}

}  // namespace specfuse
