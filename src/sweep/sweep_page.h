#pragma once

#include <string>
#include <vector>

#include "specfuse/report/report_content.h"
#include "sweep/sweep_table.h"

namespace specfuse {

/// The short table with fields and values in words.
Table readable_table(const Sweep& sweep, const std::vector<RunOutcome>& outcomes);

/// What sweep.html shows: what varies and what does not, `table` where it has rows, the figures, and every run with
/// what went wrong, and the warnings.
ReportContent sweep_page(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const Table& table,
                         const std::vector<FigureGroup>& figures);

}  // namespace specfuse
