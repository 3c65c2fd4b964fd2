#pragma once

#include <string>

namespace specfuse {

/// The BLAS in use: its version, options and the kernels it chose for this CPU.
std::string blas_description();

/// The kernels that OpenBLAS is to be told to use in place of those it chose, which are named as by itself; empty where
/// they fit the CPU. It takes a CPU that is newer than itself for one of the oldest, whose kernels have a quarter of
/// the speed.
std::string fitting_blas_kernels(const std::string& chosen, bool cpu_has_avx2);

/// To be called first in a program, with the arguments of main: starts it again with other kernels where OpenBLAS chose
/// some that do not fit, as it chooses when it is loaded. What OPENBLAS_CORETYPE says stays.
void choose_blas_kernels(char** arguments);

/// Throws `Error` where a small product differs from a plain loop's.
void check_blas();

}  // namespace specfuse
