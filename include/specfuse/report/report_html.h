#pragma once

#include <string>

#include "specfuse/report/report_content.h"

namespace specfuse {

/// One self-contained HTML page: pictures inside (small ones of large pictures), nothing from the network, and scripts
/// for the viewer alone; for screens of any width, light and dark, and for print. All text is escaped; the SVG texts
/// are taken as they are.
std::string report_html(const ReportContent& content);

}  // namespace specfuse
