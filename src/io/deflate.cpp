#include "specfuse/io/deflate.h"

#include <zlib.h>

#include "specfuse/core/error.h"

namespace specfuse {

std::string deflated(std::span<const unsigned char> bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string packed(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(packed.data()), &size, bytes.data(),
                               static_cast<uLong>(bytes.size()), Z_BEST_SPEED);
  SPECFUSE_CHECK(status == Z_OK, "cannot deflate ", bytes.size(), " bytes: ", zError(status));
  packed.resize(size);
  return packed;
}

}  // namespace specfuse
