#pragma once

#include <string>

namespace specfuse {

/// A Markdown text with the lines between each <!-- generated: NAME --> and the next <!-- end --> made anew from
/// the descriptions of the fields, methods, layers, metrics and scene formats; `file` is for messages. Throws
/// `ConfigError` where a NAME is unknown or an end is missing.
std::string with_documentation(const std::string& text, const std::string& file);

}  // namespace specfuse
