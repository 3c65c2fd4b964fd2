#include <doctest/doctest.h>
#include <png.h>

#include "specfuse/io/png.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;

namespace {

Picture decode(const std::string& bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) != 0);
  CHECK((png.format & ~static_cast<unsigned>(PNG_FORMAT_FLAG_COLORMAP)) == PNG_FORMAT_RGB);
  png.format = PNG_FORMAT_RGB;
  Picture image(png.height, png.width);
  REQUIRE(png_image_finish_read(&png, nullptr, image.rgb.data(), 0, nullptr) != 0);
  return image;
}

}  // namespace

TEST_CASE("png: pictures of odd sizes come back through libpng pixel by pixel") {
  for (const auto& [rows, cols] : {std::pair<Index, Index>{1, 1}, {5, 7}, {1, 300}, {300, 1}, {257, 33}}) {
    Picture image(rows, cols);
    for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    const Picture read = decode(encode_png(image));
    CHECK(read.rows == rows);
    CHECK(read.cols == cols);
    CHECK(read.rgb == image.rgb);
  }
}

TEST_CASE("png: the size for print is that of the dots per inch") {
  const std::string bytes = encode_png(Picture(1, 1), 300);
  const std::size_t at = bytes.find("pHYs");
  REQUIRE(at != std::string::npos);
  CHECK(bytes.substr(at + 4, 9) == std::string("\0\0\x2e\x23\0\0\x2e\x23\x01", 9));  // 11811 a metre
  CHECK(encode_png(Picture(1, 1)).find("pHYs") == std::string::npos);
}

TEST_CASE("png: a picture of at most 256 colours is stored as places in their list") {
  for (const int colours : {1, 2, 255, 256, 257}) {
    CAPTURE(colours);
    Picture image(32, 32);
    for (std::size_t i = 0; i < 32 * 32; ++i) {
      const auto colour = static_cast<std::size_t>(i * 7 % static_cast<std::size_t>(colours));
      image.rgb[3 * i] = static_cast<std::uint8_t>(colour);
      image.rgb[3 * i + 1] = static_cast<std::uint8_t>(colour / 256);
    }
    const std::string bytes = encode_png(image);
    CHECK(decode(bytes).rgb == image.rgb);
    CHECK(contains(bytes, "PLTE") == (colours <= 256));
  }
}

TEST_CASE("png: an empty picture, a wrong number of bytes and what libpng refuses are errors") {
  CHECK(contains(message_of<Error>([] { encode_png(Picture()); }), "got 0 bytes for 0 x 0 pixels"));
  Picture image(2, 2);
  image.rgb.pop_back();
  CHECK(contains(message_of<Error>([&] { encode_png(image); }), "got 11 bytes for 2 x 2 pixels"));
  CHECK(contains(message_of<Error>([] { encode_png(Picture(1, 2000000)); }), "Invalid IHDR data"));
}
