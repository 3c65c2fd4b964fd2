#pragma once

#include <string>

namespace specfuse {

/// The BLAS in use: its version, options and the kernels it chose for this CPU.
std::string blas_description();

/// The kernels that OpenBLAS should use in place of those it chose, by the names it gives them; empty where
/// they fit the CPU. It takes a CPU that is newer than itself for one of the oldest, whose kernels have a quarter of
/// the speed.
std::string fitting_blas_kernels(const std::string& chosen, bool cpu_has_avx2);

/// To be called first in a program, with the arguments of main: starts it again with other kernels where OpenBLAS chose
/// some that do not fit, as it chooses when it is loaded. OPENBLAS_CORETYPE is left as it is.
void choose_blas_kernels(char** arguments);

/// Throws `Error` where a small product differs from a plain loop's.
void check_blas();

}  // namespace specfuse
