#pragma once

#include <string>

namespace specfuse {

/// A text as UTF-8: itself where it is that, else with each byte beyond ASCII taken for a Latin-1 character, as older
/// programs write them into headers.
std::string as_utf8(const std::string& text);

}  // namespace specfuse
