#pragma once

#include <string>
#include <vector>

namespace specfuse {

struct SimdTable;

/// The routines for the best instruction set this CPU has, or for the one that the environment variable
/// SPECFUSE_SIMD names ("avx512", "avx2" or "baseline"). Throws `ConfigError` where that is unknown or not to be had.
const SimdTable& simd();

/// Name of the instruction set in use.
std::string simd_name();

/// Instruction sets this build and this CPU have, best first.
std::vector<std::string> available_simd();

/// Uses the named instruction set from now on; for tests and benchmarks. Throws like `simd`.
void use_simd(const std::string& name);

}  // namespace specfuse
