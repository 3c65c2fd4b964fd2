#pragma once

#include <string>

namespace specfuse {

/// For text and for attributes in double quotes.
std::string escape_html(const std::string& text);
/// For pdfLaTeX as well as for LuaLaTeX and XeLaTeX: what the former has no letter for appears there as its number,
/// "U+4E2D".
std::string escape_latex(const std::string& text);
/// For a cell of a table.
std::string escape_markdown(const std::string& text);
/// Quoted where it needs to be (RFC 4180).
std::string escape_csv(const std::string& text);

std::string base64(const std::string& bytes);

/// With this many decimals.
std::string number_text(double value, int decimals);
/// With two significant digits and a power of ten.
std::string scientific_text(double value);
/// With at most four significant digits and no trailing zeros; whole from 10,000 to ten millions.
std::string number_text(double value);

}  // namespace specfuse
