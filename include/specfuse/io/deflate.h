#pragma once

#include <span>
#include <string>

namespace specfuse {

/// What a packer does about bytes that occur again: it looks for repeats, or only counts how often each value occurs,
/// which is as good for differences of neighbours and takes half the time.
enum class Repeats { looked_for, ignored };

/// The bytes as a zlib stream (RFC 1950), packed with little effort: the same for the same bytes and library. Parts in
/// which all values are equally frequent, such as the last digits of measurements, are stored as they are.
std::string deflated(std::span<const unsigned char> bytes, Repeats repeats = Repeats::looked_for);

}  // namespace specfuse
