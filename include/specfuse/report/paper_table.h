#pragma once

#include <string>

#include "specfuse/results/table.h"

namespace specfuse {

/// A tabular for the package booktabs, without caption. Throws `Error` as the functions of table_text.h.
std::string table_latex(const Table& table);

/// A table as a paper has it: a float for one column of text, with `table.caption`, what its marks mean, a label that
/// begins with "tab:", and methods by their titles. To be included where the packages booktabs and graphicx are
/// loaded; what is too wide is made smaller.
std::string paper_table(Table table, const std::string& label);

}  // namespace specfuse
