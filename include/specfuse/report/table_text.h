#pragma once

#include <string>

#include "specfuse/results/table.h"

namespace specfuse {

/// Each throws `Error` where a row has another number of cells or fields than there are columns of them. All text is
/// escaped.
std::string table_html(const Table& table);
std::string table_markdown(const Table& table);
/// Aligned, for the terminal.
std::string table_text(const Table& table);
/// Full precision; quoting as in RFC 4180; a column of spreads follows each column that has any.
std::string table_csv(const Table& table);

}  // namespace specfuse
