#pragma once

#include <string>

namespace specfuse {

/// What a result was computed with: JSON with version, compiler, CPU, SIMD, BLAS, threads and system.
std::string environment_text();

}  // namespace specfuse
