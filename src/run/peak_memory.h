#pragma once

namespace specfuse {

/// Starts the measurement of `peak_memory_mb` again where the system allows it (Linux), and frees the memory that
/// earlier work left for reuse.
void reset_peak_memory();

/// The most memory that this process has held since the last reset, or since its start, in MiB.
double peak_memory_mb();

}  // namespace specfuse
