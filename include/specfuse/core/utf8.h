#pragma once

#include <string>

namespace specfuse {

/// A text as UTF-8: itself where it is that, else with each byte beyond ASCII taken for the Latin-1 character that it is
/// in the headers of older programs.
std::string as_utf8(const std::string& text);

}  // namespace specfuse
