#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace specfuse {

/// How many characters fit on a line of the terminal that a file descriptor leads to; none where it leads to another
/// thing, or that is not known.
std::optional<std::size_t> terminal_columns(int descriptor);

/// A text broken between words into lines of at most `columns` characters; a word that is longer has one to itself.
std::vector<std::string> wrapped(const std::string& text, std::size_t columns);

}  // namespace specfuse
