#include <doctest/doctest.h>
#include <zlib.h>

#include <vector>

#include "specfuse/core/rng.h"
#include "specfuse/io/deflate.h"

using namespace specfuse;

namespace {

using Bytes = std::vector<unsigned char>;

Bytes inflated(const std::string& packed, std::size_t size) {
  Bytes bytes(size);
  uLongf got = size;
  const int status = uncompress(bytes.data(), &got, reinterpret_cast<const Bytef*>(packed.data()), packed.size());
  CHECK(status == Z_OK);
  bytes.resize(got);
  return bytes;
}

Bytes noise(std::size_t size) {
  Rng rng(1);
  Bytes bytes(size);
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(rng.next());
  return bytes;
}

Bytes text(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(i * i % 251 % 16);
  return bytes;
}

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

TEST_CASE("what is deflated is there again, whatever it is made of") {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{65535}, std::size_t{65536}, std::size_t{300001}}) {
    const Bytes bytes = joined({text(size), noise(size), text(size), noise(size), noise(size)});
    for (const Repeats repeats : {Repeats::looked_for, Repeats::ignored}) {
      CAPTURE(size);
      const std::string packed = deflated(bytes, repeats);
      CHECK(inflated(packed, bytes.size()) == bytes);
      CHECK(packed == deflated(bytes, repeats));
    }
  }
}

TEST_CASE("noise is stored and the rest packed, in one stream") {
  constexpr std::size_t kSize = 1 << 20;
  const std::string packed = deflated(joined({text(kSize), noise(kSize), text(kSize)}));
  CHECK(packed.size() < kSize * 1.05);
  CHECK(deflated(noise(kSize)).size() < kSize * 1.001);
  // Random bytes as they are, somewhere in it.
  const Bytes random = noise(kSize);
  CHECK(packed.find(std::string(random.begin() + 70000, random.begin() + 71000)) != std::string::npos);
}

TEST_CASE("repeats are found only where they are looked for") {
  const Bytes bytes = joined({noise(5000), noise(5000), noise(5000)});
  CHECK(deflated(bytes).size() < 6000);
  CHECK(deflated(bytes, Repeats::ignored).size() > 14000);
}
