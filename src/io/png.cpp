#include "specfuse/io/png.h"

#include <png.h>
#include <zlib.h>

#include <cmath>
#include <new>
#include <unordered_map>
#include <utility>
#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {

namespace {

/// What the callbacks share. libpng leaves an error by longjmp, so nothing with a destructor may live in the
/// functions that it jumps over; the text and the bytes live here.
struct Encoder {
  std::string bytes, reason;
  bool out_of_memory = false;
};

void keep_reason(png_structp png, png_const_charp text) {
  static_cast<Encoder*>(png_get_error_ptr(png))->reason = text;
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

void append(png_structp png, png_bytep data, png_size_t count) {
  Encoder* encoder = static_cast<Encoder*>(png_get_io_ptr(png));
  try {
    encoder->bytes.append(reinterpret_cast<const char*>(data), count);
  } catch (const std::bad_alloc&) {
    encoder->out_of_memory = true;
  }
  if (encoder->out_of_memory) png_error(png, "out of memory");
}

void flush(png_structp) {}

/// A picture of at most 256 colours as a place in their list for each pixel, a third of the bytes; empty places: it has
/// more.
struct Indexed {
  std::vector<png_color> colours;
  std::vector<std::uint8_t> places;
};

Indexed indexed(const Picture& image) {
  constexpr std::size_t kMost = 256;
  Indexed result;
  std::unordered_map<std::uint32_t, std::uint8_t> known;
  result.places.resize(image.rgb.size() / 3);
  const std::uint8_t* pixel = image.rgb.data();
  std::uint32_t last = ~std::uint32_t{0};  // no colour; most pixels are like the one before
  std::uint8_t at = 0;
  for (std::uint8_t& place : result.places) {
    const std::uint32_t colour = std::uint32_t{pixel[0]} << 16 | std::uint32_t{pixel[1]} << 8 | pixel[2];
    if (colour != last) {
      const auto [found, added] = known.try_emplace(colour, static_cast<std::uint8_t>(result.colours.size()));
      if (added && result.colours.size() == kMost) return {};
      if (added) result.colours.push_back({pixel[0], pixel[1], pixel[2]});
      last = colour;
      at = found->second;
    }
    place = at;
    pixel += 3;
  }
  return result;
}

/// The part in which libpng may jump: plain values only.
bool encode(png_structp png, png_infop info, const Picture& image, const Indexed& few, int dots_per_inch) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.cols), static_cast<png_uint_32>(image.rows), 8,
               few.places.empty() ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!few.places.empty()) png_set_PLTE(png, info, few.colours.data(), static_cast<int>(few.colours.size()));
  if (dots_per_inch > 0) {
    const auto per_metre = static_cast<png_uint_32>(std::lround(dots_per_inch / 0.0254));
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
  }
  // Under the row above, enlarged images are long runs of zeros, and others have little that repeats further away.
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
  png_set_compression_strategy(png, Z_RLE);
  png_write_info(png, info);
  for (Index row = 0; row < image.rows; ++row) {
    png_write_row(png, few.places.empty() ? image.pixel(row, 0) : few.places.data() + row * image.cols);
  }
  png_write_end(png, nullptr);
  return true;
}

}  // namespace

std::string encode_png(const Picture& image, int dots_per_inch) {
  SPECFUSE_CHECK(image.rows >= 1 && image.cols >= 1 && image.rows <= PNG_UINT_31_MAX && image.cols <= PNG_UINT_31_MAX &&
                     image.rgb.size() == static_cast<std::size_t>(image.rows * image.cols * 3),
                 "encode_png: expected rows * cols * 3 bytes of a picture, got ", image.rgb.size(), " bytes for ",
                 image.rows, " x ", image.cols, " pixels");
  const Indexed few = indexed(image);
  Encoder encoder;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &encoder, keep_reason, ignore_warning);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  bool done = false;
  if (info != nullptr) {
    png_set_write_fn(png, &encoder, append, flush);
    done = encode(png, info, image, few, dots_per_inch);
  }
  png_destroy_write_struct(&png, &info);
  SPECFUSE_CHECK(done, "encode_png: ", image.rows, " x ", image.cols,
                 " pixels: ", encoder.reason.empty() ? "out of memory" : encoder.reason);
  return std::move(encoder.bytes);
}

}  // namespace specfuse
