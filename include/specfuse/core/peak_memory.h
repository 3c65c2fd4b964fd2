#pragma once

#include <string>

namespace specfuse {

/// Begins a new peak of this process, without what it holds no longer.
void reset_peak_memory();

/// The most memory that a process has held in MiB since it started its program, or since its peak was reset; `process`
/// is its number, or "self". 0 where it is not known.
double peak_memory_mb(const std::string& process = "self");

}  // namespace specfuse
