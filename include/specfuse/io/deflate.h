#pragma once

#include <span>
#include <string>

namespace specfuse {

/// The bytes as a zlib stream (RFC 1950), packed with little effort: the same for the same bytes and library.
std::string deflated(std::span<const unsigned char> bytes);

}  // namespace specfuse
