#pragma once

namespace specfuse {

/// Lets `peak_memory_mb` start anew, where the system allows it (Linux), without what earlier work left to be used
/// again.
void reset_peak_memory();

/// The most memory this process has held since, or since its start, in MiB.
double peak_memory_mb();

}  // namespace specfuse
