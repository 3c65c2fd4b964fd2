#include "specfuse/io/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Bytes that are judged together.
constexpr std::size_t kPart = std::size_t{1} << 16;
/// From so many bits a byte on, noise: 2^16 random bytes have 7.997. Most time would be spent there, and nothing
/// gained.
constexpr double kNoise = 7.99;

/// The mean of -log2 of how frequent each byte is.
double bits_a_byte(std::span<const unsigned char> bytes) {
  std::array<std::size_t, 256> counts{};
  for (const unsigned char byte : bytes) ++counts[byte];
  const auto all = static_cast<double>(bytes.size());
  double bits = 0;
  for (const std::size_t count : counts) {
    const double share = static_cast<double>(count) / all;
    if (count > 0) bits -= share * std::log2(share);
  }
  return bits;
}

/// A zlib stream in the making.
class Stream {
 public:
  explicit Stream(std::size_t bytes) {
    const int status = deflateInit(&stream_, Z_BEST_SPEED);
    SPECFUSE_CHECK(status == Z_OK, "cannot deflate: ", zError(status));
    // Each change of how it is packed ends a block.
    constexpr std::size_t kEndOfBlock = 32;
    packed_.resize(deflateBound(&stream_, static_cast<uLong>(bytes)) + kEndOfBlock * (bytes / kPart + 2));
    stream_.next_out = reinterpret_cast<Bytef*>(packed_.data());
    stream_.avail_out = static_cast<uInt>(packed_.size());
  }
  ~Stream() { deflateEnd(&stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void add(std::span<const unsigned char> bytes, int level, int strategy) {
    check(deflateParams(&stream_, level, strategy) == Z_OK);
    stream_.next_in = const_cast<Bytef*>(bytes.data());  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(bytes.size());
    check(deflate(&stream_, Z_NO_FLUSH) == Z_OK && stream_.avail_in == 0);
  }

  std::string finish() {
    check(deflate(&stream_, Z_FINISH) == Z_STREAM_END);
    packed_.resize(stream_.total_out);
    return std::move(packed_);
  }

 private:
  static void check(bool well) { SPECFUSE_CHECK(well, "cannot deflate: zlib fails"); }

  z_stream stream_{};
  std::string packed_;
};

}  // namespace

std::string deflated(std::span<const unsigned char> bytes, Repeats repeats) {
  Stream stream(bytes.size());
  for (std::size_t begin = 0; begin < bytes.size(); begin += kPart) {
    const auto part = bytes.subspan(begin, std::min(kPart, bytes.size() - begin));
    const bool noise = bits_a_byte(part) > kNoise;
    stream.add(part, noise ? Z_NO_COMPRESSION : Z_BEST_SPEED,
               repeats == Repeats::ignored ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY);
  }
  return stream.finish();
}

}  // namespace specfuse
